"""Ending all processes of a session: what a program started, also what has left its process group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil


def members(session: int) -> list[int]:
    """The living processes of a session; process groups will not do, Pulumi gives each plugin its own."""
    found = []
    for process in psutil.process_iter(["status"]):
        with contextlib.suppress(OSError):
            is_dead = process.info["status"] in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
            if not is_dead and os.getsid(process.pid) == session:
                found.append(process.pid)
    return found


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Signal processes, of which some may have gone."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def end(session: int, patience: float = 30) -> list[int]:
    """SIGKILL a session's processes; returns those that still live after `patience` seconds."""
    deadline = time.monotonic() + patience
    while (living := members(session)) and time.monotonic() < deadline:
        send(living, signal.SIGKILL)
        time.sleep(0.02)
    return living


def run(command: Sequence[str | Path], cwd: Path) -> int:
    """Run a program in a session of its own, which ends with it, or with SIGINT, SIGTERM or SIGHUP.

    Returns:
        The program's exit status, or 130 where a signal came.
    """
    came: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: came.append(number))
    program = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, start_new_session=True)
    while program.poll() is None and not came:
        time.sleep(0.05)
    end(program.pid)
    status = program.wait()
    return 130 if came else status
