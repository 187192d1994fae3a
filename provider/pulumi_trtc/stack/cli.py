"""Reads the running update's own state with the Pulumi CLI, once in a process, and verifies it."""

from __future__ import annotations

import contextlib
import json
import math
import subprocess
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from pulumi_trtc.clock import Clock, SystemClock
from pulumi_trtc.errors import NoEvidence
from pulumi_trtc.stack.ahead import take
from pulumi_trtc.stack.backend import backend_id
from pulumi_trtc.stack.commands import Command, environment, export, history, line
from pulumi_trtc.stack.history import History, parse_history
from pulumi_trtc.stack.running_cli import RunningCli, running_cli, taking_part
from pulumi_trtc.stack.state import State, parse_export

NO_ORGANIZATION = "organization"
"""What the engine takes for it on backends that know of none."""
_TIMEOUT_S = 60.0
_CUT_SHORT, _CUT_SHORT_S = "failed to load checkpoint", (0.1, 0.3, 1.0)
"""What the CLI says of a file that is not whole, and how long is waited each time until it is read again."""

Ahead = Callable[[Sequence[Command]], Sequence[str]]
"""Gives what the program's process was told by each command, "" for nothing. See `take`."""


def _nothing(commands: Sequence[Command]) -> Sequence[str]:
    return ["" for _ in commands]


@attrs.frozen
class Evidence:
    """The stack's state and history as they were before this process created anything.

    Attributes:
        age: Seconds since the state was written; 0 if it does not say. What an interrupted update started may
            be too young to be found.
    """

    state: State = attrs.field(factory=State)
    history: History = attrs.field(factory=History)
    age: float = math.inf


@attrs.define
class StackReader:
    """Reads and keeps the evidence of one stack, and which backend it is. Shared by the provider's threads.

    Args:
        cli: How the CLI is called.
        environ: Its environment.
        beside: Runs the CLI beside the provider's own work.
        ahead: See `Ahead`.
    """

    clock: Clock
    environ: Mapping[str, str]
    cli: RunningCli
    beside: Executor
    ahead: Ahead = _nothing
    _asked: dict[str, tuple[str, ...]] = attrs.field(factory=dict, init=False)
    _found: dict[tuple[str, str], Future[Evidence | str]] = attrs.field(factory=dict, init=False)
    _backend: str | None = attrs.field(default=None, init=False)
    _organization: str | None = attrs.field(default=None, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def begin(self, stack: str, *, declared: bool) -> None:
        """Start to read. Called at the first call of the process, before the engine creates anything: so each
        pending create that is read is an earlier update's.

        Args:
            stack: "organization/project/stack", as the recording's owner says.
            declared: A program runs that says so. What a state says may be the name that the stack had once.
        """
        with self._lock:
            if stack not in self._asked:
                self._asked[stack] = tuple(dict.fromkeys(self._names(stack, declared)))
        next(self._kept(stack))

    def evidence(self, stack: str, task_ids: Collection[str]) -> Evidence:
        """What was read, verified.

        Args:
            task_ids: What the engine has handed over: it must be in the state.

        Raises:
            NoEvidence: It could not be read, or it is not the running update's.
        """
        return self._verified((one.result() for one in self._kept(stack)), stack, task_ids)

    def now(self, stack: str, task_id: str) -> Evidence:
        """What can be read at this moment, verified. It may tell of what this update has begun.

        Raises:
            NoEvidence: As of `evidence`.
        """
        return self._verified(map(self._read, self._asked[stack]), stack, (task_id,))

    def _kept(self, stack: str) -> Iterator[Future[Evidence | str]]:
        """What is read once: of a further name only where the one before it is not the running update's."""
        for name in self._asked[stack]:
            with self._lock:
                if (stack, name) not in self._found:
                    # A program's process reads by the full name alone, and in most destroys there is none.
                    ahead = self.ahead if name == stack else _nothing
                    self._found[stack, name] = self.beside.submit(self._read, name, ahead)
            yield self._found[stack, name]

    def _verified(self, found: Iterable[Evidence | str], stack: str, task_ids: Collection[str]) -> Evidence:
        why = ""
        for one in found:
            if isinstance(one, str):
                why = why or one
                continue
            missing = [task_id for task_id in task_ids if not one.state.knows(task_id)]
            if not missing and (task_ids or one.state.stack(stack) == stack):
                return one
            lacks = f"it does not hold task {missing[0]}, which the running update has" if missing else ""
            why = why or lacks or "it is another stack's"
        raise NoEvidence(stack, self.cli.folder or "", why)

    def backend(self) -> str:
        """Which backend it is, see `backend_id`.

        Raises:
            NoEvidence: The CLI does not tell.
        """
        with self._lock:
            if self._backend is None:
                self._backend = backend_id(self._address(), Path(self.environ.get("HOME", "~")))
            return self._backend

    def organization(self) -> str:
        """Whose the running update's stack is: the first part of its full name. No provider is told it.

        Raises:
            NoEvidence: The CLI does not tell.
        """
        with self._lock:
            if self._organization is None:
                self._organization = self._owned_by(self.cli.stack or self.environ.get("PULUMI_STACK") or "")
            return self._organization

    def _owned_by(self, told: str) -> str:
        if "/" in told:
            return told.partition("/")[0]
        if not self._address().startswith("http"):
            return NO_ORGANIZATION
        try:
            return owner_in(self.run("stack", "ls", "--json"), told)
        except (OSError, subprocess.SubprocessError, ValueError) as failure:
            raise NoEvidence("", self.cli.folder or "", why_not(failure)) from None

    def run(self, *arguments: str) -> str:
        """What a command of the CLI prints.

        Raises:
            OSError, subprocess.SubprocessError: There is no CLI, or the command failed.
        """
        done = subprocess.run(  # noqa: S603  the CLI that runs this update, with arguments of ours
            line(self.cli, arguments),
            cwd=self.cli.folder,
            env=environment(self.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
        return done.stdout

    def _names(self, stack: str, declared: bool) -> Iterator[str]:
        """The stacks that may be the running update's, "" for the selected one."""
        if self.cli.found and not declared:
            yield self.cli.stack or ""
        yield stack
        if not self.cli.found and not declared:
            yield ""

    def _read(self, name: str, ahead: Ahead = _nothing) -> Evidence | str:
        exported, listed = ahead((export(name), history(name)))
        newest = self.beside.submit(self._history, name, listed)
        try:
            state = self._state(name, exported)
            age = 0.0 if state.written is None else abs(self.clock.now() - state.written)
            return Evidence(state, newest.result(), age)
        except (OSError, subprocess.SubprocessError, ValueError) as failure:
            return why_not(failure)

    def _state(self, name: str, told: str) -> State:
        command = export(name)
        with contextlib.suppress(ValueError):
            return parse_export(told)
        # A backend of files may be read just while the engine writes there: then it is read again.
        for wait in _CUT_SHORT_S:
            try:
                return parse_export(self.run(*command))
            except subprocess.CalledProcessError as failure:
                if _CUT_SHORT not in str(failure.stderr):
                    raise
            self.clock.sleep(wait)
        return parse_export(self.run(*command))

    def _history(self, name: str, told: str) -> History:
        with contextlib.suppress(ValueError):
            return parse_history(told)
        return parse_history(self.run(*history(name)))

    def _address(self) -> str:
        named = self.environ.get("PULUMI_BACKEND_URL", "")
        # A service is named by its API's address there, and by its console's everywhere else.
        if named and not named.startswith("http"):
            return named
        try:
            return str(json.loads(self.run("whoami", "--json"))["url"])
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as failure:
            raise NoEvidence("", self.cli.folder or "", why_not(failure)) from None


def open_reader(environ: Mapping[str, str], engine: str = "") -> StackReader:
    """A reader of the stack that the running update is of.

    Args:
        engine: Address of the engine that started this process; its program may have begun to read.
    """
    clock, cli = SystemClock(), running_cli()

    def ahead(commands: Sequence[Command]) -> Sequence[str]:
        return take(commands, (one.pid for one in taking_part(cli, engine)), clock)

    return StackReader(clock, environ, cli, ThreadPoolExecutor(max_workers=4), ahead)


def owner_in(stacks: str, told: str) -> str:
    """The organization of a stack, of what `pulumi stack ls --json` prints of a service's stacks.

    Args:
        told: The stack's name, "" for the selected one.

    Raises:
        ValueError: The text does not say.
    """
    for one in json.loads(stacks):
        is_it = one.get("name") == told if told else one.get("current")
        # The console's address of a stack: "https://<host>/<organization>/<project>/<stack>".
        parts = urlsplit(str(one.get("url", ""))).path.strip("/").split("/")
        if is_it and len(parts) == 3:
            return parts[0]
    raise ValueError(f"it does not say whose the stack {told or 'that is selected'} is")


def why_not(failure: Exception) -> str:
    """Why the CLI gave no answer, in words."""
    if isinstance(failure, FileNotFoundError):
        return "there is no `pulumi` on PATH"
    if isinstance(failure, subprocess.CalledProcessError):
        said = " ".join(str(failure.stderr).split()) or f"exit status {failure.returncode}"
        return f"`pulumi {' '.join(failure.cmd[1:3])}` said: {said[:300]}"
    if isinstance(failure, subprocess.TimeoutExpired):
        return f"the CLI did not answer within {_TIMEOUT_S:g} s"
    return f"the CLI printed something else ({failure})"
