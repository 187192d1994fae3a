"""A program's process begins to read the stack's state. No provider is started before it has declared its
resources, and each would begin with that.

The CLI writes into files that are locked for as long as it runs. They lie in a folder that is named for the
running update: no other update finds them.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
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
        # A program may have changed its environment since, and name a backend that is none of this update.
        begin(stack, running_cli(), _engine_of(own.cmdline()), own.environ())
    except (OSError, psutil.Error):
        return


def begin(stack: str, cli: RunningCli, engine: str, environ: Mapping[str, str]) -> None:
    """Begin to read what `take` gives out. What is left of it goes with this process.

    Args:
        stack: "organization/project/stack".
        engine: Address of the engine of the running update; "" if it is not known.
        environ: The update's.

    Raises:
        OSError: Something is in the way.
    """
    folder = _folder(cli, engine)
    if sys.platform == "win32" or folder is None:
        return
    import fcntl  # noqa: PLC0415  Windows has none

    folder.mkdir(mode=0o700)
    begun: list[subprocess.Popen[bytes]] = []
    atexit.register(_end, folder, begun)
    for command in (export(stack), history(stack)):
        with (folder / _name(command)).open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            begun.append(
                # What it writes to is what is locked, until it has ended.
                subprocess.Popen(  # noqa: S603  the CLI that runs this update, with arguments of ours
                    line(cli, command),
                    cwd=cli.folder,
                    env=environment(environ),
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.DEVNULL,
                )
            )


def _end(folder: Path, begun: Sequence[subprocess.Popen[bytes]]) -> None:
    for one in begun:
        one.kill()
        one.wait()
    shutil.rmtree(folder, ignore_errors=True)


def take(command: Command, cli: RunningCli, engine: str, clock: Clock) -> str:
    """What the program's process was told by a command, once that has ended; each is given out once.

    Args:
        engine: See `begin`.

    Returns:
        "" if there is nothing. A command that was killed may have told a part.
    """
    folder = _folder(cli, engine)
    if sys.platform == "win32" or folder is None:
        return ""
    import fcntl  # noqa: PLC0415  Windows has none

    try:
        if not _is_own(folder):
            return ""
        path, since = folder / _name(command), clock.monotonic()
        with path.open(encoding="utf-8") as file:
            path.unlink()
            with contextlib.suppress(OSError):
                folder.rmdir()  # it was the last one: a kill leaves nothing
            while clock.monotonic() - since < _TIMEOUT_S:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    return file.read()
                except BlockingIOError:
                    clock.sleep(_POLL_S)
    except (OSError, UnicodeDecodeError):
        pass
    return ""


def _folder(cli: RunningCli, engine: str) -> Path | None:
    """Where the processes of an update meet; None where they do not."""
    if not cli.found or not engine:
        return None
    update = hashlib.sha256(f"{cli.pid} {cli.started} {engine}".encode()).hexdigest()
    return Path(tempfile.gettempdir()) / f"pulumi-trtc-{update[:32]}"


def _is_own(folder: Path) -> bool:
    """Whether nobody else can have written there."""
    found = folder.lstat()
    is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return is_private and found.st_uid == os.getuid()


def _name(command: Command) -> str:
    return hashlib.sha256("\0".join(command).encode()).hexdigest()[:32]


def _engine_of(program: Sequence[str]) -> str:
    """The engine of a program, by its process's command line; "" if it runs an engine itself."""
    return program[program.index("--engine") + 1] if "--engine" in program[:-1] else ""
