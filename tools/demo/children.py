"""The demo's child processes, each in a session of its own, so that Ctrl-C reaches the demo alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.demo import interrupts
from tools.demo.telling import DemoError
from tools.dev import sessions

COMMAND_TIMEOUT = 180.0
END_TIMEOUT = 30.0


def start(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, output: int
) -> subprocess.Popen[str]:
    """Start a program; `output` takes its stdout and stderr."""
    return subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=dict(env),
        cwd=cwd,
        start_new_session=True,
    )


def run(
    command: Sequence[str | Path], hear: Callable[[str], None], *, env: Mapping[str, str], cwd: Path
) -> tuple[int, str]:
    """Run a program to its end, each line told as it comes; returns its status and its text."""
    if shutil.which(command[0], path=env.get("PATH")) is None:
        raise DemoError(f"no {command[0]} on PATH; `make demo` gets one")
    process = None
    try:
        with interrupts.held():
            process = start(command, env=env, cwd=cwd, output=subprocess.PIPE)
        status, text = _listen(process, hear)
    finally:
        with interrupts.held():
            if process is not None:
                end(process, signal.SIGINT)
    if status == -signal.SIGKILL:
        raise DemoError(f"{' '.join(map(str, command[:2]))} was ended after {COMMAND_TIMEOUT:.0f} s")
    return status, text


def _listen(process: subprocess.Popen[str], hear: Callable[[str], None]) -> tuple[int, str]:
    assert process.stdout is not None
    timer = threading.Timer(COMMAND_TIMEOUT, sessions.end, (process.pid,))
    timer.start()
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            hear(line.rstrip("\n"))
        return process.wait(END_TIMEOUT), "".join(lines)
    finally:
        timer.cancel()


def end(process: subprocess.Popen[str], how: signal.Signals) -> None:
    """Ask a program to end, and end by force what is left of it."""
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_TIMEOUT)
    sessions.end(process.pid)
    process.wait(END_TIMEOUT)
