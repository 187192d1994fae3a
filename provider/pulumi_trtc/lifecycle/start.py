"""One start: Start, and on every answer but success the question what came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NoReturn

import attrs

from pulumi_trtc.errors import (
    ApiError,
    Handling,
    NotStarted,
    RecordingExists,
    StoppedFirst,
    TrtcError,
    Unresolved,
)
from pulumi_trtc.inputs.body import start_body
from pulumi_trtc.lifecycle.declared import Recording, Wanted
from pulumi_trtc.lifecycle.search import Search, running_task
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import WebRecordApi

ROUNDS = 3
_CAPACITY_WAIT_S = 5.0


@attrs.define
class _Tries:
    """What one start has tried so far."""

    wanted: Wanted
    queue: deque[str]
    spare: deque[str]
    stopped: list[str]
    mine: frozenset[str]
    left: int
    order: list[str] = attrs.field(factory=list)
    suspects: list[str] = attrs.field(factory=list)
    foreign: list[str] = attrs.field(factory=list)

    def next(self) -> str | None:
        """The RecordId of the next try, None if there is none."""
        if not self.queue or self.left == 0:
            return None
        self.left -= 1
        record_id = self.queue.popleft()
        if record_id not in self.order:
            self.order.append(record_id)
        return record_id

    def later(self, record_id: str) -> None:
        """Try this RecordId again after the others."""
        self.queue.append(record_id)

    def replace(self) -> None:
        """A RecordId is used up: the next spare one takes its place."""
        if self.spare:
            self.queue.append(self.spare.popleft())
            self.left += 1


@attrs.frozen
class Starter:
    """Starts one recording and knows, when it gives up, that nothing runs, or says what may.

    Args:
        calm: No other process can have started a task within the window, so a "not found" proves something
            at once.
    """

    api: WebRecordApi
    window: StartWindow
    tell: Callable[[str], None]
    calm: bool

    def start(self, wanted: Wanted, search: Search) -> Recording:
        """Start under the first candidate that the service takes.

        Raises:
            TrtcError: NotStarted, RecordingExists or ApiError: nothing of it runs. Unresolved: the service
                did not say, and the message names the RecordIds. StoppedFirst: one of these, after the old
                recording had been stopped.
        """
        tries = _Tries(
            wanted,
            deque(search.candidates),
            deque(search.spare),
            list(search.stop_first),
            search.mine,
            left=len(search.candidates) * (ROUNDS if len(search.candidates) == 1 else ROUNDS - 1),
        )
        try:
            return self._try(tries)
        except TrtcError as failure:
            if tries.stopped:
                raise StoppedFirst(tuple(tries.stopped), failure) from None
            raise

    def _try(self, tries: _Tries) -> Recording:
        wanted = tries.wanted
        last: ApiError | None = None
        while (record_id := tries.next()) is not None:
            try:
                answer = self.api.start(start_body(wanted.spec, wanted.keys, record_id))
            except ApiError as failure:
                last = failure
                recording = self._after(failure, record_id, tries)
                if recording is not None:
                    return recording
            else:
                return self._made(answer.task_id, record_id, answer.request_id, tries)
        if last is None:
            raise RuntimeError("a start needs a candidate")
        return self._give_up(tries, NotStarted(record_ids=tuple(tries.order), last=last))

    def _after(self, failure: ApiError, record_id: str, tries: _Tries) -> Recording | None:
        """What a failed try came to; None to go on with the next."""
        if failure.kind is Handling.TASK_EXISTS:
            return self._taken(failure, record_id, tries)
        if failure.kind not in (Handling.AMBIGUOUS, Handling.CAPACITY) or not failure.sent:
            self._give_up(tries, failure)
        task_id = self._look(record_id, tries, patient=True)
        if task_id is not None:
            # Nothing ran under it before this start, so this is what it started.
            return self._made(task_id, record_id, failure.request_id, tries)
        tries.suspects.append(record_id)
        tries.later(record_id)
        if failure.kind is Handling.CAPACITY:
            self.window.clock.sleep(_CAPACITY_WAIT_S * len(tries.suspects))
        return None

    def _taken(self, failure: ApiError, record_id: str, tries: _Tries) -> Recording | None:
        given = record_id == tries.wanted.spec.record_id
        task_id = self._look(record_id, tries, patient=given or not self.calm)
        if task_id is not None and record_id in tries.suspects:
            return self._made(task_id, record_id, failure.request_id, tries)
        if given:
            if task_id is not None and task_id in tries.mine and task_id not in tries.stopped:
                # The old recording, too young to be found when it was looked for.
                self._stop(task_id)
                tries.stopped.append(task_id)
            if task_id is None or task_id in tries.stopped:
                if tries.left:
                    tries.later(record_id)
                    return None
                task_id = None
            self._give_up(tries, RecordingExists(record_id, task_id, failure.request_id))
        if task_id is not None:
            # It appeared after the search: the provider of a killed update finished its call.
            tries.foreign.append(record_id)
        tries.replace()
        return None

    def _look(self, record_id: str, tries: _Tries, *, patient: bool) -> str | None:
        """The task under a RecordId, once it must be visible.

        Raises:
            Unresolved: The service could not be asked.
        """
        since = self.window.clock.monotonic()
        while True:
            try:
                task_id = running_task(self.api, tries.wanted.spec.sdk_app_id, record_id)
            except ApiError as failure:
                raise Unresolved((*tries.suspects, record_id), failure) from None
            if task_id is not None or not patient or self.window.is_over(since):
                return task_id
            self.window.poll()

    def _made(self, task_id: str, record_id: str, request_id: str | None, tries: _Tries) -> Recording:
        others = tuple(one for one in (*tries.suspects, *tries.foreign) if one != record_id)
        return Recording(task_id, record_id, request_id or "", unsettled=others)

    def _give_up(self, tries: _Tries, failure: TrtcError) -> NoReturn:
        """Nothing of this start may run when it fails."""
        for record_id in (*tries.suspects, *tries.foreign):
            task_id = self._look(record_id, tries, patient=False)
            if task_id is not None:
                try:
                    self._stop(task_id)
                except ApiError as stopping:
                    raise Unresolved((record_id,), stopping) from None
        raise failure

    def _stop(self, task_id: str) -> None:
        try:
            self.api.stop(task_id)
        except ApiError as failure:
            if failure.kind is not Handling.TASK_GONE:
                raise
