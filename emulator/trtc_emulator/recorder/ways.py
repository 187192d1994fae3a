"""The two ways to a page's picture: the browser draws it on a display of ours, or sends it."""

from __future__ import annotations

import abc
import asyncio
import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import attrs

from trtc_emulator import display
from trtc_emulator.recorder import thumbnail
from trtc_emulator.recorder.clock import Frame
from trtc_emulator.recorder.devices import Device
from trtc_emulator.recorder.page import Page

# From a frame's reading until the browser may draw the next one: so it has the rest of a frame's time for it.
_AFTER_READING_SECONDS = 0.004
# No browser has its window smaller.
_LEAST_WIDTH = 500

Size = tuple[int, int]


WINDOWED = (
    "--ozone-platform=wayland",
    "--kiosk",
    # All is drawn into memory, WebGL too.
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
)


class NoWindowError(Exception):
    """The browser does not draw on the display."""


class Way(abc.ABC):
    """How the picture comes.

    Attributes:
        window: The size of the browser's window, if it has one.
        size: Of the frames, if they are raw. In JPEG they tell it themselves.
        scale: How large the page is drawn, where the browser does not fit it into the frames by itself.
        delay: Seconds by which the page is heard before it is seen: measured between a beep and a flash.
        switches: What the browser is started with,
        environment: what it sees besides,
        fds: and what it inherits.
    """

    window: Size | None = None
    size: Size | None = None
    scale: float | None = None
    delay: float
    switches: tuple[str, ...]
    environment: Mapping[str, str] = MappingProxyType({})
    fds: tuple[int, ...] = ()

    @abc.abstractmethod
    async def launched(self) -> None:
        """The browser has been started. Raises NoWindowError where there will be no picture."""

    @abc.abstractmethod
    async def begin(self, page: Page) -> None:
        """Returns when there is a frame of the page. Raises CdpError."""

    @abc.abstractmethod
    def newest(self) -> Frame:
        """The newest frame, for the thread of the frame clock."""

    @abc.abstractmethod
    def align(self, moment: float) -> None:
        """Frames are read at this moment of the monotonic clock and at each whole period of it."""

    @abc.abstractmethod
    async def thumbnail(self, frame: Frame, ffmpeg: Path) -> bytes:
        """A frame as JPEG; empty if it cannot be made."""

    @abc.abstractmethod
    def close(self) -> None:
        """Nothing is drawn any more."""


@attrs.frozen
class _Jpeg:
    number: int
    data: bytes


class Screencast(Way):
    """The browser has no window, and sends JPEG frames of the page, which are not larger than the video."""

    delay = 0.03
    switches = ("--headless",)

    def __init__(self, video: Size) -> None:
        self._video = video
        self._newest = _Jpeg(0, b"")

    async def launched(self) -> None:
        """Nothing is waited for."""

    async def begin(self, page: Page) -> None:
        """See Way."""
        await page.show(*self._video, self._put)

    def newest(self) -> Frame:
        """See Way."""
        return self._newest

    def align(self, moment: float) -> None:
        """The browser paints when it likes."""

    async def thumbnail(self, frame: Frame, ffmpeg: Path) -> bytes:
        """See Way."""
        del ffmpeg
        return bytes(frame.data)

    def close(self) -> None:
        """Nothing is held."""

    def _put(self, frame: bytes) -> None:
        self._newest = _Jpeg(self._newest.number + 1, frame)


class OnDisplay(Way):
    """The browser has a window, on a display of the recording's own, and draws the page into it.

    The page stands in the window's upper left corner.
    """

    delay = 0.02

    def __init__(self, device: Device, video: Size, scratch: Path, patience: float) -> None:
        """Args:
        device: What the page sees.
        video: The size of the video.
        scratch: A folder in which nothing of Wayland is.
        patience: Seconds until the browser must have drawn.
        """
        self._patience = patience
        page, ratio = (device.width, device.height), device.pixel_ratio
        self._size, scale = fitted(page, video)
        self.size = self._size
        self.scale = scale / ratio  # its pixels are small already, since the whole browser knows the ratio
        self.window = (max(_LEAST_WIDTH, video[0]), video[1])
        # Frames of other sites see this screen, and not the one that the page itself is told of.
        screen = (math.ceil(page[0] * ratio), math.ceil(page[1] * ratio))
        self._display = display.Display(screen, self.window, self._size)
        self.switches = (*WINDOWED, f"--force-device-scale-factor={ratio}")
        self.environment = {**self._display.environment(), "XDG_RUNTIME_DIR": str(scratch)}
        self.fds = (self._display.clients_end,)

    async def launched(self) -> None:
        """See Way."""
        self._display.handed_over()
        if not await asyncio.to_thread(self._display.has_picture, self._patience):
            raise NoWindowError("it draws nothing on a Wayland display")

    async def begin(self, page: Page) -> None:
        """See Way."""
        # It comes when the page has been drawn anew, on the display too.
        await page.picture()

    def newest(self) -> Frame:
        """See Way."""
        return self._display.picture.take()

    def align(self, moment: float) -> None:
        """See Way."""
        self._display.align(moment + _AFTER_READING_SECONDS)

    async def thumbnail(self, frame: Frame, ffmpeg: Path) -> bytes:
        """See Way."""
        return await thumbnail.jpeg(frame.data, self._size, ffmpeg)

    def close(self) -> None:
        """See Way."""
        self._display.close()


def fitted(device: Size, video: Size) -> tuple[Size, float]:
    """How large a device's page stands in a video, in whole even pixels, and its scale."""
    scale = min(whole / part for whole, part in zip(video, device, strict=True))
    width, height = (max(2, int(side * scale + 1e-6) // 2 * 2) for side in device)
    return (width, height), scale
