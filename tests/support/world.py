"""A stack, an emulator, and what should run: one place that says whether it is so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import attrs

from tests.support.emulator import Emulator, eventually
from tests.support.engine.goal import Outcome
from tests.support.engine.in_process import Command, Engine
from tests.support.engine.resources import Props
from tests.support.promise import PROMISE
from tests.support.protocol import DEADLINE

START, DESCRIBE, STOP = "StartWebRecord", "DescribeWebRecord", "StopWebRecord"
START_DELAY = "0.1"
# Far above the start delay, so that a stall of the emulator does not make a started task look gone.
WINDOW = "1.5"
HOLD_S = 60.0


def recording(page: int = 0, **changed: Any) -> Props:
    """A program's inputs of a recording."""
    return {
        "recordUrl": f"https://example.com/{page}",
        "sdkAppId": 1400000000,
        "storageParams": {
            "cloudStorage": {
                "vendor": 0,
                "region": "ap-singapore",
                "bucket": "webrecord-1234589",
                "accessKey": "AKIDstorageOfTests",
                "secretKey": "storage-secret-of-tests",
            }
        },
        **changed,
    }


@attrs.define
class World:
    """One stack and its recordings.

    Attributes:
        declared: The program: inputs by name.
        let_go: TaskIds of what pending creates had started that were taken away: nothing tells of it any
            more, and it is nobody's to stop.
    """

    emu: Emulator
    engine: Engine
    declared: dict[str, Props] = attrs.field(factory=lambda: {"lecture": recording()})
    let_go: set[str] = attrs.field(factory=set)
    _seen: int = 0
    _waits_for_handling: bool = False

    def declare(self, **recordings: Props) -> None:
        """Change the program."""
        self.declared = recordings

    def up(self, *, replace: Collection[str] = ()) -> Outcome:
        """`pulumi up`."""
        return self.engine.up(self.declared, replace=replace)

    def good_up(self, *, replace: Collection[str] = ()) -> Outcome:
        """`pulumi up` that has to succeed, and everything that it started has begun."""
        outcome = self.up(replace=replace)
        assert outcome.good, outcome
        self.begun()
        return outcome

    def start_up(self, *, replace: Collection[str] = ()) -> Command:
        """A `pulumi up` to interrupt."""
        return self.engine.start("update", self.declared, replace=replace)

    def hold(self, action: str, skip: int = 0, *, when: str = "after", seconds: float = HOLD_S) -> None:
        """Keep back the answer to a request of `action`, or ("before") the request itself."""
        self._seen = len(self.emu.requests())
        self.emu.fault("latency", action, seconds=seconds, when=when, next=1, skip=skip)
        self._waits_for_handling = action == START and when == "after"

    def held(self, command: Command) -> bool:
        """Wait until a request is kept back; False if the command ended without."""

        def look() -> str | None:
            for one in self.emu.requests()[self._seen :]:
                held = "latency" in (one["fault"] or "") and one["code"] is None
                if held and (one["handled"] or not self._waits_for_handling):
                    return "held"
            return "over" if command.over else None

        # A start that is refused for capacity again and again waits for more than a minute.
        return eventually(look, "a request that is held, or the command's end", DEADLINE) == "held"

    def interrupt(self, command: Command, who: str) -> Outcome:
        """SIGKILL of "provider", "cli", "both" or the "emulator", while a request is kept back.

        The emulator is started again: at once, or with "outage" once the command has failed.
        """
        assert self.held(command), f"it never came to where it dies: {command.wait()}"
        if who in ("emulator", "outage"):
            self.emu.kill()
        else:
            {"provider": command.kill_provider, "cli": command.kill_cli, "both": command.kill_both}[who]()
        if who == "emulator":
            self.emu.restart()
        outcome = command.wait()
        if who == "outage":
            self.emu.restart()
        return outcome

    def killed_up(
        self, action: str, who: str = "both", *, skip: int = 0, replace: Collection[str] = ()
    ) -> Outcome:
        """A `pulumi up` that is killed at the point where the answer to a request is due."""
        self.hold(action, skip)
        outcome = self.interrupt(self.start_up(replace=replace), who)
        self.emu.clear_faults()
        assert not outcome.good, outcome
        return outcome

    def start_refresh(self, *, clear: bool = False) -> Command:
        """A `pulumi refresh`, perhaps with `--clear-pending-creates`."""
        if clear and self.engine.state.creating:
            self.let_go |= set(self.running()) - set(self.engine.state.task_ids())
        return self.engine.start("refresh", clear=clear)

    def refresh(self, *, clear: bool = False) -> Outcome:
        """The same, which has to succeed."""
        outcome = self.start_refresh(clear=clear).wait()
        assert outcome.good, outcome
        return outcome

    def begun(self) -> None:
        """Wait until all that was started can be found."""
        eventually(lambda: not self.emu.tasks("accepted"), "the beginning of all tasks")

    def settle(self) -> None:
        """A quiet `pulumi up`: then exactly what is declared runs, and a second one changes nothing."""
        self.emu.clear_faults()
        self.begun()
        outcome = self.up()
        assert outcome.good, outcome
        self.check(outcome)
        again = self.up()
        assert again.good, again
        assert {step for step, _ in again.steps} <= {"same"}, again
        self.check(again)

    def check(self, context: object = None) -> None:
        """The promise: exactly what is declared runs beside what was let go, and the state holds it."""
        broken = f"not kept: {PROMISE}\n{context}"
        saved = {one["id"]: one["inputs"]["recordUrl"] for one in self.engine.state.resources}
        running = {one["task_id"]: one["record_url"] for one in self.emu.running()}
        assert saved.keys() == running.keys() - (self.let_go - saved.keys()), broken
        assert sorted(saved.values()) == sorted(one["recordUrl"] for one in self.declared.values()), broken
        # A Start that failed in a way that tells nothing takes what was let go for its own.
        assert all(running[one] == page for one, page in saved.items() if one not in self.let_go), broken

    def finish(self) -> None:
        """Settle, then `pulumi destroy`: nothing runs."""
        self.settle()
        self.destroy()

    def destroy(self) -> None:
        """`pulumi destroy`: nothing runs."""
        outcome = self.engine.destroy()
        assert outcome.good, outcome
        assert set(self.running()) <= self.let_go, outcome
        assert self.engine.state.resources == []

    def running(self) -> list[str]:
        """The TaskIds of what runs, oldest first."""
        return [one["task_id"] for one in reversed(self.emu.running())]

    def saved(self, name: str = "lecture") -> Props:
        """What the state holds of a recording."""
        found = self.engine.state.current(self.engine.urn(name))
        assert found is not None
        return found

    def codes(self, action: str) -> list[str]:
        """What the requests of an action were answered."""
        return [one["code"] for one in self.emu.requests(action)]


Worlds = Callable[..., World]


def make_world(emu: Emulator, folder: Path, config: Mapping[str, str] | None = None, **more: Any) -> World:
    """A world whose stack is quick to see what began, and quick to give up."""
    times = {"trtc:startWindow": WINDOW, "trtc:maxRetryTime": "5"}
    return World(emu, Engine(folder, emu.address, {**times, **(config or {})}, **more))
