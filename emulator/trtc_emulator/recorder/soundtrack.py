"""The page's sound on its way to the encoder."""

from __future__ import annotations

import os
import queue
import threading

from trtc_emulator import sound

# A page is heard before it is seen, by so much: measured between a beep and a flash.
_DELAY_SECONDS = 0.03
# What an encoder that does not come along may be behind before it gets silence in place of what is played.
_MOST_SECONDS = 30

_SILENCE = bytes(round(sound.RATE * sound.BLOCK_SECONDS) * sound.FRAME_BYTES)


class SoundTrack:
    """Writes each block of sound to `fd`, on a thread of its own, from `begin` to `end`.

    Nothing is ever left out, so that picture and sound stay together: a block is as long as the time in which
    it was played.
    """

    def __init__(self) -> None:
        self._blocks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._running = False

    def put(self, block: bytes) -> None:
        """What was played in the last 10 ms; called from any thread, also before the beginning."""
        if self._running:
            late = self._blocks.qsize() * sound.BLOCK_SECONDS > _MOST_SECONDS
            self._blocks.put(_SILENCE if late else block)

    def begin(self, fd: int) -> None:
        """Take over `fd` and start the time: what is played from now on is heard."""
        for _ in range(round(_DELAY_SECONDS / sound.BLOCK_SECONDS)):
            self._blocks.put(_SILENCE)
        self._running = True
        threading.Thread(target=self._run, args=(fd,), name="sound track", daemon=True).start()

    def end(self) -> None:
        """Write what was played until now and close the file descriptor; does not wait for it."""
        self._running = False
        self._blocks.put(None)

    def _run(self, fd: int) -> None:
        try:
            while block := self._blocks.get():
                rest = memoryview(block)
                while rest:
                    rest = rest[os.write(fd, rest) :]
        except BrokenPipeError:
            return  # the encoder is gone, which is noticed elsewhere
        finally:
            os.close(fd)
