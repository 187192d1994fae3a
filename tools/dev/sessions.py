"""Ending all processes of a session: what a program started, also what has left its process group."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path


def members(session: int) -> list[int]:
    """The living processes of a session; process groups will not do, Pulumi gives each plugin its own."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in parentheses may hold anything, spaces and parentheses too.
            pid, rest = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, its_session = rest[0], int(rest[3])
        if its_session == session and state not in "ZX":
            found.append(pid)
    return found


def end(session: int, patience: float = 30) -> list[int]:
    """SIGKILL a session's processes; returns those that still live after `patience` seconds."""
    deadline = time.monotonic() + patience
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGKILL)
    while living := members(session):
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            return living
        time.sleep(0.02)
    return []
