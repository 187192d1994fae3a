"""Random histories of one stack through the real provider process, each repeatable by its seed."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import attrs

from tests.support.matrix import CODES, FAULTS, GONE, VICTIMS
from tests.support.protocol_engine import Command, Outcome
from tests.support.world import DESCRIBE, START, STOP, World, recording

CONFIG = {"trtc:maxRetryTime": "3"}
NAMES = ("lecture", "panel")
_FAULTS = [name for name in FAULTS if not name.startswith("slow")]


@attrs.define
class Schedule:
    """One random history.

    Attributes:
        tried: How many commands, faults and kills there were.
        log: What happened, for a failure's message.
    """

    seed: int
    steps: int
    world: World
    tried: Counter[str] = attrs.field(factory=Counter)
    log: list[str] = attrs.field(factory=list)
    _ended: bool = False
    _page: int = 0

    def play(self) -> None:
        """Play it, then settle: exactly what is declared runs, and nothing after a destroy.

        Raises:
            AssertionError: It is not so; the message has the seed and the history.
        """
        chance = random.Random(self.seed)
        self.tried["schedules"] += 1
        try:
            self.world.declare()
            self._change_program(chance)
            for _ in range(self.steps):
                self._step(chance)
            self._settle()
        except AssertionError as wrong:
            history = "\n".join(self.log)
            raise AssertionError(f"seed {self.seed}, {self.steps} steps:\n{history}\n{wrong}") from wrong

    def _step(self, chance: random.Random) -> None:
        kind = chance.choices(
            ["up", "refresh", "destroy", "later", "ends", "restart"], [50, 18, 10, 12, 5, 5]
        )[0]
        if kind == "later":
            self.world.begun()
            self.world.engine.state.later()
            self.log.append("an hour passes")
        elif kind == "ends":
            self.world.begun()
            self.world.emu.advance(2 * 86400)
            self._ended = True
            self.log.append("all recordings reach their limit")
        elif kind == "restart":
            self.world.emu.kill()
            self.world.emu.restart()
            self.log.append("the emulator is killed and started again")
        else:
            self._command(kind, chance)

    def _command(self, kind: str, chance: random.Random) -> None:
        if kind == "up" and chance.random() < 0.7:
            self._change_program(chance)
        replace = [one for one in self.world.declared if kind == "up" and chance.random() < 0.12]
        clear = kind == "refresh" and chance.random() < 0.4
        # Nothing else than the state tells that a recording may have been stopped.
        self.world.engine.state.readable = chance.random() > 0.1 or self.world.engine.state.undone
        told = [kind, f"replace {replace}" if replace else "", "clear" if clear else ""]
        told.append("" if self.world.engine.state.readable else "unreadable")
        faults = chance.choices([0, 1, 2], [55, 30, 15])[0]
        told += [self._fault(chance) for _ in range(faults)]
        victim = chance.choice(VICTIMS) if chance.random() < 0.4 else None
        if victim:
            told.append(self._hold(victim, chance))
        command = self._start(kind, replace, clear)
        outcome = self._end(command, victim)
        quiet = self.world.engine.state.readable and not faults and not victim
        self.world.emu.clear_faults()
        self.world.engine.state.readable = True
        self.log.append(f"{', '.join(filter(None, told))}: {_short(outcome)}")
        self.tried["commands"] += 1
        if quiet:
            self._after_a_quiet(kind, outcome)

    def _after_a_quiet(self, kind: str, outcome: Outcome) -> None:
        assert outcome.good, outcome
        if kind == "up" and not self._ended:
            self.world.begun()
            self.world.check(outcome)
        if kind == "refresh":
            self._ended = False
            self._gone_is_dropped()

    def _gone_is_dropped(self) -> None:
        running = set(self.world.running())
        for one in self.world.engine.state.resources:
            assert one["id"] in running or one.get("pendingReplacement"), one["id"]

    def _change_program(self, chance: random.Random) -> None:
        self._page += 1
        declared: dict[str, Any] = {}
        for name in NAMES:
            before = self.world.declared.get(name)
            # A recording that never came into the state has to stay declared: else nobody asks the provider.
            unknown = self.world.engine.state.current(self.world.engine.urn(name)) is None
            if before is not None and chance.random() < 0.4:
                declared[name] = before
            elif chance.random() < 0.7 or (before is not None and unknown):
                wait = {"waitUntilRecording": 20} if chance.random() < 0.3 else {}
                declared[name] = recording(self._page, whenEnded="restart", **wait)
        self.world.declare(**declared)
        self.log.append(f"declares { ({name: one['recordUrl'][-2:] for name, one in declared.items()}) }")

    def _fault(self, chance: random.Random) -> str:
        action, skip = chance.choice([START, DESCRIBE, STOP, "*"]), chance.randrange(5)
        name = chance.choice([one for one in (*_FAULTS, *CODES) if one not in GONE])
        fault = {"kind": "error", "code": name} if name in CODES else FAULTS[name]
        fields = {"next": chance.choice([1, 1, 1, 2, 5]), **fault}
        if fields["next"] is None:
            del fields["next"]
        self.world.emu.fault(fields.pop("kind"), action, skip=skip, **fields)
        self.tried["faults"] += 1
        return f"{name} at {action} {skip}"

    def _hold(self, victim: str, chance: random.Random) -> str:
        action = chance.choices([START, DESCRIBE, STOP], [50, 25, 25])[0]
        skip = chance.choices([0, 1, 3], [70, 20, 10])[0]
        # Before a Start is carried out only the emulator may die: a request must not come too late.
        before = action != START or victim in ("emulator", "outage")
        when = chance.choice(["after", "before"]) if before else "after"
        self.world.hold(action, skip, when=when)
        self.tried["kills"] += 1
        return f"kill {victim} {when} {action} {skip}"

    def _start(self, kind: str, replace: list[str], clear: bool) -> Command:
        if kind == "up":
            return self.world.start_up(replace=replace)
        return self.world.engine.start(kind, clear=clear)

    def _end(self, command: Command, victim: str | None) -> Outcome:
        if victim in ("provider", "cli", "both"):
            return self.world.interrupt(command, victim)
        if victim is None:
            return command.wait()
        died = self.world.held(command)
        if died:
            self.world.emu.kill()
            if victim == "emulator":
                self.world.emu.restart()
        outcome = command.wait()
        if died and victim == "outage":
            self.world.emu.restart()
        return outcome

    def _settle(self) -> None:
        self.world.begun()
        if self._ended:
            outcome = self.world.engine.refresh()
            assert outcome.good, outcome
        self.world.finish()


def _short(outcome: Outcome) -> str:
    result = "good" if outcome.good else "killed" if outcome.killed else "failed"
    errors = [one.splitlines()[0][:160] for one in outcome.errors]
    return " | ".join([result, *map(str, outcome.steps), *errors, *outcome.told])
