"""Running programs of a test so that nothing of them outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs


@attrs.frozen(eq=False)
class Running:
    """A program in a session of its own, its stdout and stderr going to one file."""

    process: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        """What it has written so far."""
        return self.log.read_text(errors="replace")

    def wait(self, timeout: float = 180) -> int:
        """Its exit status; a test whose program hangs fails with what it has written."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.end()
            raise AssertionError(
                f"still running after {timeout} s: {self.process.args!r}\n{self.text()}"
            ) from None

    def signal(self, number: int) -> None:
        """Signal the program alone, not what it started."""
        self.process.send_signal(number)

    def end(self) -> None:
        """Kill the program and everything that it started, also what has left its process group."""
        deadline = time.monotonic() + 30
        while living := session_members(self.process.pid):
            for pid in living:
                kill(pid)
            self.process.poll()
            if time.monotonic() > deadline:
                raise AssertionError(f"cannot be killed: {living}")
            time.sleep(0.02)
        self.process.kill()
        self.process.wait(30)


def start(command: Sequence[str | Path], log: Path, *, env: Mapping[str, str], cwd: Path) -> Running:
    """Start a program in `cwd` with the environment `env` and nothing else of this process."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    return Running(process, log)


def session_members(session: int) -> list[int]:
    """The living processes of a session; process groups will not do, Pulumi gives each plugin its own."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in parentheses may hold anything, spaces and parentheses too.
            pid, rest = int(stat.parent.name), stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, its_session = rest[0], int(rest[3])
        if its_session == session and state not in "ZX":
            members.append(pid)
    return members


def kill(pid: int) -> None:
    """SIGKILL; a process that has gone is fine."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
