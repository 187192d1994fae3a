"""The engine in memory: what it calls, saves and forgets of one declared recording."""

from __future__ import annotations

from collections.abc import Callable
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
    stopping: set[str] = attrs.field(factory=set)

    def up(
        self, changed: dict[str, Any], *, kill_at: int | None = None, alone: bool = False, force: bool = False
    ) -> bool:
        """One `pulumi up`; True if it succeeded.

        Args:
            kill_at: SIGKILL at this API call of the update.
            alone: Only the provider is killed; the CLI goes on and reports a failure.
            force: `--replace`.
        """
        return self._run(lambda: self._up(changed, force), "update", kill_at, alone)

    def destroy(self, *, kill_at: int | None = None, alone: bool = False) -> bool:
        """One `pulumi destroy`, interrupted as an `up` may be."""
        return self._run(self._destroy, "destroy", kill_at, alone)

    def refresh(self, *, clear: bool = False) -> bool:
        """`pulumi refresh`, with `--clear-pending-creates` or without."""
        if clear:
            # Before anything is read, so the provider never sees what the kill left (Pulumi 3.250).
            self.pending.clear()
        try:
            self._refresh()
        except TrtcError:
            self._end(False, "refresh")
            return False
        self._end(True, "refresh")
        return True

    def _run(self, work: Callable[[], None], kind: str, kill_at: int | None, alone: bool) -> bool:
        self._arm(kill_at)
        try:
            work()
        except Killed:
            if alone:
                self._end(False, kind)
            return False
        except TrtcError:
            self._end(False, kind)
            return False
        finally:
            self._arm(None)
        self._end(True, kind)
        return True

    def _refresh(self) -> None:
        view = self._view()
        for one in list(self.saved):
            life, _ = lifecycle(self.service)
            gone = life.read(one.task_id, self._recent) is None
            if gone and view.may_be_stopped(one.task_id):
                self.saved.remove(one)
                continue
            wanted = wanted_of(given_only(one.outputs), BACKEND)
            status = {"status": "ended"} if gone else {}
            left = dict.fromkeys((*(one.outputs.get("unsettled") or ()), *life.beside(wanted, view)))
            one.outputs = with_unsettled(one.outputs | status, left)

    def _destroy(self) -> None:
        view = self._view()
        for one in list(self.saved):
            life, _ = lifecycle(self.service)
            unsettled = tuple(one.outputs.get("unsettled") or ())
            if unsettled or view.suspect or is_interrupted(one.outputs, view.trace_of(URN)):
                life.clear(wanted_of(given_only(one.outputs), BACKEND), view, unsettled)
            self._delete(one)

    def _up(self, changed: dict[str, Any], force: bool) -> None:
        view = self._view()
        life, _ = lifecycle(self.service)
        # A replacement that was interrupted before its last step is finished: the old ones are deleted.
        current = self.saved[-1] if self.saved else None
        news = inputs(**changed)
        if current is not None and not force:
            news = with_owner(current.inputs, news, BACKEND)
            changes = compare(given_only(current.outputs), given_only(news))
            again = is_interrupted(current.outputs, view.trace_of(URN))
            if not changes.replaces and not again and not view.may_be_stopped(current.task_id):
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
            self._delete(one)

    def _delete(self, one: Saved) -> None:
        self.stopping.add(one.task_id)
        lifecycle(self.service)[0].delete(one.task_id, self._recent)
        self.stopping.clear()
        self.saved.remove(one)

    @property
    def undone(self) -> bool:
        """Whether a deletion did not finish: only a state that can be read tells of it."""
        return bool(self.stopping) or self._known().undone

    def _view(self) -> StackView:
        return self._known() if self.readable else UNREADABLE

    def _known(self) -> StackView:
        saved = tuple(
            SavedRecording(
                URN, one.task_id, one.outputs["recordId"], unsettled=tuple(one.outputs.get("unsettled") or ())
            )
            for one in self.saved
        )
        pending = tuple(PendingCreate(URN, one) for one in self.pending)
        newest = [(good, kind) for _, good, kind in reversed(self.ended[-10:])]
        after = list(takewhile(lambda one: not one[0] or one[1] != "update", newest))
        return StackView(
            saved=saved,
            pending=pending,
            recent=self._recent(),
            failed=any(not good for good, _ in newest),
            suspect=any(not good for good, _ in after),
            touched=self.service.clock.monotonic() - self.written < RECENT_S,
            cleared=any(kind == "refresh" for _, kind in after),
            undone=any(not good and kind == "destroy" for good, kind in after),
            stopping=frozenset(self.stopping),
        )

    def _recent(self) -> bool:
        return any(self.service.clock.monotonic() - at < RECENT_S for at, _, _ in self.ended[-10:])

    def _write(self) -> None:
        self.written = self.service.clock.monotonic()

    def _end(self, good: bool, kind: str) -> None:
        self._write()
        self.stopping.clear()
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
