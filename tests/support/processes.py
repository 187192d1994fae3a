"""Running programs of a test so that nothing of them outlives it."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from tools import sessions

session_members = sessions.members


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
        if self.process.poll() is not None:
            return self.process.wait()
        # `Popen.wait` with a timeout looks every 50 ms: each command would seem that much slower.
        with os.fdopen(os.pidfd_open(self.process.pid), "rb", buffering=0) as end:
            if select.select([end], [], [], timeout)[0]:
                return self.process.wait()
        self.end()
        raise AssertionError(f"still running after {timeout} s: {self.process.args!r}\n{self.text()}")

    def signal(self, number: int) -> None:
        """Signal the program alone, not what it started."""
        self.process.send_signal(number)

    def end(self) -> None:
        """Kill the program and everything that it started, also what has left its process group."""
        living = sessions.end(self.process.pid)
        if living:
            raise AssertionError(f"cannot be killed: {living}")
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
