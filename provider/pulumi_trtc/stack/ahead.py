"""A program's process begins to read the stack's state. No provider is started before it has declared its
resources, and each would begin with that.

The CLI writes into memory that is one of this process's open files, and goes with it however it ends. A
provider finds it by the running update's processes.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from pulumi_trtc.clock import Clock
from pulumi_trtc.stack.commands import Command, environment, export, history, line
from pulumi_trtc.stack.running_cli import RunningCli, running_cli

_TIMEOUT_S = 60.0
_POLL_S = 0.005


def begin_in_program(stack: str) -> None:
    """Begin to read in this process. Whatever is in the way of it, the provider reads for itself.

    Args:
        stack: "organization/project/stack", as this program's recordings are declared.
    """
    try:
        own = psutil.Process()
        # Without it the program runs an engine itself, and its stack may be on another backend.
        if "--engine" in own.cmdline()[:-1]:
            # A program may have changed its environment since, and name another backend there.
            begin(stack, running_cli(), own.environ())
    except (OSError, psutil.Error):
        return


def begin(stack: str, cli: RunningCli, environ: Mapping[str, str]) -> None:
    """Begin to read what `take` gives out.

    Args:
        stack: "organization/project/stack".
        environ: The update's.

    Raises:
        OSError: Something is in the way.
    """
    if sys.platform != "linux" or not cli.found:
        return
    import fcntl  # noqa: PLC0415  Windows has none

    begun: list[subprocess.Popen[bytes]] = []
    atexit.register(_end, begun)
    for command in (export(stack), history(stack)):
        file = os.memfd_create(_name(command))
        try:
            # Opened a second time, it is shown for as long as this process runs, but locked only by the CLI.
            os.open(f"/proc/self/fd/{file}", os.O_RDWR)
            fcntl.flock(file, fcntl.LOCK_EX)
            begun.append(
                subprocess.Popen(  # noqa: S603  the CLI that runs this update, with arguments of ours
                    line(cli, command),
                    cwd=cli.folder,
                    env=environment(environ),
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.DEVNULL,
                )
            )
        finally:
            os.close(file)


def _end(begun: Sequence[subprocess.Popen[bytes]]) -> None:
    for one in begun:
        one.kill()
        one.wait()


def take(commands: Sequence[Command], processes: Iterable[int], clock: Clock) -> list[str]:
    """What the program's process was told by each command, once that has ended; it is given out once.

    Args:
        processes: Those of the running update, see `taking_part`: no other one's reading is taken.

    Returns:
        "" where there is nothing. A command that was killed may have told a part.
    """
    if sys.platform != "linux":
        return ["" for _ in commands]
    shown: dict[str, Path] = {}
    with contextlib.suppress(psutil.Error):
        shown = dict(_shown(processes))
    until = clock.monotonic() + _TIMEOUT_S
    return [_told(shown.get(_name(one)), until, clock) for one in commands]


def _told(path: Path | None, until: float, clock: Clock) -> str:
    """What is in this memory once nobody writes there; "" if it lasts too long, or cannot be read."""
    import fcntl  # noqa: PLC0415  Windows has none

    if path is None:
        return ""
    with contextlib.suppress(OSError, UnicodeDecodeError), path.open("r+", encoding="utf-8") as file:
        while clock.monotonic() < until:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                clock.sleep(_POLL_S)
                continue
            text = file.read()
            file.truncate(0)
            return text
    return ""


def _shown(processes: Iterable[int]) -> Iterator[tuple[str, Path]]:
    """The memory of these processes by its name, and where it can be opened."""
    for process in processes:
        with contextlib.suppress(OSError):
            for path in Path(f"/proc/{process}/fd").iterdir():
                with contextlib.suppress(OSError):
                    target = str(path.readlink())
                    if target.startswith("/memfd:"):
                        yield target.removeprefix("/memfd:").removesuffix(" (deleted)"), path


def _name(command: Command) -> str:
    told = hashlib.sha256("\0".join(command).encode()).hexdigest()
    return f"pulumi-trtc-{told[:32]}"
