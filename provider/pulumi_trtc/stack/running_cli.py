"""The `pulumi` process that runs the update: its state is read as it reads it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import attrs
import psutil

_CLEARS = ("--clear-pending-creates", "--import-pending-creates")
"""The second imports nothing, with a CLI of 3.276: the engine drops an operation that is of no creating."""


@attrs.frozen
class RunningCli:
    """How to call the CLI so that it answers for the stack of the running update.

    Attributes:
        program: The CLI.
        folder: The project's folder. A provider's own is the program's (`main:`), from which the CLI may find
            another backend or none. None: the own one.
        stack: What it was told with `--stack`; None if it goes by the selected one.
        runs_program: It was told to run the program, which a refresh and a destroy do not by themselves.
        clears: It was told to clear the pending creates, so that the state does not tell of them any more.
        found: Whether the update's own process was found.
        pid: That process.
    """

    program: str
    folder: str | None = None
    stack: str | None = None
    runs_program: bool = False
    clears: bool = False
    found: bool = False
    pid: int | None = None


def running_cli() -> RunningCli:
    """The CLI among the processes that this one descends from; else the one on PATH."""
    try:
        for process in psutil.Process().parents():
            if Path(process.name()).stem == "pulumi":
                told = process.cmdline()
                return RunningCli(
                    process.exe(),
                    process.cwd(),
                    stack_option(told),
                    runs_program="--run-program" in told,
                    clears=any(one.startswith(_CLEARS) for one in told),
                    found=True,
                    pid=process.pid,
                )
    except psutil.Error:
        pass  # an ancestor of another user
    return RunningCli("pulumi")


def taking_part(cli: RunningCli, engine: str) -> Iterator[psutil.Process]:
    """The processes of the running update: its program's and its plugins'.

    Args:
        engine: The address of the update's engine, which hands it to each of them.

    Raises:
        psutil.Error: One is another user's.
    """
    if cli.pid is None or not engine:
        return
    for one in psutil.Process(cli.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended
            if engine in one.cmdline():
                yield one


def has_company(cli: RunningCli, engine: str) -> bool:
    """Whether other providers take part in the running update, which may be ones of ours.

    Args:
        engine: See `taking_part`.
    """
    if cli.pid is None or not engine:
        return True
    try:
        own = psutil.Process()
        line = {own.pid, *(one.pid for one in own.parents())}
        return any(_is_provider(one.cmdline()) for one in taking_part(cli, engine) if one.pid not in line)
    except psutil.Error:
        return True  # another user's


def _is_provider(command: list[str]) -> bool:
    return not any(Path(part).name.startswith("pulumi-language-") for part in command)


def stack_option(arguments: list[str]) -> str | None:
    """The value of `--stack` or `-s` in a command line; None if it is not given."""
    for index, one in enumerate(arguments):
        if one in ("--stack", "-s"):
            return arguments[index + 1] if index + 1 < len(arguments) else None
        if one.startswith("--stack="):
            return one.partition("=")[2]
        if one.startswith("-s") and not one.startswith("--"):
            return one[2:].removeprefix("=")
    return None
