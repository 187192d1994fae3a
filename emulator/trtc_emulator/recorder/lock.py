"""Whether any process of a recording is still at work in its folder.

The recorder takes a lock on a file in the folder, and its browser and ffmpeg inherit it: it is free when the
last of them is gone, however they ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from trtc_emulator.recorder.process import kill_group

_NAME = ".lock"
_SCRATCH_PREFIX = "trtc-recorder-"
# A browser has a socket some 67 characters below it, whose path must be shorter than 108.
_LONGEST_PARENT = 40
_POLL_SECONDS = 0.05


class FolderBusyError(Exception):
    """Another recording is at work in the folder."""


def take(folder: Path) -> tuple[int, Path]:
    """Lock the folder for this process and those that inherit the descriptor.

    Returns:
        The descriptor, and a new folder for temporary files, short enough for a socket's path.

    Raises:
        FolderBusyError: Another recording is at work there.
    """
    fd = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise FolderBusyError(str(folder)) from None
    usual = tempfile.gettempdir()
    short = usual if len(usual) <= _LONGEST_PARENT else "/tmp"  # noqa: S108 - mkdtemp makes it nobody else's
    scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH_PREFIX, dir=short))
    os.truncate(fd, 0)
    os.pwrite(fd, json.dumps({"group": os.getpgrp(), "scratch": str(scratch)}).encode(), 0)
    return fd, scratch


def release(folder: Path, scratch: Path) -> None:
    """Remove what `take` made; the lock itself ends with its last holder."""
    shutil.rmtree(scratch, ignore_errors=True)
    (folder / _NAME).unlink(missing_ok=True)


def clear(folder: Path, patience: float) -> None:
    """Wait until no process of an earlier recording is left, and remove what it left behind.

    Whoever is still there after `patience` seconds is killed. Blocks.
    """
    try:
        fd = os.open(folder / _NAME, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        deadline = time.monotonic() + patience
        while not _free(fd):
            if time.monotonic() >= deadline and "group" in (left := _left(fd)):
                # Something holds the lock, so that the group exists: its number cannot be another's by now.
                kill_group(left["group"])
            time.sleep(_POLL_SECONDS)
        scratch = Path(_left(fd).get("scratch", ""))
        if scratch.name.startswith(_SCRATCH_PREFIX):
            release(folder, scratch)
    finally:
        os.close(fd)


def _free(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _left(fd: int) -> dict[str, Any]:
    try:
        value = json.loads(os.pread(fd, 4096, 0))
    except ValueError:  # killed before it was written
        return {}
    return value if isinstance(value, dict) else {}
