"""The life of recordings: accepted, recording, ended. Knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs

from trtc_emulator.media.contract import Media, RecordedFile
from trtc_emulator.request.errors import ApiError, task_exist, task_not_exist
from trtc_emulator.request.masking import mask_body, mask_url
from trtc_emulator.request.params import StartRequest
from trtc_emulator.settings.values import Settings
from trtc_emulator.tasks.clock import OffsetClock
from trtc_emulator.tasks.events import LIMITS, EndReason, Event, EventKind, State
from trtc_emulator.tasks.pending import Addresses, Pending
from trtc_emulator.tasks.relays import Relays
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import Task, make_job, moved_on, new_task_id, task_folder
from trtc_emulator.tasks.timers import Timers

_log = logging.getLogger(__name__)


class TaskService:
    """All recordings of one emulator; the listener of its media. Lives on one event loop.

    Args:
        survives: Whether recordings outlive the emulator's process: those that no browser makes do.
    """

    def __init__(self, store: Store, clock: OffsetClock, settings: Settings, *, survives: bool) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._survives = survives
        self._pending = Pending(settings.data / "pending")
        self._media: Media | None = None
        self._keepers: list[Callable[[Event, Task], None]] = []
        self._subscribers: list[Callable[[Event, Task], None]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._relays = Relays()
        self._timers = Timers(store, clock, self._fire)

    def attach(self, media: Media) -> None:
        """Give the service its media, once, before anything else."""
        self._media = media

    def subscribe(self, subscriber: Callable[[Event, Task], None]) -> None:
        """Tell of every event from now on, after it is stored; called on the event loop, must not raise."""
        self._subscribers.append(subscriber)

    def keep_with(self, keeper: Callable[[Event, Task], None]) -> None:
        """Have something stored with every event from now on, in its transaction: both or neither."""
        self._keepers.append(keeper)

    # What the API asks for

    def start(self, request: StartRequest, params: dict[str, Any]) -> Task:
        """Accept a recording: it is on disk when this returns. `params` is the body that `request` is of.

        Raises ApiError for a RecordId that is taken, and where there is no room.
        """
        if request.record_id is not None and self._taken(request.sdk_app_id, request.record_id):
            raise task_exist()
        assumptions = self._settings.assumptions
        if self._store.count_live(request.sdk_app_id) >= assumptions.concurrency_limit:
            raise ApiError(
                assumptions.concurrency_code,
                "The number of concurrent recordings of the SdkAppId is limited.",
            )
        full = self.media.capacity(self._store.count_waiting())
        if full is not None:
            raise ApiError("ResourceInsufficient.RequestRejection", f"Insufficient resources. {full}")
        now = self._clock.now_ms()
        task = Task(
            task_id=new_task_id(),
            sdk_app_id=request.sdk_app_id,
            record_id=request.record_id,
            record_url=mask_url(request.record_url),
            params=mask_body(params),
            max_duration_s=request.max_duration_s,
            created_ms=now,
            due_ms=now + round(self._settings.start_delay * 1000),
            plan=request.plan,
        )
        try:
            self._pending.put(task.folder, Addresses(request.record_url, request.cdn_urls))
            with self._store.transaction():
                self._store.put(task)
        except BaseException:
            self._pending.drop(task.folder)
            raise
        self._timers.wake()
        return task

    def describe(self, task_id: str) -> Task:
        """The recording of this id. Raises ApiError unless it loads its page or records now."""
        return self._found(self._store.get(task_id))

    def describe_record(self, sdk_app_id: int, record_id: str) -> Task:
        """The recording of this RecordId. Raises ApiError unless it loads its page or records now."""
        return self._found(self._store.newest(sdk_app_id, record_id))

    def stop(self, task_id: str) -> Task:
        """End a recording; its files are completed afterwards. Raises ApiError unless `describe` finds it."""
        return self._end(self.describe(task_id), EndReason.STOPPED)

    # Time

    async def recover(self) -> None:
        """Take up what an earlier process left, then let happen what was due while none ran."""
        for task in self._store.unfinished():
            await self._complete(task)
            self._later(self._stop_media(task.task_id))
        for task in self._store.live():
            if task.state is not State.ACCEPTED and not self._survives:
                await self._complete(task)
                self._end(task, EndReason.CRASHED, "The recorder is gone")
            elif task.state is State.LOADING:
                self.started(task.task_id)
        self._pending.keep_only({task.folder for task in self._store.live()})
        await self._timers.fire_due()

    async def run(self) -> None:
        """Let things happen when they are due, for ever."""
        await self._timers.run()

    async def advance(self, seconds: float) -> None:
        """Move time forward, through all that becomes due on the way and at its time."""
        await self._timers.advance(seconds)

    async def reset(self) -> None:
        """End all recordings and forget them, their events and the moved time."""
        async with self._timers.lock:
            live = self._store.live()
            with self._store.transaction():
                self._store.clear()
            self._pending.keep_only(())
            self._clock.offset_ms = 0
            # Forgotten first: their ends are reported to nobody.
            for task in live:
                await self.media.stop(task.task_id)

    async def close(self) -> None:
        """End with the process: recordings that a browser makes end too, with whole files."""
        if not self._survives:
            for task in self._store.live():
                if task.state is not State.ACCEPTED:
                    self._end(task, EndReason.SHUTDOWN, "The emulator was shut down")
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self.media.close()

    # What the media report

    def started(self, task_id: str) -> None:
        """See contract.Listener."""
        task = self._live(task_id)
        if task is not None and task.state.is_before(State.RECORDING):
            now = self._clock.now_ms()
            self._record(moved_on(task, State.RECORDING, now), Event(EventKind.STARTED, task_id, now))
            self._timers.wake()

    def reloaded(self, task_id: str) -> None:
        """See contract.Listener."""
        task = self._live(task_id)
        if task is not None:
            self._record(task, Event(EventKind.RELOADED, task_id, self._clock.now_ms()))

    def screencast(self, task_id: str, why: str) -> None:
        """See contract.Listener."""
        task = self._live(task_id)
        if task is not None:
            self._record(task, Event(EventKind.SCREENCAST, task_id, self._clock.now_ms(), message=why))

    def failed(self, task_id: str, message: str) -> None:
        """See contract.Listener."""
        task = self._live(task_id)
        if task is not None:
            self._end(task, EndReason.FAILED, message)

    def crashed(self, task_id: str, message: str) -> None:
        """See contract.Listener."""
        task = self._live(task_id)
        if task is not None:
            self._end(task, EndReason.CRASHED, message)

    def too_large(self, task_id: str) -> None:
        """See contract.Listener."""
        task = self._live(task_id)
        if task is not None:
            self._end(task, EndReason.TOO_LARGE, "Over resolution limit")

    def cdn(self, task_id: str, index: int, status: int, message: str) -> None:
        """See contract.Listener; reports of a task that is being ended count too."""
        task = self._unfinished(task_id)
        if task is not None:
            now = self._clock.now_ms()
            states = self._relays.next(task_id, index, status)
            events = [
                Event(EventKind.CDN, task_id, now, index=index, status=state, message=message)
                for state in states
            ]
            self._record(task, *events)

    def file(self, task_id: str, file: RecordedFile) -> None:
        """See contract.Listener; reports of a task that is being ended count too."""
        task = self._unfinished(task_id)
        if task is not None:
            self._record(task, Event(EventKind.FILE, task_id, self._clock.now_ms(), file=file))

    def finished(self, task_id: str) -> None:
        """See contract.Listener."""
        task = self._unfinished(task_id)
        if task is not None and task.state is State.ENDED:
            self._finish(task)
        elif task is not None:
            self._end(task, EndReason.CRASHED, "The recorder ended by itself")

    # How it is done

    @property
    def media(self) -> Media:
        """The media of this service."""
        if self._media is None:
            raise RuntimeError("attach() comes first")
        return self._media

    @property
    def data(self) -> Path:
        """The folder of the database and of the recordings."""
        return self._settings.data

    def _found(self, task: Task | None) -> Task:
        found = [State.RECORDING]
        if self._settings.assumptions.describe_while_loading == "status":
            found.append(State.LOADING)
        if task is None or task.state not in found:
            raise task_not_exist()
        return task

    def _taken(self, sdk_app_id: int, record_id: str) -> bool:
        task = self._store.newest(sdk_app_id, record_id)
        if task is None:
            return False
        if task.ended_ms is None or not self._settings.assumptions.record_id_reuse:
            return True
        free_ms = task.ended_ms + round(self._settings.assumptions.task_exist_after_end * 1000)
        return self._clock.now_ms() < free_ms

    async def _fire(self, task: Task) -> None:
        if task.state is State.RECORDING:
            self._end(task, EndReason.LIMIT, "Over time limit")
            return
        if _unreachable(task.record_url):
            self._end(task, EndReason.FAILED, "Goto url timeout")
            return
        if not self._survives:
            # Without a browser it begins at once, in one write: one that fails can be made again.
            self._record(moved_on(task, State.LOADING, self._clock.now_ms()))
        try:
            await self.media.start(make_job(task, self._pending.get(task.folder), self.data))
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends one recording and not the timers
            _log.warning("recording %s could not begin: %s", task.task_id, type(error).__name__)
            self.failed(task.task_id, "StartRecording error")
        self._pending.drop(task.folder)

    async def _complete(self, task: Task) -> None:
        """Report the files that a killed emulator left, once they are whole; each file only once."""
        try:
            found = await self.media.recover(task_folder(task, self.data))
        except Exception as error:  # noqa: BLE001 - one recording's files do not keep the emulator from starting
            _log.warning(
                "the files of recording %s could not be completed: %s", task.task_id, type(error).__name__
            )
            return
        told = self._store.files_told(task.task_id)
        for file in found:
            if file.name not in told:
                self.file(task.task_id, file)

    def _end(self, task: Task, reason: EndReason, message: str = "") -> Task:
        now = self._clock.now_ms()
        ended = moved_on(task, State.ENDED, now, reason=reason, message=message)
        kinds = (EventKind.LIMIT, EventKind.ENDED) if reason in LIMITS else (EventKind.ENDED,)
        self._record(
            ended, *(Event(kind, task.task_id, now, reason=reason, message=message) for kind in kinds)
        )
        self._pending.drop(task.folder)
        self._later(self._stop_media(task.task_id))
        return ended

    async def _stop_media(self, task_id: str) -> None:
        await self.media.stop(task_id)
        task = self._unfinished(task_id)
        if task is not None:
            self._finish(task)

    def _finish(self, task: Task) -> None:
        now = self._clock.now_ms()
        self._relays.forget(task.task_id)
        self._record(attrs.evolve(task, finished_ms=now), Event(EventKind.FINISHED, task.task_id, now))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        closing = asyncio.get_running_loop().create_task(work)
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _record(self, task: Task, *events: Event) -> None:
        with self._store.transaction():
            self._store.put(task)
            stored = [self._store.add_event(event) for event in events]
            for event in stored:
                for keep in self._keepers:
                    keep(event, task)
        for event in stored:
            for subscriber in self._subscribers:
                subscriber(event, task)

    def _live(self, task_id: str) -> Task | None:
        task = self._store.get(task_id)
        return task if task is not None and task.state is not State.ENDED else None

    def _unfinished(self, task_id: str) -> Task | None:
        task = self._store.get(task_id)
        return task if task is not None and task.finished_ms is None else None


def _unreachable(url: str) -> bool:
    # No such host can exist (RFC 2606): a page that cannot be loaded, with and without a browser.
    return (urlsplit(url).hostname or "").rstrip(".").endswith(".invalid")
