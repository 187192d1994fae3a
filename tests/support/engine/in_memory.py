"""One stack in memory: commands that run to their end, or to where they are killed."""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout

from tests.support.engine.backend import Backend
from tests.support.engine.goal import Goal, Outcome
from tests.support.engine.kill import Kill, armed
from tests.support.engine.memory import Host, InMemory, PluginInMemory, calls_of_process
from tests.support.engine.program import Program
from tests.support.engine.provider import Killed, Provider
from tests.support.engine.resources import SECRETS
from tests.support.engine.run import Run, Work
from tests.support.engine.stack import Stack
from tests.support.fake_service import Client, FakeService
from tests.support.messages import DYNAMIC, PLUGIN

BACKEND = "file:///state"


class Alone:
    """Does one thing after the other.

    Args:
        at_once: All that a program declares begins before anything is carried out, as where nothing depends
            on anything; else each thing is done before the next one is planned.
    """

    def __init__(self, at_once: bool) -> None:
        self._at_once = at_once
        self._left: list[Work] = []

    def take(self, work: Work) -> None:
        """See `Crew.take`."""
        self._left.append(work)
        if not self._at_once:
            self.finish()

    def finish(self) -> None:
        """See `Crew.finish`."""
        while self._left:
            self._left.pop(0)()


class Engine(Stack):
    """One stack.

    Attributes:
        service: Where the configuration says that it records; another one is another place.
        credentials: Whether there are any.
        caller: Who it is for the service; renamed or not.
        config: The configuration beside that, full keys.
        environ: The provider's environment.
        at_once: See `Alone`.
        adapter: Which one its provider has.
        cancels: Each command is preceded by a `pulumi cancel`, where a lock is left.
        last: What the newest command came to.
    """

    def __init__(
        self,
        service: FakeService,
        *,
        backend: str | Backend = BACKEND,
        secrets: Collection[str] = SECRETS,
        stack: str = "organization/demo/dev",
        seed: int = 0,
    ) -> None:
        if isinstance(backend, str):
            backend = Backend(backend, service.clock.now, secrets)
        super().__init__(backend, stack)
        self.service = service
        self.places = [service]
        self.credentials = True
        self.caller = stack
        self.config: dict[str, str] = {}
        self.environ: dict[str, str] = {}
        self.at_once = True
        self.cancels = True
        self.adapter = DYNAMIC
        self.last = Outcome(good=True)
        self._order = random.Random(seed)

    @property
    def errors(self) -> tuple[str, ...]:
        """What the newest command reported."""
        return self.last.errors

    @property
    def told(self) -> tuple[str, ...]:
        """What its provider printed."""
        return self.last.told

    def go_to(self, service: FakeService) -> None:
        """The configuration names another place."""
        self.service = service
        if service not in self.places:
            self.places.append(service)

    def up(
        self,
        program: Program,
        *,
        aliases: Mapping[str, Collection[str]] | None = None,
        replace: Collection[str] = (),
        target: Collection[str] | None = None,
        kill: Kill | None = None,
    ) -> Outcome:
        """`pulumi up --skip-preview`."""
        return self.run(self.update(program, aliases=aliases, replace=replace, target=target), kill)

    def preview(self, program: Program, **options: Collection[str] | None) -> Outcome:
        """`pulumi preview`."""
        return self.run(self.update(program, kind="preview", **options))  # type: ignore[arg-type]

    def destroy(
        self, target: Collection[str] | None = None, *, dependents: bool = False, kill: Kill | None = None
    ) -> Outcome:
        """`pulumi destroy --skip-preview`."""
        return self.run(self.deletion(target, dependents=dependents), kill)

    def refresh(
        self, target: Collection[str] | None = None, *, clear: bool = False, kill: Kill | None = None
    ) -> Outcome:
        """`pulumi refresh --skip-preview`, with `--clear-pending-creates` or without."""
        return self.run(self.refreshing(target, clear=clear), kill)

    def cancel(self) -> None:
        """`pulumi cancel`."""
        self.state.locked = False

    def run(self, goal: Goal, kill: Kill | None = None) -> Outcome:
        """A command."""
        if self.state.locked and goal.kind != "preview" and not self.cancels:
            self.last = Outcome(good=False, errors=("the stack is currently locked",))
            return self.last
        told: list[str] = []
        printed = io.StringIO()
        killed = False
        with armed(self.places, kill), own_tracebacks(), redirect_stdout(printed):
            run = Run(
                goal, self.state, self._provider(goal, told.append), _alive, Alone(self.at_once), self._order
            )
            try:
                run.execute()
            except Killed:
                killed = True
        self.last = run.outcome(killed, (*told, *printed.getvalue().splitlines()))
        return self.last

    def _provider(self, goal: Goal, tell: Callable[[str], None]) -> Provider:
        config = {"trtc:site": "emulator", "trtc:endpoint": self.service.endpoint, **self.config}
        host = Host(self.backend.answer, self.stack, goal.clear, config, self.environ, tell)
        api = Client(self.service, self.caller, self.credentials)
        calls = calls_of_process(api, self.service.clock, host)
        return PluginInMemory(calls) if self.adapter is PLUGIN else InMemory.of(calls)


def _alive() -> None:
    """In memory, the CLI dies at a call only."""


@contextmanager
def own_tracebacks() -> Iterator[None]:
    """A provider shortens the tracebacks of its process, which is the tests' own here."""
    try:
        yield
    finally:
        if hasattr(sys, "tracebacklimit"):
            del sys.tracebacklimit
