"""One stack whose provider is a process of its own: the test may kill its commands, or the provider."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs

from tests.support.engine.backend import Backend
from tests.support.engine.disk import Disk
from tests.support.engine.goal import Goal, Outcome
from tests.support.engine.program import Program
from tests.support.engine.provider import Diff, Killed
from tests.support.engine.resources import Props, Resource
from tests.support.engine.run import Run, Work
from tests.support.engine.stack import Stack
from tests.support.messages import DYNAMIC, Adapter
from tests.support.protocol import DEADLINE, EngineAddress, Interrupt, Plugin, environment

PARALLEL = 4


class SideBySide:
    """Does a few things at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(PARALLEL)
        self._begun: list[Future[None]] = []

    def take(self, work: Work) -> None:
        """See `Crew.take`."""
        self._begun.append(self._pool.submit(work))

    def finish(self) -> None:
        """See `Crew.finish`."""
        begun, self._begun = self._begun, []
        for one in begun:
            one.result()

    def close(self) -> None:
        """What has not begun never will."""
        self._pool.shutdown(cancel_futures=True)


class OverGrpc:
    """The calls; the process is started with the first one.

    Args:
        boot: Starts the process.
        config: The stack's configuration.
    """

    def __init__(self, boot: Callable[[], Plugin], config: Mapping[str, str], interrupt: Interrupt) -> None:
        self.plugin: Plugin | None = None
        self._boot = boot
        self._config = config
        self._interrupt = interrupt
        self._booting = threading.Lock()

    def check(self, urn: str, olds: Props | None, news: Props) -> tuple[Props, list[str]]:
        """See `Provider.check`."""
        return self._get().check(urn, olds, news)

    def diff(self, urn: str, old: Resource, news: Props) -> Diff:
        """See `Provider.diff`."""
        return self._get().diff(urn, old, news)

    def create(self, urn: str, news: Props) -> tuple[str, Props]:
        """See `Provider.create`."""
        return self._get().create(urn, news)

    def read(self, old: Resource) -> tuple[str, Props, Props | None]:
        """See `Provider.read`."""
        return self._get().read(old)

    def update(self, urn: str, old: Resource, news: Props) -> Props:
        """See `Provider.update`."""
        return self._get().update(urn, old, news)

    def delete(self, old: Resource) -> None:
        """See `Provider.delete`."""
        self._get().delete(old)

    def _get(self) -> Plugin:
        with self._booting:
            self._interrupt.check()
            if self.plugin is None:
                self.plugin = self._boot()
                self.plugin.configure(self._config)
            return self.plugin


class Command:
    """A command that runs beside the test, which may kill it or the provider."""

    def __init__(self, run: Run, provider: OverGrpc, address: EngineAddress, end: Ending) -> None:
        self._run = run
        self._provider = provider
        self._address = address
        self._end = end
        self._killed = False
        self._broken: BaseException | None = None
        self._thread = threading.Thread(target=self._execute, daemon=True)
        self._thread.start()

    @property
    def plugin(self) -> Plugin | None:
        """The provider's process, once there is one."""
        return self._provider.plugin

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def kill_cli(self) -> None:
        """SIGKILL of the CLI: nothing more is written, and the provider lives on."""
        self._end.interrupt.strike()
        self._address.close()
        self._thread.join(DEADLINE)

    def kill_provider(self) -> None:
        """SIGKILL of the provider: the CLI goes on and reports a failure."""
        if self.plugin is not None:
            self.plugin.kill()

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
        return self._run.outcome(self._killed, self.plugin.told if self.plugin else ())

    def _execute(self) -> None:
        try:
            self._run.execute()
        except Killed:
            self._killed = True
        except BaseException as broken:  # noqa: BLE001  handed to the test's own thread
            self._broken = broken
        self._end.put_away(self.plugin, self._address, self._killed)


@attrs.frozen
class Ending:
    """How a command ends.

    Attributes:
        interrupt: Ends its waiting.
        put_away: Takes what it has left: the provider, the address of its engine, and whether it was killed.
    """

    interrupt: Interrupt
    put_away: Callable[[Plugin | None, EngineAddress, bool], None]


class Engine(Stack):
    """One stack on one backend.

    Attributes:
        config: Its configuration, full keys.
        env: The provider's environment.
        adapter: Which one its provider has.
    """

    def __init__(
        self,
        folder: Path,
        endpoint: str,
        config: Mapping[str, str],
        *,
        stack: str = "dev",
        beside: Engine | None = None,
        adapter: Adapter = DYNAMIC,
    ) -> None:
        folder.mkdir(parents=True)
        shared = folder / "state"
        backend = beside.backend if beside else Backend(f"file://{shared}", time.time)
        super().__init__(backend, f"organization/demo/{stack}")
        self.adapter = adapter
        self._disk: Disk = beside._disk if beside else Disk(shared, backend)
        self.config = {"trtc:site": "emulator", "trtc:endpoint": endpoint, **config}
        home = folder / "home"
        home.mkdir()
        self.env = environment(home, self._disk.commands)
        self._log = folder / "log" / "provider.txt"
        self._orphans: list[Plugin] = []
        self._addresses: list[EngineAddress] = []

    def start(
        self,
        kind: str,
        declared: Program | None = None,
        *,
        replace: Collection[str] = (),
        clear: bool = False,
    ) -> Command:
        """Begin a command: "update", "refresh", "destroy" or "preview"."""
        if kind == "refresh":
            return self.begin(self.refreshing(clear=clear))
        if kind == "destroy":
            return self.begin(self.deletion())
        return self.begin(self.update(declared or {}, replace=replace, kind=kind))

    def begin(self, goal: Goal) -> Command:
        """Begin a command."""
        self._disk.look()
        address, interrupt = EngineAddress(), Interrupt()
        provider = OverGrpc(
            lambda: Plugin(address, self.env, self._log, interrupt, self.adapter), self.config, interrupt
        )
        crew = SideBySide()
        run = Run(goal, self.state, provider, interrupt.check, crew, random.Random())

        def put_away(plugin: Plugin | None, address: EngineAddress, killed: bool) -> None:
            crew.close()
            self._put_away(plugin, address, killed)

        return Command(run, provider, address, Ending(interrupt, put_away))

    def up(self, declared: Program, **options: Any) -> Outcome:
        """`pulumi up --skip-preview`."""
        return self.begin(self.update(declared, **options)).wait()

    def preview(self, declared: Program, **options: Any) -> Outcome:
        """`pulumi preview`."""
        return self.begin(self.update(declared, kind="preview", **options)).wait()

    def refresh(self, *, clear: bool = False) -> Outcome:
        """`pulumi refresh`."""
        return self.start("refresh", clear=clear).wait()

    def destroy(self) -> Outcome:
        """`pulumi destroy`."""
        return self.start("destroy").wait()

    def orphans(self) -> list[Plugin]:
        """Providers whose CLI was killed."""
        return self._orphans

    def close(self) -> None:
        """End all processes."""
        for plugin in self._orphans:
            plugin.kill()
            plugin.end()
        for address in self._addresses:
            address.free()

    def provider_errors(self) -> str:
        """What all providers wrote to stderr."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _put_away(self, plugin: Plugin | None, address: EngineAddress, killed: bool) -> None:
        if plugin is not None and killed:
            self._orphans.append(plugin)
        elif plugin is not None:
            plugin.end()
        address.close()
        self._addresses.append(address)
