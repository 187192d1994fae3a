"""A stack whose engine is played by the test: the provider's process is real, the CLI is not there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import attrs

from tests.support.protocol import (
    DEADLINE,
    TYPE,
    EngineAddress,
    Interrupt,
    Killed,
    Plugin,
    Props,
    environment,
)
from tests.support.protocol_run import Goal, Run
from tests.support.protocol_state import State


@attrs.frozen
class Outcome:
    """What a command came to.

    Attributes:
        good: It succeeded; False if it failed or was killed.
        killed: It was killed.
        errors: What it reported.
        told: What the provider printed.
        steps: (operation, name of the resource).
    """

    good: bool
    killed: bool
    errors: tuple[str, ...]
    told: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]


class Command:
    """A command that runs beside the test, which may kill it or the provider."""

    def __init__(self, run: Run, put_away: Callable[[Run, bool], None]) -> None:
        self._run = run
        self._put_away = put_away
        self._killed = False
        self._broken: BaseException | None = None
        self._thread = threading.Thread(target=self._execute, daemon=True)
        self._thread.start()

    @property
    def plugin(self) -> Plugin | None:
        """The provider's process, once there is one."""
        return self._run.plugin

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def kill_cli(self) -> None:
        """SIGKILL of the CLI: nothing more is written, and the provider lives on."""
        self._run.interrupt.strike()
        self._run.engine.close()
        self._thread.join(DEADLINE)

    def kill_provider(self) -> None:
        """SIGKILL of the provider: the CLI goes on and reports a failure."""
        if self._run.plugin is not None:
            self._run.plugin.kill()

    def kill_both(self) -> None:
        """SIGKILL of both."""
        self.kill_cli()
        self.kill_provider()

    def wait(self, deadline: float = DEADLINE) -> Outcome:
        """Its end."""
        self._thread.join(deadline)
        assert not self._thread.is_alive(), f"it runs still: {self._run.steps}"
        if self._broken is not None:
            raise self._broken
        run = self._run
        return Outcome(
            good=not run.errors and not self._killed,
            killed=self._killed,
            errors=tuple(run.errors),
            told=tuple(run.plugin.told if run.plugin else ()),
            steps=tuple((step, urn.rsplit("::", 1)[-1]) for step, urn in run.steps),
        )

    def _execute(self) -> None:
        try:
            self._run.execute()
        except Killed:
            self._killed = True
        except BaseException as broken:  # noqa: BLE001  handed to the test's own thread
            self._broken = broken
        self._put_away(self._run, self._killed)


class Engine:
    """One stack on one backend.

    Attributes:
        state: Its state.
        config: Its configuration, full keys.
        env: The provider's environment.
    """

    def __init__(self, folder: Path, endpoint: str, config: Mapping[str, str], *, stack: str = "dev") -> None:
        folder.mkdir(parents=True)
        self.state = State(folder / "state")
        self.stack = f"organization/demo/{stack}"
        self.config = {"trtc:site": "emulator", "trtc:endpoint": endpoint, **config}
        home = folder / "home"
        home.mkdir()
        self.env = environment(home, self.state.folder / "bin")
        self._log = folder / "log" / "provider.txt"
        self._orphans: list[tuple[Plugin, EngineAddress]] = []
        self._addresses: list[EngineAddress] = []

    def urn(self, name: str) -> str:
        """The URN of a declared recording."""
        return f"urn:pulumi:{self.stack.rsplit('/', 1)[-1]}::demo::{TYPE}::{name}"

    def start(
        self,
        kind: str,
        declared: Mapping[str, Props] | None = None,
        *,
        replace: Collection[str] = (),
        clear: bool = False,
    ) -> Command:
        """Begin a command: "update", "refresh", "destroy" or "preview"."""
        goal = Goal(
            kind,
            {self.urn(name): self._owned(name, one) for name, one in (declared or {}).items()},
            {self.urn(name) for name in replace},
            clear,
        )
        run = Run(goal, self.state, boot=lambda interrupt: self._boot(run, interrupt))
        return Command(run, self._put_away)

    def up(self, declared: Mapping[str, Props], *, replace: Collection[str] = ()) -> Outcome:
        """`pulumi up --skip-preview`."""
        return self.start("update", declared, replace=replace).wait()

    def preview(self, declared: Mapping[str, Props]) -> Outcome:
        """`pulumi preview`."""
        return self.start("preview", declared).wait()

    def refresh(self, *, clear: bool = False) -> Outcome:
        """`pulumi refresh`."""
        return self.start("refresh", clear=clear).wait()

    def destroy(self) -> Outcome:
        """`pulumi destroy`."""
        return self.start("destroy").wait()

    def orphans(self) -> list[Plugin]:
        """Providers whose CLI was killed."""
        return [plugin for plugin, _ in self._orphans]

    def close(self) -> None:
        """End all processes."""
        for plugin, _ in self._orphans:
            plugin.end()
        for address in self._addresses:
            address.free()

    def provider_errors(self) -> str:
        """What all providers wrote to stderr."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _boot(self, run: Run, interrupt: Interrupt) -> Plugin:
        plugin = Plugin(run.engine, self.env, self._log)
        run.plugin = plugin
        plugin.configure(self.config, interrupt)
        return plugin

    def _put_away(self, run: Run, killed: bool) -> None:
        if run.plugin is not None and killed:
            self._orphans.append((run.plugin, run.engine))
        elif run.plugin is not None:
            run.plugin.end()
        run.engine.close()
        self._addresses.append(run.engine)

    def _owned(self, name: str, inputs: Props) -> Props:
        return {**inputs, "owner": {"stack": self.stack, "urn": self.urn(name)}}
