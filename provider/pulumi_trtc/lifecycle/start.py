"""One start: Start, and on every answer but success the question what came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from typing import NoReturn

import attrs

from pulumi_trtc.errors import (
    ApiError,
    Handling,
    HeldByAnother,
    NotStarted,
    RecordingExists,
    StoppedFirst,
    TrtcError,
    Unresolved,
)
from pulumi_trtc.inputs.body import start_body
from pulumi_trtc.lifecycle.decide import HOLDERS, Take
from pulumi_trtc.lifecycle.declared import Declared, Recording
from pulumi_trtc.lifecycle.known import Known, Place
from pulumi_trtc.lifecycle.record_id import ATTEMPTS, CANDIDATES
from pulumi_trtc.lifecycle.search import running_task, stop_task
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import WebRecordApi

ROUNDS = 3
_CAPACITY_WAIT_S = 5.0


@attrs.define
class _Tries:
    """What one start has tried so far.

    Attributes:
        queue: Attempts to try; spare: further ones, for those whose RecordIds turn out to be taken.
        stopped: TaskIds that were stopped to make room.
        suspects: Attempts whose Start may or may not have been carried out.
        leftovers: Attempts under which a leftover was met.
    """

    declared: Declared
    queue: deque[int]
    spare: deque[int]
    stopped: list[str]
    left: int
    order: list[str] = attrs.field(factory=list)
    suspects: list[int] = attrs.field(factory=list)
    leftovers: list[int] = attrs.field(factory=list)

    def next(self) -> int | None:
        """The next attempt, None if there is none."""
        if not self.queue or self.left == 0:
            return None
        self.left -= 1
        number = self.queue.popleft()
        record_id = self.declared.record_id(number)
        if record_id not in self.order:
            self.order.append(record_id)
        return number

    def later(self, number: int) -> None:
        """Try this one again after the others."""
        self.queue.append(number)

    def replace(self) -> None:
        """A RecordId is taken: the next spare one takes its place."""
        if self.spare:
            self.queue.append(self.spare.popleft())
            self.left += 1

    def place(self, number: int) -> Place:
        """Where an attempt's task would be."""
        return Place(self.declared.app, self.declared.record_id(number))


@attrs.frozen
class Starter:
    """Starts one recording and knows, when it gives up, that nothing runs, or says what may.

    Args:
        over: Takes the TaskIds of what it stops to make room.
    """

    api: WebRecordApi
    window: StartWindow
    tell: Callable[[str], None]
    over: set[str]

    def start(
        self, declared: Declared, known: Known, taken: Collection[str], stopped: Collection[str]
    ) -> Recording:
        """Start under the first attempt that the service takes.

        Args:
            taken: RecordIds under which something was found.
            stopped: TaskIds that were stopped to make room.

        Raises:
            TrtcError: NotStarted, RecordingExists, HeldByAnother or ApiError: nothing of it runs. Unresolved:
                the service did not say, and the message names the RecordIds. StoppedFirst: one of these,
                after the old recording had been stopped.
        """
        numbers = (
            [declared.attempt] if declared.given else range(declared.attempt, declared.attempt + ATTEMPTS)
        )
        free = [one for one in numbers if declared.given or declared.record_id(one) not in taken]
        tries = _Tries(
            declared,
            deque(free[:CANDIDATES]),
            deque(free[CANDIDATES:]),
            list(stopped),
            left=ROUNDS if declared.given else len(free[:CANDIDATES]) * (ROUNDS - 1),
        )
        try:
            return self._try(tries, known)
        except TrtcError as failure:
            if tries.stopped:
                raise StoppedFirst(tuple(tries.stopped), failure) from None
            raise

    def _try(self, tries: _Tries, known: Known) -> Recording:
        declared = tries.declared
        last: ApiError | None = None
        while (number := tries.next()) is not None:
            try:
                answer = self.api.start(
                    start_body(declared.inputs, declared.keys, declared.record_id(number))
                )
            except ApiError as failure:
                last = failure
                recording = self._after(failure, number, tries, known)
                if recording is not None:
                    return recording
            else:
                return self._made(answer.task_id, number, answer.request_id, tries)
        if last is None:
            raise RuntimeError("a start needs a free attempt")
        return self._give_up(tries, NotStarted(record_ids=tuple(tries.order), last=last))

    def _after(self, failure: ApiError, number: int, tries: _Tries, known: Known) -> Recording | None:
        """What a failed try came to; None to go on with the next."""
        if failure.kind is Handling.TASK_EXISTS:
            return self._taken(failure, number, tries, known)
        if failure.kind not in (Handling.AMBIGUOUS, Handling.CAPACITY) or not failure.sent:
            self._give_up(tries, failure)
        task_id = self._look(number, tries, patient=True)
        if task_id is not None and known.evidence.state.knows(task_id):
            return self._held(task_id, failure, number, tries, known)
        if task_id is not None:
            return self._made(task_id, number, failure.request_id, tries)
        tries.suspects.append(number)
        tries.later(number)
        if failure.kind is Handling.CAPACITY:
            self.window.clock.sleep(_CAPACITY_WAIT_S * len(tries.suspects))
        return None

    def _taken(self, failure: ApiError, number: int, tries: _Tries, known: Known) -> Recording | None:
        declared = tries.declared
        given = declared.given is not None
        young = known.may_be_young(self.window)
        task_id = self._look(number, tries, patient=given or young or number in tries.suspects)
        is_new = task_id is not None and not known.evidence.state.knows(task_id)
        if task_id is not None and is_new and number in tries.suspects:
            return self._made(task_id, number, failure.request_id, tries)
        if task_id is None or task_id in tries.stopped:
            self._wait_for_free(failure, number, tries)
            return None
        return self._held(task_id, failure, number, tries, known)

    def _held(
        self, task_id: str, failure: ApiError, number: int, tries: _Tries, known: Known
    ) -> Recording | None:
        """What is done about the task that has an attempt's RecordId; None to go on with the next."""
        declared = tries.declared
        given = declared.given is not None
        row = HOLDERS[known.holder(task_id, declared)]
        record_id = declared.record_id(number)
        match row.given if given else row.derived:
            case Take.ADOPT:
                return self._made(task_id, number, failure.request_id, tries)
            case Take.STOP_FIRST:
                stop_task(self.api, task_id)
                self.over.add(task_id)
                tries.stopped.append(task_id)
                tries.later(number)
            case Take.START_THEN_STOP:
                tries.leftovers.append(number)
                tries.replace()
            case Take.NEXT_AND_WARN:
                self.tell(stranger(declared.name, record_id, task_id))
                tries.replace()
            case Take.REFUSE_NAMING_HOLDER:
                saved = known.evidence.state.holder(task_id)
                name = saved.name if saved else ""
                self._give_up(tries, HeldByAnother("record_id", record_id, name, task_id))
            case Take.REFUSE_NAMING_TASK:
                self._give_up(tries, RecordingExists(record_id, task_id, failure.request_id))
            case Take.NEXT | Take.USE:
                tries.replace()
        return None

    def _wait_for_free(self, failure: ApiError, number: int, tries: _Tries) -> None:
        """The service remembers a task of this RecordId that does not run any more."""
        if tries.declared.given is None:
            tries.replace()
        elif tries.left:
            tries.later(number)
        else:
            self._give_up(tries, RecordingExists(tries.declared.given, None, failure.request_id))

    def _look(self, number: int, tries: _Tries, *, patient: bool) -> str | None:
        """The task of an attempt, once it must be visible.

        Raises:
            Unresolved: The service could not be asked.
        """
        since = self.window.clock.monotonic()
        while True:
            try:
                task_id = running_task(self.api, tries.place(number))
            except ApiError as failure:
                names = (*map(tries.declared.record_id, tries.suspects), tries.declared.record_id(number))
                raise Unresolved(tries.declared.app, tuple(dict.fromkeys(names)), failure) from None
            if task_id is not None or not patient or self.window.is_over(since):
                return task_id
            self.window.poll()

    def _made(self, task_id: str, number: int, request_id: str | None, tries: _Tries) -> Recording:
        others = (one for one in (*tries.suspects, *tries.leftovers) if one != number)
        return Recording(
            task_id,
            tries.declared.record_id(number),
            number,
            request_id or "",
            unsettled=tuple(str(tries.place(one)) for one in others),
        )

    def _give_up(self, tries: _Tries, failure: TrtcError) -> NoReturn:
        """Nothing of this start may run when it fails."""
        for number in tries.suspects:
            task_id = self._look(number, tries, patient=False)
            if task_id is not None:
                try:
                    stop_task(self.api, task_id)
                except ApiError as stopping:
                    names = (tries.declared.record_id(number),)
                    raise Unresolved(tries.declared.app, names, stopping) from None
        raise failure


def stranger(name: str, record_id: str, task_id: str) -> str:
    """What is said of a task that nobody has proven to be a leftover."""
    return (
        f"{name}: task {task_id} runs under its RecordId {record_id}, and this stack's state does not hold "
        "it: it was let go (retain_on_delete, `pulumi state delete` or `move`, an older state, pending "
        "creates that were cleared), or another "
        f"stack has it. It stays. `python -m pulumi_trtc recover --stop '{task_id}' --apply` stops it; "
        f'`adopt="{task_id}"` takes it over.'
    )
