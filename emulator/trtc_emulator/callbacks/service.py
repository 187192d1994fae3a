"""Callbacks of one emulator: takes the events that were stored and has their messages sent."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable

from trtc_emulator.callbacks.messages import MessageBuilder
from trtc_emulator.callbacks.post import Poster
from trtc_emulator.callbacks.queue import CallbackQueue
from trtc_emulator.callbacks.sender import KEPT_S, Sender
from trtc_emulator.settings.values import Settings
from trtc_emulator.tasks.events import Event, EventKind
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import Task

_PAGE = 500
_log = logging.getLogger(__name__)


class Callbacks:
    """Turns events into messages once, also those that were stored while no message could be made.

    Args:
        now_ms: The recordings' clock.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        now_ms: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._store = store
        # An earlier process's older events would have been given up, had they been queued in time. Taken now:
        # the files of killed recordings may take long to complete before anything can be sent. What happens
        # from now on is told whatever its time: a reset or the machine may set the clock back.
        self._since_ms = now_ms() - round(KEPT_S * 1000)
        self._found_seq = store.last_seq()
        self._queue = CallbackQueue(settings.data / "callbacks.db")
        self._poster: Poster | None = None
        self._sender: Sender | None = None
        self._builder: MessageBuilder | None = None

    def start(self, address: str) -> None:
        """Begin to send, with what an earlier process left; before this, events only lie in the store.

        Args:
            address: The emulator's own, http://host:port.
        """
        self._poster = Poster()
        self._builder = MessageBuilder(self._settings.assumptions, address)
        self._sender = Sender(self._queue, self._settings.receivers, self._poster, time.time)
        self._take()
        for task_id in self._queue.tasks():
            self._sender.wake(task_id)

    def on_event(self, event: Event, task: Task) -> None:
        """Take what is new in the store; `event` is the last of it."""
        del event, task
        try:
            self._take()
        except sqlite3.Error as error:
            # The next event takes this one too.
            _log.warning("callbacks wait: %s", error)

    def reset(self) -> None:
        """Forget what was not delivered."""
        if self._sender is not None:
            self._sender.forget()
        self._queue.clear()

    async def close(self) -> None:
        """Stop sending; what was not delivered stays on disk."""
        if self._sender is not None:
            await self._sender.close()
        if self._poster is not None:
            await self._poster.close()
        self._queue.close()

    def _take(self) -> None:
        if self._builder is None or self._sender is None:
            return
        while events := self._store.events_after(self._queue.seen, _PAGE):
            for event in events:
                task = self._store.get(event.task_id)
                told = task is not None and self._settings.receivers.of(task.sdk_app_id) is not None
                if task is None or not told or self._too_old(event):
                    self._queue.seen = event.seq
                    continue
                has_files = event.kind is EventKind.FINISHED and bool(self._store.files_told(task.task_id))
                messages = self._builder.build(event, task, has_files=has_files)
                self._queue.put(event.seq, messages, time.time())
                if messages:
                    self._sender.wake(event.task_id)

    def _too_old(self, event: Event) -> bool:
        return event.seq <= self._found_seq and event.at_ms < self._since_ms
