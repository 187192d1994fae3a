"""The plugin ends with its engine: one that was killed closes nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

POLL_S = 1.0


def end_with_engine(end: Callable[[], None]) -> None:
    """Call `end` as soon as a process is gone that lies between this one and its CLI, or is the CLI."""
    threading.Thread(target=_watch, args=(_line(), end), daemon=True).start()


def _line() -> list[psutil.Process]:
    """The parent, and on as far as the CLI: it may start a plugin through a language host or a shell."""
    try:
        parents = psutil.Process().parents()
    except psutil.Error:
        return []
    names = [Path(one.name()).stem for one in parents]
    return parents[: names.index("pulumi") + 1 if "pulumi" in names else 1]


def _watch(line: list[psutil.Process], end: Callable[[], None]) -> None:
    while all(map(_runs, line)):
        time.sleep(POLL_S)
    end()


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True  # another user's
