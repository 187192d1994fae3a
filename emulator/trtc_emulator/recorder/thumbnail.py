"""A small JPEG of a raw frame."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from trtc_emulator.recorder.process import dies_with_parent, passed_environment

_MOST_WIDTH = 640
_PIXEL_BYTES = 4
_SECONDS = 10


async def jpeg(frame: bytes | memoryview, size: tuple[int, int], ffmpeg: Path) -> bytes:
    """Of a frame in bgr0 of this size; empty if ffmpeg does not make it."""
    small, (width, height) = _every_nth(frame, size)
    process = await asyncio.create_subprocess_exec(
        ffmpeg,
        *("-hide_banner", "-loglevel", "quiet", "-f", "rawvideo", "-pix_fmt", "bgr0"),
        *("-video_size", f"{width}x{height}", "-threads", "1", "-i", "pipe:0"),
        *("-filter_threads", "1", "-threads", "1", "-q:v", "4", "-f", "mjpeg", "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=passed_environment(os.environ),
        preexec_fn=dies_with_parent(signal.SIGKILL),
    )
    try:
        made, _ = await asyncio.wait_for(process.communicate(small), _SECONDS)
    except asyncio.TimeoutError:
        return b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return made


def _every_nth(frame: bytes | memoryview, size: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
    width, height = size
    step = -(-width // _MOST_WIDTH)
    pixels = memoryview(frame).cast("B").cast("I")
    rows = [pixels[top : top + width : step].tobytes() for top in range(0, width * height, width * step)]
    return b"".join(rows), (len(rows[0]) // _PIXEL_BYTES, len(rows))
