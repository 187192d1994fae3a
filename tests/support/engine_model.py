"""The engine in memory: what it calls, saves and forgets of one declared recording."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import attrs

from pulumi_trtc.changes import compare
from pulumi_trtc.errors import TrtcError
from pulumi_trtc.props import (
    created,
    given_only,
    is_interrupted,
    updated,
    wanted_of,
    with_owner,
    with_unsettled,
)
from pulumi_trtc.stack_state import RECENT_S, UNREADABLE, PendingCreate, SavedRecording, StackView
from tests.support.declared import BACKEND, URN, inputs, lifecycle
from tests.support.fake_service import FakeService


class Killed(BaseException):
    """SIGKILL, at a call."""


@attrs.define
class Saved:
    """A resource in the state."""

    inputs: dict[str, Any]
    outputs: dict[str, Any]

    @property
    def task_id(self) -> str:
        return str(self.outputs["taskId"])


@attrs.define
class Engine:
    """One stack.

    Attributes:
        ended: When updates ended, whether they succeeded, and their kind.
    """

    service: FakeService
    saved: list[Saved] = attrs.field(factory=list)
    pending: list[dict[str, Any]] = attrs.field(factory=list)
    ended: list[tuple[float, bool, str]] = attrs.field(factory=list)
    readable: bool = True
    written: float = -1e9

    def up(
        self, changed: dict[str, Any], *, kill_at: int | None = None, alone: bool = False, force: bool = False
    ) -> bool:
        """One `pulumi up`; True if it succeeded.

        Args:
            kill_at: SIGKILL at this API call of the update.
            alone: Only the provider is killed; the CLI goes on and reports a failure.
            force: `--replace`.
        """
        self._arm(kill_at)
        try:
            self._up(changed, force)
        except Killed:
            if alone:
                self._end(False)
            return False
        except TrtcError:
            self._end(False)
            return False
        finally:
            self._arm(None)
        self._end(True)
        return True

    def refresh(self, *, clear: bool = False) -> bool:
        """`pulumi refresh`, with `--clear-pending-creates` or without."""
        if clear:
            # Before anything is read, so the provider never sees what the kill left (Pulumi 3.250).
            self.pending.clear()
        try:
            for one in list(self.saved):
                life, _ = lifecycle(self.service)
                if life.read(one.task_id, self._recent) is None:
                    one.outputs["status"] = "ended"
                wanted = wanted_of(given_only(one.outputs), BACKEND)
                one.outputs = with_unsettled(one.outputs, life.beside(wanted, self._view()))
        except TrtcError:
            self._end(False)
            return False
        self._end(True, "refresh")
        return True

    def destroy(self) -> bool:
        """`pulumi destroy`."""
        try:
            for one in list(self.saved):
                lifecycle(self.service)[0].delete(one.task_id, self._recent)
                self.saved.remove(one)
        except TrtcError:
            self._end(False)
            return False
        self._end(True)
        return True

    def _up(self, changed: dict[str, Any], force: bool) -> None:
        view = self._view()
        life, _ = lifecycle(self.service)
        # A replacement that was interrupted before its last step is finished: the old ones are deleted.
        current = self.saved[-1] if self.saved else None
        news = inputs(**changed)
        if current is not None and not force:
            news = with_owner(current.inputs, news, BACKEND)
            changes = compare(given_only(current.outputs), given_only(news))
            if not changes.replaces and not is_interrupted(current.outputs, view.trace_of(URN)):
                self._delete_all_but(current)
                unsettled = tuple(current.outputs.get("unsettled") or ())
                if unsettled or view.suspect:
                    unsettled = life.settle(wanted_of(news, BACKEND), view, unsettled, current.task_id)
                current.outputs = updated(current.outputs, news, unsettled)
                current.inputs = news
                return
            if changes.delete_before_replace:
                self._delete_all_but(None)
        self.pending.append(news)
        self._write()
        try:
            wanted = wanted_of(news, BACKEND)
            recording = life.create(wanted, view)
        except TrtcError:
            self.pending.remove(news)
            raise
        self.pending.remove(news)
        made = Saved(news, created(wanted, recording, view.trace_of(URN)))
        self.saved.append(made)
        self._delete_all_but(made)

    def _delete_all_but(self, keep: Saved | None) -> None:
        for one in [one for one in self.saved if one is not keep]:
            lifecycle(self.service)[0].delete(one.task_id, self._recent)
            self.saved.remove(one)

    def _view(self) -> StackView:
        if not self.readable:
            return UNREADABLE
        saved = tuple(SavedRecording(URN, one.task_id, one.outputs["recordId"]) for one in self.saved)
        pending = tuple(PendingCreate(URN, one) for one in self.pending)
        newest = [(good, kind) for _, good, kind in reversed(self.ended[-10:])]
        after = takewhile(lambda one: not one[0] or one[1] != "update", newest)
        return StackView(
            saved=saved,
            pending=pending,
            recent=self._recent(),
            failed=any(not good for good, _ in newest),
            suspect=any(not good for good, _ in after),
            touched=self.service.clock.monotonic() - self.written < RECENT_S,
        )

    def _recent(self) -> bool:
        return any(self.service.clock.monotonic() - at < RECENT_S for at, _, _ in self.ended[-10:])

    def _write(self) -> None:
        self.written = self.service.clock.monotonic()

    def _end(self, good: bool, kind: str = "update") -> None:
        self._write()
        self.ended.append((self.service.clock.monotonic(), good, kind))

    def _arm(self, kill_at: int | None) -> None:
        left = [kill_at]

        def count(_action: str, _what: str) -> None:
            if left[0] is not None:
                left[0] -= 1
                if left[0] < 0:
                    raise Killed

        # Even numbers kill before a call is sent, odd ones after it was carried out.
        self.service.before = self.service.after = count
