"""Looks into video files with the recorder's own ffmpeg: there is no ffprobe in its wheel."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import imageio_ffmpeg

from tests.support.pages import CLOCK_BITS

Colour = tuple[int, int, int]
_NOWHERE = ("-f", "null", "-")


@attrs.frozen
class Video:
    """What a file holds, found by decoding all of it."""

    width: int
    height: int
    frames: int
    description: str
    audio_seconds: float

    @property
    def seconds(self) -> float:
        """At the recorder's constant rate."""
        return self.frames / 25


def inspect(path: Path) -> Video:
    """Decode a file or playlist; an error in it fails the test."""
    log = _ffmpeg("-i", path, "-map", "0:v", *_NOWHERE)
    found = re.search(r"Video: (h264.*?, (\d+)x(\d+).*)", log)
    frames = re.findall(r"frame=\s*(\d+)", log)
    assert found, log
    assert frames, log
    return Video(
        width=int(found.group(2)),
        height=int(found.group(3)),
        frames=int(frames[-1]),
        description=found.group(1),
        audio_seconds=_seconds(_ffmpeg("-i", path, "-map", "0:a", *_NOWHERE)),
    )


def pixels(path: Path, points: Sequence[tuple[int, int]], width: int) -> Iterator[list[Colour]]:
    """The colours at some points, for each frame; the video's width must be known."""
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-map", "0:v"),
        *("-vf", "format=rgb24", "-fps_mode", "passthrough", "-f", "rawvideo", "-"),
    ]
    height = inspect(path).height
    raw = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout
    size = width * height * 3
    for start in range(0, len(raw), size):
        at = [start + (y * width + x) * 3 for x, y in points]
        yield [(raw[i], raw[i + 1], raw[i + 2]) for i in at]


def frame_times(path: Path) -> list[float]:
    """When each frame is shown, in seconds since the sound begins: with what AAC's encoder puts before it."""
    # One after the other: two filters would write into each other's lines.
    frames = _times(
        _ffmpeg(
            "-copyts", "-i", path, "-map", "0:v", "-vf", "showinfo", "-fps_mode", "passthrough", *_NOWHERE
        )
    )
    sound = _times(_ffmpeg("-copyts", "-i", path, "-map", "0:a", "-af", "ashowinfo", *_NOWHERE))
    return [time - sound[0] for time in frames]


def _times(log: str) -> list[float]:
    return [float(time) for time in re.findall(r"showinfo_.* pts_time:(\S+)", log)]


def clock_times(path: Path, width: int) -> list[int]:
    """What the page of `pages.clock` showed, for each frame, in milliseconds since its base."""
    points = [(int((bit + 0.5) * width / CLOCK_BITS), 20) for bit in range(CLOCK_BITS)]
    return [
        int("".join("1" if sum(c) > 382 else "0" for c in frame), 2) for frame in pixels(path, points, width)
    ]


def near(one: Colour, other: Colour, tolerance: int = 12) -> bool:
    """Whether two colours are the same for a lossy encoder."""
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


def rgb(text: str) -> Colour:
    """A colour as pages write it: rrggbb."""
    return (int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16))


def _ffmpeg(*arguments: str | Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *map(str, arguments)]
    if any(str(a).endswith(".m3u8") for a in arguments):
        command[3:3] = ["-allowed_extensions", "ALL"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


def _seconds(log: str) -> float:
    hours, minutes, seconds = re.findall(r"time=(\d+):(\d+):([\d.]+)", log)[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
