"""What a verb of the command is told of a stack: by the stack's own CLI, or by a file."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import attrs
import click

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.errors import NoEvidence, TrtcError
from pulumi_trtc.settings.values import FOREIGN
from pulumi_trtc.stack.cli import StackReader, why_not
from pulumi_trtc.stack.running_cli import RunningCli
from pulumi_trtc.stack.state import State

_PROJECT = re.compile(r"""(?m)^["']?name["']?\s*:\s*["']?([\w.-]+)""")

_Read = TypeVar("_Read")
_Verb = TypeVar("_Verb", bound=Callable[..., Any])


def is_needed(key: str) -> bool:
    """Whether it takes a setting of a stack to ask the service."""
    return key in FOREIGN or (key.startswith("trtc:") and not key.startswith("trtc:storage"))


class CannotTell(click.ClickException):
    """An expected failure: one text for people, and the exit status."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print it as Pulumi prints its own."""
        click.echo(f"error: {self.message}", file, err=True)


@contextmanager
def told_to_people() -> Iterator[None]:
    """An expected failure ends the command with its text; a fault of the program with a traceback.

    Raises:
        CannotTell: In place of it.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # click's own
    except (TrtcError, ValueError, OSError, subprocess.SubprocessError) as failure:
        raise CannotTell(_why(failure)) from None


@attrs.frozen
class Given:
    """A stack as the command line names it.

    Attributes:
        stack: Its name; None for the selected one.
        file: Holds its state in place of the CLI; "-" is stdin.
        settings: Settings in place of the stack's own.
    """

    reader: StackReader
    stack: str | None
    file: str | None
    settings: Mapping[str, str] = attrs.field(repr=False)

    @classmethod
    def of(
        cls, stack: str | None, file: str | None, settings: Sequence[tuple[str, str]], *, lost: bool = False
    ) -> Given:
        """What these options give.

        Args:
            lost: The stack is named for something that no file tells of.

        Raises:
            click.UsageError: They speak of two stacks.
        """
        if file is not None and stack is not None and not lost:
            raise click.UsageError("--file tells which stack it is: leave out --stack.")
        reader = StackReader(SystemClock(), os.environ, RunningCli("pulumi"), ThreadPoolExecutor(1))
        return cls(reader, stack, file, dict(settings))

    def state(self, parse: Callable[[str | bytes], _Read], *, show_secrets: bool = False) -> _Read:
        """The stack's state.

        Args:
            show_secrets: Have the CLI decrypt it. A file is as it is.

        Raises:
            ValueError, OSError, subprocess.SubprocessError: There is none.
        """
        if self.file is not None:
            with click.open_file(self.file, "rb") as opened:
                text, source = opened.read(), "standard input" if self.file == "-" else self.file
        else:
            text = self.run("stack", "export", *(["--show-secrets"] if show_secrets else []))
            source = "`pulumi stack export`"
        try:
            return parse(text)
        except ValueError as wrong:
            raise ValueError(f"{source}: not what `pulumi stack export` prints ({wrong})") from None

    def config(self, state: State) -> dict[str, str]:
        """What is needed of the stack's configuration of today, secrets in clear.

        Args:
            state: The stack's.

        Raises:
            ValueError, OSError, subprocess.SubprocessError: It cannot be read.
        """
        _refuse_another_project(state, Path.cwd())
        read = json.loads(self.run("config", "--json"))
        hidden = [
            key
            for key, one in read.items()
            if is_needed(key) and "value" not in one and key not in self.settings
        ]
        if hidden:
            try:
                read = json.loads(self.run("config", "--json", "--show-secrets"))
            except subprocess.CalledProcessError as failure:
                refuse_encrypted(
                    hidden, f"Set PULUMI_CONFIG_PASSPHRASE, or what else decrypts it ({why_not(failure)})"
                )
        config = {key: one["value"] for key, one in read.items() if is_needed(key) and "value" in one}
        return config | dict(self.settings)

    def run(self, *arguments: str) -> str:
        """What a command of the CLI prints for the stack.

        Raises:
            OSError, subprocess.SubprocessError: There is no CLI, or the command failed.
        """
        return self.reader.run(*arguments, *(["--stack", self.stack] if self.stack else []))


def refuse_encrypted(keys: Sequence[str], remedy: str) -> NoReturn:
    """Say that settings are encrypted, and what to do.

    Raises:
        ValueError: With that.
    """
    raise ValueError(
        f"the configuration is encrypted: {', '.join(keys)}. {remedy}, or give these with --set."
    )


def _refuse_another_project(state: State, folder: Path) -> None:
    """The CLI shows the configuration of the folder's project for any other project's stack of the name."""
    places = (one / name for one in (folder, *folder.parents) for name in ("Pulumi.yaml", "Pulumi.yml"))
    found = next((place for place in places if place.is_file()), None)
    named = _PROJECT.search(found.read_text("utf-8", "replace")) if found else None
    others = {one.partition("::")[2] for one in state.stacks} - {named[1]} if named else set()
    if named and others:
        raise ValueError(
            f"the stack is of the project {', '.join(others)}, and {found} is of {named[1]}, whose "
            f"configuration is not the stack's. {_where()}"
        )


def _pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> list[list[str]]:
    pairs = [one.split("=", 1) for one in given]
    # One that nobody reads would be passed over: `site=china` is not `trtc:site=china`.
    if any(len(pair) < 2 or not (pair[0].startswith("trtc:") or pair[0] in FOREIGN) for pair in pairs):
        raise click.BadParameter("must be KEY=VALUE, such as trtc:site=emulator")
    return pairs


stack_option = click.option("--stack", metavar="NAME", help="The stack; the selected one by default.")
settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    callback=_pairs,
    metavar="KEY=VALUE",
    help="A setting, in place of the stack's own.",
)
_file_option = click.option(
    "--file",
    type=click.Path(allow_dash=True),
    help="The stack's state: a `pulumi stack export`, or a backend's checkpoint; - is stdin.",
)


def options(verb: _Verb) -> _Verb:
    """The options of a `Given`: stack, file and set."""
    return stack_option(_file_option(settings_option(verb)))


def _where() -> str:
    """What to do where the CLI tells nothing of the stack, as far as the verb that runs can do it."""
    takes_file = any(one.name == "file" for one in click.get_current_context().command.params)
    return "Call it in the project's folder, logged in, with a stack selected or --stack" + (
        "; or give the stack's state with --file." if takes_file else "."
    )


def _why(failure: Exception) -> str:
    if isinstance(failure, NoEvidence):
        # A verb is told of the backend alone in this way.
        return (
            f"the stack's backend cannot be told: {failure.why}. Log in there, or name it in "
            "PULUMI_BACKEND_URL."
        )
    no_cli = isinstance(failure, FileNotFoundError) and failure.filename == "pulumi"
    if no_cli or isinstance(failure, subprocess.SubprocessError):
        return f"{why_not(failure)}. {_where()}"
    if isinstance(failure, OSError) and failure.filename:
        return f"{failure.filename}: {failure.strerror}"
    return str(failure)
