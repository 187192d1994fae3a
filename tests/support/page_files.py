"""Files as a recorder leaves them, for a recording that has none."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image

from tests.support.emulator import Emulator


def shown(emu: Emulator, task_id: str) -> dict[str, Any]:
    """A recording as the page is told of it."""
    recordings: list[dict[str, Any]] = emu.control("GET", "recordings")["recordings"]
    return next(found for found in recordings if found["task_id"] == task_id)


def folder(emu: Emulator, task_id: str) -> Path:
    """The folder of a recording's files, made."""
    found = shown(emu, task_id)
    path: Path = emu.data / found["storage"] / found["id"]
    path.mkdir(parents=True, exist_ok=True)
    return path


def make_mp4(path: Path, seconds: int = 3) -> None:
    """A film of 160 by 90 pixels. VP9, since not every build of Chromium has H.264."""
    source = f"-v error -y -f lavfi -i testsrc=size=160x90:rate=10:duration={seconds}"
    codec = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p -movflags +faststart"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *source.split(), *codec.split(), str(path)]
    subprocess.run(command, check=True, timeout=120)


def make_thumbnail(path: Path, colour: str) -> None:
    """A picture of one colour, put in its place at once."""
    temporary = path.with_name(path.name + ".tmp")
    Image.new("RGB", (64, 36), colour).save(temporary, "JPEG")
    temporary.replace(path)
