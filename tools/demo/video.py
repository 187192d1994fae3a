"""Looking at a recorded file: how long it is, and a picture of one moment."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import attrs
import imageio_ffmpeg

from tools.demo.telling import DemoError

_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_SIZE = re.compile(r"Video: .*?(\d{2,5}x\d{2,5}).*?([\d.]+) fps")
FEWEST_COLOURS = 4


@attrs.frozen
class Video:
    """What is in a file.

    Attributes:
        seconds: Its length.
        shape: Width x height, and frames per second, in words.
    """

    seconds: float
    shape: str


def look(file: Path) -> Video:
    """Read a file's length and size."""
    told = _ffmpeg("-i", str(file)).stderr.decode(errors="replace")
    duration, size = _DURATION.search(told), _SIZE.search(told)
    if duration is None or size is None:
        raise DemoError(f"{file} is no video:\n{told}")
    hours, minutes, seconds = duration.groups()
    length = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return Video(length, f"{size[1]} pixels, {size[2]} frames/s")


def picture(file: Path, second: float, target: Path) -> int:
    """Write one frame as a PNG, and return how many colours it has when it is made very small."""
    moment = ["-ss", f"{second:.2f}", "-i", str(file), "-frames:v", "1"]
    _ffmpeg("-y", *moment, str(target))
    small = _ffmpeg(*moment, "-vf", "scale=32:18", "-f", "rawvideo", "-pix_fmt", "rgb24", "-").stdout
    if not target.exists() or not small:
        raise DemoError(f"{file} has no frame at {second:.1f} s")
    return len({small[place : place + 3] for place in range(0, len(small), 3)})


def _ffmpeg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=120)
