"""Callbacks of one emulator: keeps the messages of each event with it, and has them sent."""

from __future__ import annotations

import time

from trtc_emulator.callbacks.messages import MessageBuilder
from trtc_emulator.callbacks.post import Poster
from trtc_emulator.callbacks.queue import CallbackQueue
from trtc_emulator.callbacks.sender import Sender
from trtc_emulator.settings.values import Settings
from trtc_emulator.tasks.events import Event, EventKind
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import Task


class Callbacks:
    """Messages of events, for those applications that have a receiver."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._queue = CallbackQueue(store)
        self._builder = MessageBuilder(settings.assumptions)
        self._poster: Poster | None = None
        self._sender: Sender | None = None

    def start(self, address: str) -> None:
        """Begin to send, with what an earlier process left; before this, messages only lie in the outbox.

        Args:
            address: The emulator's own, http://host:port.
        """
        self._poster = Poster()
        self._sender = Sender(
            *(self._queue, self._settings.receivers, self._poster),
            address=address,
            event_time=self._settings.assumptions.event_time,
            wall=time.time,
        )
        for task_id in self._queue.tasks():
            self._sender.wake(task_id)

    def keep(self, event: Event, task: Task) -> None:
        """Put an event's messages into the outbox; called in the event's own transaction."""
        if self._settings.receivers.of(task.sdk_app_id) is None:
            return
        has_files = event.kind is EventKind.FINISHED and bool(self._store.files_told(task.task_id))
        for message in self._builder.build(event, task, has_files=has_files):
            self._queue.put(message, time.time())

    def on_event(self, event: Event, task: Task) -> None:
        """Send what an event has put into the outbox."""
        del event
        if self._sender is not None:
            self._sender.wake(task.task_id)

    def reset(self) -> None:
        """Stop sending what was forgotten."""
        if self._sender is not None:
            self._sender.forget()

    async def close(self) -> None:
        """Stop sending; what was not delivered stays on disk."""
        if self._sender is not None:
            await self._sender.close()
        if self._poster is not None:
            await self._poster.close()
