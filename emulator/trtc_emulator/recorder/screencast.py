"""The frames that a browser sends of its page: as many as a video can use, and always the last one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from trtc_emulator.recorder.cdp import Cdp, CdpError

# A little below the video's 40 ms, so that each of its frames finds a new one.
_PACE_SECONDS = 0.036
# So many frames the browser sends before it waits for an acknowledgement; meanwhile it drops what is painted.
_IN_FLIGHT = 2
_QUIET_SECONDS = 0.3
# A page that stands still may have sent no frame by then.
_FIRST_FRAME_SECONDS = 0.4


class Screencast:
    """Hands the page's frames (JPEG) on as they come.

    A page may paint 60 times a second or once in an hour. The browser's own `everyNthFrame` would lose every
    other of the rare ones, so the acknowledgements are held back instead: the browser encodes no more than
    are taken. What it drops meanwhile may be the last picture of a movement: when nothing comes any more, it
    is asked for one.
    """

    def __init__(
        self,
        cdp: Cdp,
        session: str,
        put: Callable[[bytes], None],
        picture: Callable[[], Any],
    ) -> None:
        """`put` gets each frame, on the reading thread or the event loop; `picture()` makes one now."""
        self._cdp = cdp
        self._session = session
        self._put = put
        self._picture = picture
        self._loop = asyncio.get_running_loop()
        self._first = asyncio.Event()
        self._received = 0
        self._unacknowledged = 0
        self._next_time = 0.0
        self._may_lack_last = False
        self._quiet: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None

    async def start(self, width: int, height: int, quality: int) -> None:
        """Begin with frames no larger than this, in the page's own shape; returns when there is one.

        Raises:
            CdpError: The browser gives no picture.
        """
        self._cdp.on_frame = self._take
        size = {"maxWidth": width, "maxHeight": height}
        await self._cdp.call(
            "Page.startScreencast", {"format": "jpeg", "quality": quality, **size}, self._session
        )
        try:
            await asyncio.wait_for(self._first.wait(), _FIRST_FRAME_SECONDS)
        except asyncio.TimeoutError:
            await self._ask()

    def _take(self, frame: bytes, number: int) -> None:
        self._received += 1
        self._put(frame)
        self._loop.call_soon_threadsafe(self._note, number)

    def _note(self, number: int) -> None:
        """A frame has come: see to its acknowledgement."""
        self._first.set()
        self._unacknowledged += 1
        self._may_lack_last |= self._unacknowledged >= _IN_FLIGHT
        now = self._loop.time()
        self._next_time = max(now, self._next_time + _PACE_SECONDS)
        self._loop.call_at(self._next_time, self._acknowledge, number)
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = self._loop.call_later(_QUIET_SECONDS, self._look)

    def _acknowledge(self, number: int) -> None:
        self._unacknowledged -= 1
        self._cdp.send("Page.screencastFrameAck", {"sessionId": number}, self._session)

    def _look(self) -> None:
        if self._may_lack_last and (self._asking is None or self._asking.done()):
            self._asking = asyncio.ensure_future(self._ask_again())

    async def _ask_again(self) -> None:
        self._may_lack_last = False
        try:
            await self._ask()
        except CdpError:
            if not self._cdp.closed.is_set():  # too busy just now
                self._may_lack_last = True
                self._quiet = self._loop.call_later(_QUIET_SECONDS, self._look)

    async def _ask(self) -> None:
        before = self._received
        picture = await self._picture()
        if self._received == before:  # otherwise a newer one has come
            self._put(picture)
