"""Delivers what is queued: attempts, their schedule, and order."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable

from trtc_emulator.callbacks.messages import Message
from trtc_emulator.callbacks.queue import CallbackQueue, Queued
from trtc_emulator.settings.receivers import Receiver, Receivers

RETRY_S = 10.0
KEPT_S = 60.0
_MAX_ATTEMPTS = 2 + round(KEPT_S / RETRY_S)
_AT_ONCE = 8
_GRACE_S = 1.0
_log = logging.getLogger(__name__)

Post = Callable[[Receiver, int, bytes], Awaitable[bool]]


def next_wait(attempts: int, age_s: float) -> float | None:
    """Seconds to the next attempt after `attempts` failed ones, or None where the message is given up.

    The vendor's schedule: once more at once, then every 10 s until the message is a minute old.
    """
    if attempts == 1:
        return 0.0
    # The number of attempts is bounded too, for a machine whose clock is set back meanwhile.
    if age_s + RETRY_S > KEPT_S or attempts >= _MAX_ATTEMPTS:
        return None
    return RETRY_S


class Sender:
    """Sends each task's messages one after the other, and those of different tasks side by side.

    No application can hold up another: each has its own small number of requests at once, and waiting for the
    next attempt takes none of them.

    Args:
        post: Posts a body to the receiver of an SdkAppId; whether it was taken. Must not raise.
        address: The emulator's own, http://host:port: where files can be had from.
        event_time: See Assumptions.
        wall: The machine's time, in seconds.
        sleep: Waits for seconds.
    """

    def __init__(
        self,
        queue: CallbackQueue,
        receivers: Receivers,
        post: Post,
        *,
        address: str,
        event_time: str,
        wall: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._queue = queue
        self._receivers = receivers
        self._post = post
        self._address = address
        self._event_time = event_time
        self._wall = wall
        self._sleep = sleep
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._slots: defaultdict[int, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE))

    def wake(self, task_id: str) -> None:
        """See to a task's messages, unless that is being done."""
        if task_id not in self._lanes:
            self._lanes[task_id] = asyncio.get_running_loop().create_task(self._drain(task_id))

    async def close(self) -> None:
        """Give what is under way a moment, then leave the rest in the queue."""
        lanes = list(self._lanes.values())
        if lanes:
            await asyncio.wait(lanes, timeout=_GRACE_S)
        self.forget()
        await asyncio.gather(*lanes, return_exceptions=True)

    def forget(self) -> None:
        """Stop sending."""
        for lane in self._lanes.values():
            lane.cancel()
        self._lanes.clear()

    async def _drain(self, task_id: str) -> None:
        try:
            # Every message is tried at least once, however long the emulator was down.
            while (queued := self._queue.first(task_id)) is not None:
                if not await self._deliver(queued):
                    message = queued.message
                    _log.warning("callback %d of task %s was not delivered", message.type, message.task_id)
                self._queue.drop(queued)
        except sqlite3.Error as error:
            _log.warning("callbacks of task %s wait: %s", task_id, error)
        finally:
            # Nothing is awaited between the last look into the queue and this: no wake is lost.
            if self._lanes.get(task_id) is asyncio.current_task():
                del self._lanes[task_id]

    async def _deliver(self, queued: Queued) -> bool:
        receiver = self._receivers.of(queued.message.sdk_app_id)
        if receiver is None:
            return False
        attempts = 0
        while True:
            if await self._attempt(queued.message, receiver):
                return True
            attempts += 1
            wait = next_wait(attempts, self._wall() - queued.queued_at)
            if wait is None:
                return False
            if wait:
                await self._sleep(wait)

    async def _attempt(self, message: Message, receiver: Receiver) -> bool:
        async with self._slots[message.sdk_app_id]:
            body = message.body(round(self._wall() * 1000), self._address, self._event_time)
            return await self._post(receiver, message.sdk_app_id, body)
