"""The programs that a rehearsal runs, each in a session of its own, so that all of it can be ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import attrs
import psutil

from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.interrupts import Interrupts

# A cancelled pipeline's job has ten seconds before it is killed.
_PATIENCE_S = 4.0
_POLL_S = 0.05


@attrs.frozen
class Done:
    """What a program came to."""

    status: int
    out: str
    err: str


@attrs.frozen
class Children:
    """Starts programs and ends them.

    Attributes:
        environ: The environment of the command, and of what runs without one of its own.
    """

    interrupts: Interrupts
    environ: Mapping[str, str]

    def run(self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> Done:
        """Run a program to its end.

        Raises:
            CannotRehearse: There is no such program.
        """
        with self.running(command, cwd=cwd, env=env or self.environ, output=subprocess.PIPE) as process:
            out, err = process.communicate()
            return Done(process.returncode, out, err)

    @contextlib.contextmanager
    def running(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str],
        output: int | IO[str],
    ) -> Iterator[subprocess.Popen[str]]:
        """A program that runs no longer than the block; `output` takes what it prints."""
        process = None
        try:
            with self.interrupts.held():
                process = _start(command, cwd, env, output)
            yield process
        finally:
            with self.interrupts.held():
                if process is not None:
                    _end(process)


def _start(
    command: Sequence[str | Path], cwd: Path, env: Mapping[str, str], output: int | IO[str]
) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(  # noqa: S603  programs of ours and the CLI on PATH
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE if output == subprocess.PIPE else subprocess.STDOUT,
            text=True,
            errors="replace",
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise CannotRehearse(f"there is no `{Path(command[0]).name}` on PATH") from None


def _end(process: subprocess.Popen[str]) -> None:
    """Ask it to end, and end by force what is left: of its session, since Pulumi gives each plugin a process
    group of its own, and of its descendants, since the emulator gives each recording a session of its own.
    """
    family = _descendants(process.pid)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE_S)
    _kill([one for one in psutil.process_iter() if _session(one) == process.pid])
    # A recording sees that the emulator is gone, and cleans up.
    deadline = time.monotonic() + _PATIENCE_S
    while any(map(_lives, family)) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    _kill(family)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _session(process: psutil.Process) -> int | None:
    try:
        return os.getsid(process.pid)
    except OSError:
        return None


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _kill(processes: Sequence[psutil.Process]) -> None:
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.kill()
