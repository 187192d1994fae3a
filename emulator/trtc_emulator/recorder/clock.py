"""Whatever the page paints, and whenever: the video gets 25 frames for each second that passes."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol

import attrs

from trtc_emulator.recorder.process import write_all


@attrs.frozen
class FrameCounts:
    """What a recording's clock did.

    Attributes:
        received: Frames that came from the browser.
        written: Frames of the video.
        shown: Different frames of the video; the others repeat the one before.
        late: Frames that were written after the next one was due already.
    """

    received: int
    written: int
    shown: int
    late: int


class Frame(Protocol):
    """A picture of the page, in a form that the encoder reads.

    Attributes:
        number: It is the how manieth that came from the browser.
    """

    @property
    def number(self) -> int: ...  # noqa: D102

    @property
    def data(self) -> bytes | memoryview: ...  # noqa: D102


class FrameClock:
    """Writes the newest frame to `fd` at a constant rate, on a thread of its own, from `begin` to `end`.

    Attributes:
        frame: The one that was written last.
    """

    def __init__(self, fps: int, newest: Callable[[], Frame]) -> None:
        """`newest()` is asked for each frame of the video."""
        self.frame: Frame | None = None
        self._fps = fps
        self._newest = newest
        self._written = 0
        self._shown = 0
        self._late = 0
        self._begun = 0.0
        self._last_due = sys.maxsize
        self._ending = threading.Event()

    def begin(self, fd: int, now: float) -> None:
        """Take over `fd` and start the time at `now` (monotonic): the first frame is due."""
        self._begun = now
        threading.Thread(target=self._run, args=(fd,), name="frame clock", daemon=True).start()

    def end(self, now: float) -> float:
        """Write what is due until `now` and close the file descriptor; does not wait for it.

        Returns:
            The length of the video in seconds.
        """
        self._last_due = self._due(now)
        self._ending.set()
        return self._last_due / self._fps

    def counts(self) -> FrameCounts:
        """What was done so far."""
        received = self.frame.number if self.frame else 0
        return FrameCounts(received, self._written, self._shown, self._late)

    def _run(self, fd: int) -> None:
        try:
            while True:
                ending = self._ending.is_set()
                due = min(self._due(time.monotonic()), self._last_due)
                while self._written < due:
                    self._write(fd, late=due - self._written > 1)
                if ending:
                    return
                self._ending.wait(max(0.0, self._begun + self._written / self._fps - time.monotonic()))
        except BrokenPipeError:
            return  # the encoder is gone, which is noticed elsewhere
        finally:
            os.close(fd)

    def _due(self, now: float) -> int:
        # Counted from the beginning, so that no delay adds up.
        return int((now - self._begun) * self._fps) + 1

    def _write(self, fd: int, *, late: bool) -> None:
        frame = self._newest()
        self._shown += self.frame is None or frame.number != self.frame.number
        self._late += late
        self.frame = frame
        write_all(fd, frame.data)
        self._written += 1
