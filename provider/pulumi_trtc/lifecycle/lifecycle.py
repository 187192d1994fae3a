"""Start, find, follow and stop a recording: what makes it exactly one, whatever was interrupted before.

Three facts carry all of it. A RecordId names at most one running task. The RecordIds that a declared
recording may have used are few, and any later process can compute them again. And the stack's state before
this update says which tasks are known, so a running one under such a RecordId that it does not know was
left by an interrupted update.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import attrs

from pulumi_trtc.errors import (
    ApiError,
    Handling,
    NotAdopted,
    PageNotRecording,
    RecordingExists,
    TrtcError,
)
from pulumi_trtc.lifecycle.declared import Recording, Wanted
from pulumi_trtc.lifecycle.search import Search, find_leftovers, running_task, used_by
from pulumi_trtc.lifecycle.start import Starter
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import RECORDING, Described, WebRecordApi
from pulumi_trtc.stack.state import StackView


@attrs.frozen
class Lifecycle:
    """What can be done to one recording.

    Args:
        api: The service; it repeats by itself what may be repeated.
        window: How long a started task may stay invisible.
        tell: Prints a line for the person who runs the update.
        started: TaskIds of what this process started or took over; shared by its threads.
    """

    api: WebRecordApi
    window: StartWindow
    tell: Callable[[str], None]
    started: set[str] = attrs.field(factory=set, init=False)
    _undeclared: set[str] = attrs.field(factory=set, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def create(self, wanted: Wanted, view: StackView) -> Recording:
        """Make sure that the wanted recording runs, and nothing else of it.

        Raises:
            TrtcError: Nothing of it runs, or the message names what may.
        """
        calm = self._outlast(wanted, view)
        if not view.readable:
            self.tell(
                f"{wanted.name}: the stack's state could not be read with `pulumi stack export`, so all that "
                "runs under this recording's RecordIds is stopped once a new one runs."
            )
        search = find_leftovers(self.api, wanted, view, self.started)
        try:
            adopt = self._to_adopt(wanted, view)
            recording = self._adopt(wanted, adopt) if adopt else self._begin(wanted, search, view, calm)
        except TrtcError:
            if search.sure:
                self._sweep(wanted, view, search.leftovers)
            raise
        self.started.add(recording.task_id)
        rest = (*search.left_of(recording.task_id), *recording.unsettled)
        return attrs.evolve(recording, unsettled=self._sweep(wanted, view, rest, keep=recording.task_id))

    def settle(
        self, wanted: Wanted, view: StackView, unsettled: Iterable[str], task_id: str
    ) -> tuple[str, ...]:
        """Stop what interrupted updates left beside a recording that is in the state.

        Returns:
            RecordIds that could not be looked at.
        """
        return self._sweep(wanted, view, (*unsettled, *self.beside(wanted, view)), keep=task_id)

    def clear(self, wanted: Wanted, view: StackView, unsettled: Iterable[str]) -> None:
        """Stop what interrupted updates left beside a recording that is about to be stopped for good.

        Raises:
            TrtcError: Something of it may run still.
        """
        for record_id in dict.fromkeys((*unsettled, *self.beside(wanted, view))):
            task_id = running_task(self.api, wanted.spec.sdk_app_id, record_id)
            if task_id and not self._is_known(task_id, view) and self._stopped(task_id):
                self.tell(f"{wanted.name}: stopped task {task_id}, which an interrupted update left.")

    def clear_undeclared(self, view: StackView) -> None:
        """Stop what killed creates left of recordings that are neither declared nor in the state any more,
        once in a process.

        Raises:
            ApiError: Something of them may run still.
        """
        saved = {one.urn for one in view.saved}
        with self._lock:
            names = {
                record_id: one for one in view.pending if one.urn not in saved for record_id in used_by(one)
            }
            for record_id, pending in names.items():
                if record_id in self._undeclared:
                    continue
                self.window.outlast()
                task_id = running_task(self.api, 0, record_id)
                if task_id and not self._is_known(task_id, view) and self._stopped(task_id):
                    name = pending.urn.rsplit("::", 1)[-1]
                    self.tell(f"{name}: stopped task {task_id}, which an interrupted update left.")
                self._undeclared.add(record_id)

    def beside(self, wanted: Wanted, view: StackView) -> tuple[str, ...]:
        """RecordIds under which something runs beside a recording that is in the state.

        Raises:
            ApiError: The service could not be asked.
        """
        if not view.readable:
            return ()
        if self._outlast(wanted, view) and view.touched:
            self.window.outlast()
        try:
            return find_leftovers(self.api, wanted, view, self.started).leftovers
        except RecordingExists as foreign:
            self.tell(f"{wanted.name}: {foreign}")
            return ()

    def read(self, task_id: str, recent: Callable[[], bool]) -> Described | None:
        """What the service says of a task; None once it has ended.

        Args:
            recent: Whether the task may be so young that it is not found yet; asked only if it is not found.

        Raises:
            ApiError: Anything but "not found": nothing is concluded from an outage.
        """
        while True:
            try:
                return self.api.describe(task_id=task_id)
            except ApiError as failure:
                if failure.kind is not Handling.TASK_GONE:
                    raise
            if self.window.is_over(self.window.born) or not recent():
                return None
            self.window.poll()

    def delete(self, task_id: str, recent: Callable[[], bool]) -> None:
        """Stop a task; one that has ended is fine.

        Raises:
            ApiError: The service did not stop it.
        """
        while not self._stopped(task_id):
            if self.window.is_over(self.window.born) or not recent():
                return
            self.window.poll()

    def _begin(self, wanted: Wanted, search: Search, view: StackView, calm: bool) -> Recording:
        if search.adopt is not None:
            record_id, task_id = search.adopt
            self.tell(f"{wanted.name}: adopts task {task_id}, which an interrupted update started.")
            recording = Recording(task_id, record_id)
        else:
            for task_id in search.stop_first:
                self.delete(task_id, lambda: view.young)
            recording = Starter(self.api, self.window, self.tell, calm).start(wanted, search)
        if wanted.spec.wait_until_recording:
            self._wait(wanted, recording)
        return recording

    def _outlast(self, wanted: Wanted, view: StackView) -> bool:
        """Wait until all that was started before can be found. True if that was so from the start."""
        calm = not view.recent and not view.pending_of(wanted.urn)
        if not calm:
            self.window.outlast()
        return calm

    def _to_adopt(self, wanted: Wanted, view: StackView) -> str | None:
        """What the program asks to be taken over; None once that was done, though it is declared still."""
        adopt, saved = wanted.spec.adopt, view.saved_of(wanted.urn)
        done = any(adopt in (one.task_id, one.inputs.get("adopt")) for one in saved)
        return None if done else adopt

    def _adopt(self, wanted: Wanted, task_id: str) -> Recording:
        try:
            described = self.api.describe(task_id=task_id)
        except ApiError as failure:
            if failure.kind is Handling.TASK_GONE:
                raise NotAdopted(task_id) from None
            raise
        self.tell(f"{wanted.name}: adopts task {task_id}.")
        return Recording(task_id, described.record_id or "", described.request_id or "")

    def _stopped(self, task_id: str) -> bool:
        """Stop a task. False if it is not there: it has ended, or has not begun yet."""
        try:
            self.api.stop(task_id)
        except ApiError as failure:
            if failure.kind is Handling.TASK_GONE:
                return False
            raise
        return True

    def _is_known(self, task_id: str, view: StackView) -> bool:
        return task_id in self.started or task_id in view.task_ids()

    def _sweep(
        self, wanted: Wanted, view: StackView, record_ids: Iterable[str], keep: str = ""
    ) -> tuple[str, ...]:
        """Stop what runs under these RecordIds and is not known.

        Returns:
            RecordIds that could not be looked at.
        """
        unsettled = []
        for record_id in dict.fromkeys(record_ids):
            try:
                task_id = running_task(self.api, wanted.spec.sdk_app_id, record_id)
                if task_id and task_id != keep and not self._is_known(task_id, view):
                    self._stopped(task_id)
                    self.tell(f"{wanted.name}: stopped task {task_id}, which an interrupted update left.")
            except TrtcError as failure:
                self.tell(
                    f"{wanted.name}: {failure}\nThe next `pulumi up` looks at RecordId {record_id} again."
                )
                unsettled.append(record_id)
        return tuple(unsettled)

    def _wait(self, wanted: Wanted, recording: Recording) -> None:
        clock = self.window.clock
        since = clock.monotonic()
        try:
            while clock.monotonic() - since < wanted.spec.wait_until_recording:
                if self._is_recording(recording.task_id):
                    return
                self.window.poll()
            while not self._stopped(recording.task_id) and not self.window.is_over(since):
                self.window.poll()
        except TrtcError as failure:
            # It was started and may run: a create that fails now would lose it.
            self.tell(f"{wanted.name}: whether it records could not be seen. {failure}")
            return
        raise PageNotRecording(recording.record_id, recording.task_id, clock.monotonic() - since)

    def _is_recording(self, task_id: str) -> bool:
        try:
            return self.api.describe(task_id=task_id).status == RECORDING
        except ApiError as failure:
            if failure.kind is Handling.TASK_GONE:
                return False
            raise
