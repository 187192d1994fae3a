"""Start, find, follow and stop a recording: exactly one for each that is declared, and no harm to any other.

Three facts carry all of it. A RecordId names at most one running task. The RecordIds that a declared
recording may have used are few, and any later process can compute them again. And the stack's state and
history, as they were before this update, say which tasks are known and whether an update was interrupted:
only then is a running task that they do not know a leftover of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from pulumi_trtc.errors import (
    ApiError,
    Handling,
    HeldByAnother,
    NotAdopted,
    NotStarted,
    PageNotRecording,
    RecordingExists,
    TrtcError,
    Unresolved,
)
from pulumi_trtc.lifecycle.decide import HOLDERS, Holder, Take
from pulumi_trtc.lifecycle.declared import Declared, Recording, ready_timeout
from pulumi_trtc.lifecycle.elsewhere import refuse_elsewhere
from pulumi_trtc.lifecycle.known import Killed, Known, Place
from pulumi_trtc.lifecycle.props import hidden, is_ended
from pulumi_trtc.lifecycle.record_id import attempt_of
from pulumi_trtc.lifecycle.search import Found, describe_task, running_task, search, stop_task
from pulumi_trtc.lifecycle.start import Starter, stranger
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import RECORDING, Described, WebRecordApi

_UNTIL_IT_RECORDS_S = 60.0
"""A new recording that takes an old one's place may take so long to begin, where the program does not say."""


@attrs.frozen
class Lifecycle:
    """What can be done to one recording.

    Args:
        api: The service; it repeats by itself what may be repeated.
        window: How long a started task may stay invisible.
        place: Where the service is: endpoint and region.
        tell: Prints a line for the person who runs the update.
        started: TaskIds of what this process started or took over.
        over: TaskIds of what this process stopped, or found to have ended.
    """

    api: WebRecordApi
    window: StartWindow
    place: str
    tell: Callable[[str], None]
    started: set[str] = attrs.field(factory=set, init=False)
    over: set[str] = attrs.field(factory=set, init=False)
    _undeclared: set[Place] = attrs.field(factory=set, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def create(self, declared: Declared, known: Known, *, forced: bool) -> Recording:
        """Make sure that the declared recording runs, and nothing that was left of it.

        Args:
            forced: No diff was asked for, so nobody has looked at what the old and the new one share.

        Raises:
            TrtcError: Nothing new of it runs, or the message names what may.
        """
        old = known.current
        if old is not None:
            refuse_elsewhere(old.outputs, self.place)
        adopt = None if _is_adopted(declared, known) else declared.adopt
        found = self._search(declared, known)
        if adopt is not None:
            recording = self._adopt(declared, known, adopt)
        else:
            recording = self._begin(declared, known, found, forced=forced)
        self.started.add(recording.task_id)
        rest = [one.place for one in found if one.task_id != recording.task_id]
        rest += [Place.parse(one, declared.app) for one in recording.unsettled]
        return attrs.evolve(recording, unsettled=self._sweep(declared, known, rest))

    def look_again(self, declared: Declared, known: Known) -> tuple[str, ...]:
        """Stop what interrupted updates left beside a recording that is in the state.

        Returns:
            Places at which a leftover could not be stopped.

        Raises:
            ApiError: The service could not be asked.
        """
        found = self._search(declared, known)
        return self._sweep(
            declared, known, [one.place for one in found if self._may_stop(one, declared, known)]
        )

    def clear(self, declared: Declared, known: Known) -> None:
        """Stop what interrupted updates left beside a recording that is about to be stopped for good.

        Raises:
            TrtcError: Something of it may run still.
        """
        for one in self._search(declared, known):
            if self._may_stop(one, declared, known):
                self._stop_leftover(declared.name, one.task_id)

    def clear_undeclared(self, killed: Iterable[Killed], known: Known) -> None:
        """Stop what killed creates left of recordings that are neither declared nor in the state any more,
        once in a process.

        Args:
            killed: Such creates.

        Raises:
            ApiError: Something of them may run still.
        """
        with self._lock:
            for one in killed:
                places = one.places(one.app) if one.app and one.given is None else []
                for place in (place for place in places if place not in self._undeclared):
                    self.window.of(ready_timeout(one.inputs)).outlast()
                    task_id = running_task(self.api, place, may_lack_application=True)
                    if task_id and not self._is_known(task_id, known):
                        self._stop_leftover(one.name, task_id)
                    self._undeclared.add(place)

    def name_cleared(self, declared: Declared, known: Known) -> None:
        """Name what may be left of pending creates that a refresh has cleared: the state does not tell of
        them any more, so that it is nobody's to stop.

        Raises:
            ApiError: The service could not be asked.
        """
        self._window(declared, known).outlast()
        places = known.next_places(declared)
        for one in search(self.api, places, lambda task: self._is_known(task, known), declared.app):
            self.tell(stranger(declared.name, one.place.record_id, one.task_id))

    def ask(self, task_id: str, props: Mapping[str, Any]) -> Described | None:
        """What the service says of a task; None once it has ended.

        Args:
            props: The recording's outputs: they tell whether it may be too young to be found.

        Raises:
            RunsElsewhere: This is not the place to ask.
            ApiError: Anything but "not found": nothing is concluded from an outage.
        """
        refuse_elsewhere(props, self.place)
        window, left = self._youth(props)
        since = self.window.clock.monotonic()
        while True:
            described = describe_task(self.api, task_id)
            if described is not None:
                return described
            if self.window.clock.monotonic() - since >= left:
                self.over.add(task_id)
                return None
            window.poll(left)

    def delete(self, task_id: str, props: Mapping[str, Any]) -> None:
        """Stop a task; one that has ended is fine.

        Raises:
            RunsElsewhere: This is not the place to stop it.
            ApiError: The service did not stop it.
        """
        if is_ended(props) and hidden(props).get("runsAt", self.place) != self.place:
            return
        refuse_elsewhere(props, self.place)
        window, left = self._youth(props)
        left = 0.0 if is_ended(props) else left
        since = self.window.clock.monotonic()
        while not stop_task(self.api, task_id) and self.window.clock.monotonic() - since < left:
            window.poll(left)
        self.over.add(task_id)

    def _youth(self, props: Mapping[str, Any]) -> tuple[StartWindow, float]:
        """In which window a task of the state is found, and how many seconds of it are left."""
        window = self.window.of(ready_timeout(props))
        started_at = hidden(props).get("startedAt")
        known = float(started_at) if isinstance(started_at, (int, float)) else None
        return window, window.left(known)

    def _window(self, declared: Declared, known: Known) -> StartWindow:
        return self.window.of(max(declared.ready_timeout, known.ready_timeout))

    def _search(self, declared: Declared, known: Known) -> tuple[Found, ...]:
        """What runs of it that the state does not hold. Nobody is asked where nothing was interrupted."""
        if not known.has_cause:
            return ()
        window = self._window(declared, known)
        if known.may_have_left_young(window):
            window.outlast()
        places = known.places(declared)
        return tuple(search(self.api, places, lambda one: self._is_known(one, known), declared.app))

    def _begin(
        self, declared: Declared, known: Known, found: tuple[Found, ...], *, forced: bool
    ) -> Recording:
        takes = [(_take(one, declared, known), one) for one in found]
        wanted = next((one for take, one in takes if take is Take.ADOPT), None)
        refused = next((one for take, one in takes if take is Take.REFUSE_NAMING_TASK), None)
        old = known.current if known.current and self._runs_still(known.current.task_id, known) else None
        if wanted is not None:
            self.tell(f"{declared.name}: adopts task {wanted.task_id}, which an interrupted update started.")
            number = declared.attempt
            if declared.given is None:
                number = attempt_of(wanted.place.record_id, min(_first(known), declared.attempt))
            recording = Recording(wanted.task_id, wanted.place.record_id, number)
        elif refused is not None:
            raise RecordingExists(refused.place.record_id, refused.task_id)
        else:
            try:
                recording = self._start(declared, known, found, forced=forced)
            except TrtcError:
                if old is not None and old.task_id not in self.over:
                    self.tell(f"{declared.name}: task {old.task_id}, which it was to replace, runs on.")
                raise
        # A relayed old one made room for it; anything else runs on until the new one records.
        replaces = old.task_id if old is not None and old.task_id not in self.over else None
        if replaces or declared.wait:
            self._wait(declared, recording, replaces)
        return recording

    def _start(
        self, declared: Declared, known: Known, found: tuple[Found, ...], *, forced: bool
    ) -> Recording:
        stopped = self._make_room(declared, known, found, forced=forced)
        taken = {one.place.record_id for one in found if one.place.app == declared.app}
        try:
            starter = Starter(self.api, self._window(declared, known), self.tell, self.over)
            return starter.start(declared, known, taken, stopped)
        except NotStarted as failure:
            if failure.last.kind is Handling.CAPACITY:
                self._sweep(declared, known, [one.place for one in found])  # they may be what fills it
            raise

    def _make_room(
        self, declared: Declared, known: Known, found: tuple[Found, ...], *, forced: bool
    ) -> list[str]:
        """Two recordings cannot push to one stream. Encrypted addresses are taken for the same."""
        if not declared.pushes:
            return []
        stopped = []
        for one in found:
            self._stop_leftover(declared.name, one.task_id)
        old = known.current
        if forced and old and old.inputs.get("publishCdnParams") and self._runs_still(old.task_id, known):
            self.tell(
                f"{declared.name}: task {old.task_id} stops before the new one starts: both push to CDNs."
            )
            self.delete(old.task_id, old.outputs)
            stopped.append(old.task_id)
        return stopped

    def _runs_still(self, task_id: str, known: Known) -> bool:
        """Whether a task of the state runs, as far as this process knows."""
        saved = known.evidence.state.holder(task_id)
        return saved is not None and saved.may_run and task_id not in self.over

    def _adopt(self, declared: Declared, known: Known, task_id: str) -> Recording:
        holder = known.evidence.state.holder(task_id)
        if holder is not None and known.holder(task_id, declared) is not Holder.OURS:
            raise HeldByAnother("adopt", task_id, holder.name, task_id)
        described = describe_task(self.api, task_id)
        if described is None:
            raise NotAdopted(task_id)
        self.tell(f"{declared.name}: adopts task {task_id}.")
        record_id = described.record_id or ""
        return Recording(task_id, record_id, declared.attempt, described.request_id or "", foreign=True)

    def _stop_leftover(self, name: str, task_id: str) -> None:
        if stop_task(self.api, task_id):
            self.tell(f"{name}: stopped task {task_id}, which an interrupted update left.")

    def _is_known(self, task_id: str, known: Known) -> bool:
        return task_id in self.started or known.evidence.state.knows(task_id)

    def _may_stop(self, found: Found, declared: Declared, known: Known) -> bool:
        """Under a RecordId that a user gave, a task may be anybody's, unless it is just what is declared."""
        if _take(found, declared, known) is not Take.REFUSE_NAMING_TASK:
            return True
        self.tell(f"{declared.name}: {RecordingExists(found.place.record_id, found.task_id)}")
        return False

    def _sweep(self, declared: Declared, known: Known, places: Iterable[Place]) -> tuple[str, ...]:
        """Stop the leftovers at these places.

        Returns:
            Places at which one could not be stopped.
        """
        unsettled = []
        for place in dict.fromkeys(places):
            try:
                task_id = running_task(self.api, place, may_lack_application=place.app != declared.app)
                if task_id and not self._is_known(task_id, known):
                    self._stop_leftover(declared.name, task_id)
            except TrtcError as failure:
                self.tell(
                    f"{declared.name}: {failure}\nThe next `pulumi up` looks at {place.record_id} again."
                )
                unsettled.append(str(place))
        return tuple(unsettled)

    def _wait(self, declared: Declared, recording: Recording, replaces: str | None) -> None:
        """Wait until a recording records; stop it if it does not.

        Args:
            replaces: The task whose place it is to take.

        Raises:
            PageNotRecording: It does not, and was stopped.
            Unresolved: That cannot be seen.
        """
        clock = self.window.clock
        # The service gives a page that reports nothing a second chance.
        limit = declared.wait or _UNTIL_IT_RECORDS_S + 2 * declared.ready_timeout
        limit = min(limit, declared.limit or limit)
        since = clock.monotonic()
        try:
            while not self._is_recording(recording.task_id):
                if clock.monotonic() - since >= limit:
                    break
                self.window.poll()
            else:
                return
            self._end(recording.task_id, since, declared)
        except ApiError as failure:
            if replaces is None:
                # It was started and may run: a create that fails now would lose it.
                self.tell(f"{declared.name}: whether it records could not be seen. {failure}")
                return
            raise self._unseen(declared, recording, failure, since) from None
        waited = clock.monotonic() - since
        old_runs = replaces is not None and self._is_recording(replaces)
        raise PageNotRecording(recording.record_id, recording.task_id, waited, old_runs)

    def _end(self, task_id: str, since: float, declared: Declared) -> None:
        """Stop a task that was started at `since`, as soon as the service finds it."""
        window = self.window.of(declared.ready_timeout)
        while not stop_task(self.api, task_id) and not window.is_over(since):
            self.window.poll()

    def _unseen(self, declared: Declared, recording: Recording, failure: ApiError, since: float) -> TrtcError:
        """The old recording runs on where it cannot be seen whether the new one records."""
        try:
            self._end(recording.task_id, since, declared)
        except ApiError:
            return Unresolved(declared.app, (recording.record_id,), failure)
        return failure

    def _is_recording(self, task_id: str) -> bool:
        described = describe_task(self.api, task_id)
        return described is not None and described.status == RECORDING


def _take(found: Found, declared: Declared, known: Known) -> Take:
    """What is done about a task that was found; an update that was killed may have given its RecordId."""
    row = HOLDERS[known.holder(found.task_id, declared)]
    given = {declared.given, *(one.given for one in known.killed)}
    return row.given if found.place.record_id in given else row.derived


def _first(known: Known) -> int:
    """The number of the earliest attempt that an interrupted update began with."""
    return min((one.attempt or 0 for one in known.killed), default=0)


def _is_adopted(declared: Declared, known: Known) -> bool:
    """Whether what the program asks to be taken over was taken over before, though it is declared still."""
    adopt = declared.adopt
    return any(adopt in (one.task_id, one.inputs.get("adopt")) for one in known.entries)
