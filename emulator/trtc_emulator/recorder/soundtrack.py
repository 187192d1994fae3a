"""The page's sound on its way to the encoder."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import queue
import threading
from pathlib import Path

from trtc_emulator import sound
from trtc_emulator.recorder import files
from trtc_emulator.recorder.process import write_all

# What an encoder that does not come along may be behind before it gets silence in place of what is played.
_MOST_SECONDS = 30
_LEVEL_SECONDS = 0.5


class SoundTrack:
    """Writes each block of sound to `fd`, on a thread of its own, from `begin` to `end`.

    Nothing is ever left out, so that picture and sound stay together: a block is as long as the time in which
    it was played.
    """

    def __init__(self) -> None:
        self._blocks: queue.SimpleQueue[bytes | float] = queue.SimpleQueue()
        self._begun = math.inf
        self._meter = sound.Meter()

    def put(self, block: bytes, played: float) -> None:
        """10 ms of sound that ended at `played` (monotonic); called from any thread, at any time.

        What was played before the beginning is no part of the track, however late it comes.
        """
        if played > self._begun:
            self._meter.hear(block)
            late = self._blocks.qsize() * sound.BLOCK_SECONDS > _MOST_SECONDS
            self._blocks.put(sound.SILENCE if late else block)

    def begin(self, fd: int, now: float, delay: float) -> None:
        """Take over `fd` and start the time at `now` (monotonic): what is played from then on is heard.

        Args:
            delay: Seconds by which the page is heard before it is seen.
        """
        for _ in range(round(delay / sound.BLOCK_SECONDS)):
            self._blocks.put(sound.SILENCE)
        self._begun = now
        threading.Thread(target=self._run, args=(fd,), name="sound track", daemon=True).start()

    def end(self, seconds: float) -> None:
        """Write what was played until now, silence up to the length of the video, and close the file
        descriptor; does not wait for it."""
        self._begun = math.inf
        self._blocks.put(seconds)

    async def show_level(self, path: Path) -> None:
        """Keep the level of what is played, in dBFS, in a file, until cancelled or it cannot be written."""
        with contextlib.suppress(OSError):
            while True:
                files.replace(path, b"%.1f" % self._meter.read())
                await asyncio.sleep(_LEVEL_SECONDS)

    def _run(self, fd: int) -> None:
        written = 0
        try:
            while isinstance(block := self._blocks.get(), bytes):
                write_all(fd, block)
                written += len(block)
            # Not by ffmpeg's apad: its silence runs ahead of a video that is late.
            write_all(fd, bytes(max(0, round(block * sound.RATE) * sound.FRAME_BYTES - written)))
        except BrokenPipeError:
            return  # the encoder is gone, which is noticed elsewhere
        finally:
            os.close(fd)
