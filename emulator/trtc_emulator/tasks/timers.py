"""When things happen to recordings: at their time on a clock that can be moved."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable

from trtc_emulator.tasks.clock import OffsetClock
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import Task

_OFFSET = "clock_offset_ms"
_RETRY_S = 1.0
_log = logging.getLogger(__name__)


class Timers:
    """Calls `fire` with each task at its `due_ms`, one at a time, and keeps the clock's offset.

    `fire` must change the task's `due_ms`, or it is called again at once. Where the database fails it changes
    nothing and raises sqlite3.Error.
    """

    def __init__(self, store: Store, clock: OffsetClock, fire: Callable[[Task], Awaitable[None]]) -> None:
        self._store = store
        self._clock = clock
        self._fire = fire
        self._wake = asyncio.Event()
        # Held while tasks are fired: nothing falls due in between.
        self.lock = asyncio.Lock()
        clock.offset_ms = int(store.meta(_OFFSET) or 0)

    def wake(self) -> None:
        """Something has a new time."""
        self._wake.set()

    async def run(self) -> None:
        """Let things happen when they are due, for ever; later where the database cannot be used."""
        while True:
            try:
                await self.fire_due()
                due = self._store.next_due_ms()
            except sqlite3.Error as error:
                _log.warning("what is due waits: %s", error)
                await asyncio.sleep(_RETRY_S)
                continue
            # The wall clock may be set meanwhile: look again now and then.
            wait = 60.0 if due is None else min(60.0, (due - self._clock.now_ms()) / 1000)
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.0, wait))
            except asyncio.TimeoutError:
                continue

    async def fire_due(self) -> None:
        """Let everything happen whose time has come."""
        async with self.lock:
            while task := self._store.due(self._clock.now_ms()):
                await self._fire(task)

    async def advance(self, seconds: float) -> None:
        """Move time forward, through all that becomes due on the way and at its time."""
        target = self._clock.now_ms() + round(seconds * 1000)
        try:
            async with self.lock:
                await self._move_to(target)
        finally:
            # What the clock has moved past falls due even if not all of it could happen.
            self.wake()

    async def _move_to(self, target: int) -> None:
        while (due := self._store.next_due_ms()) is not None and due <= target:
            self._clock.move_to(due)
            task = self._store.due(self._clock.now_ms())
            if task is not None:
                await self._fire(task)
        self._clock.move_to(target)
        with self._store.transaction():
            self._store.set_meta(_OFFSET, str(self._clock.offset_ms))
