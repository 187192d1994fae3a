"""Random histories of one stack through the real provider process, as a Hypothesis state machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.support.crowd import a_world
from tests.support.engine.goal import Outcome
from tests.support.engine.in_process import Command
from tests.support.matrix import CODES, FAULTS, GONE, VICTIMS
from tests.support.world import DESCRIBE, START, STOP, World, recording

_CONFIG = {"trtc:maxRetryTime": "3"}
_NAMES = ("lecture", "panel")
_FAULTS = {name: fault for name, fault in FAULTS.items() if not name.startswith("slow")} | {
    code: {"kind": "error", "code": code} for code in CODES if code not in GONE
}


@attrs.frozen
class Fault:
    """What goes wrong with some requests of an action, after the first `skip` of them."""

    name: str
    action: str
    skip: int
    times: int


@attrs.frozen
class Death:
    """Who is killed while a request of an action is kept back, after the first `skip` of them."""

    victim: str
    action: str
    skip: int
    before: bool

    @property
    def when(self) -> str:
        """Before a Start is carried out only the emulator may die: a request must not come too late."""
        lives_on = self.action == START and self.victim not in ("emulator", "outage")
        return "before" if self.before and not lives_on else "after"


@attrs.frozen
class Trouble:
    """All that happens to one command."""

    faults: tuple[Fault, ...] = ()
    death: Death | None = None
    readable: bool = True


@attrs.frozen
class _Before:
    """How things stood before a command, by TaskIds.

    Attributes:
        tasks: All there were.
        replaced: What waits for its deletion.
    """

    tasks: frozenset[str]
    running: frozenset[str]
    replaced: frozenset[str]

    @classmethod
    def of(cls, world: World) -> _Before:
        return cls(
            frozenset(one["task_id"] for one in world.emu.tasks()),
            frozenset(world.running()),
            frozenset(one["id"] for one in world.engine.state.resources if one.get("delete")),
        )


FAULT = st.builds(
    Fault,
    st.sampled_from(sorted(_FAULTS)),
    st.sampled_from([START, DESCRIBE, STOP, "*"]),
    st.sampled_from([0, 0, 0, 1, 2, 3, 4]),
    st.sampled_from([1, 1, 2, 5]),
)
DEATH = st.builds(
    Death,
    st.sampled_from(VICTIMS),
    st.sampled_from([START, START, DESCRIBE, STOP]),
    st.sampled_from([0, 0, 0, 1, 3]),
    st.booleans(),
)
TROUBLE = st.builds(
    Trouble,
    st.lists(FAULT, max_size=2).map(tuple),
    st.none() | DEATH,
    st.sampled_from([True] * 9 + [False]),
)
# Of each recording: leave it as it is, change it, change it and wait for it, or take it out of the program.
PROGRAM = st.fixed_dictionaries(
    {name: st.sampled_from(["keep", "change", "change", "wait", "drop"]) for name in _NAMES}
)


class Schedule(RuleBasedStateMachine):
    """Commands, faults and kills in any order; then just what is declared runs, and nothing after a destroy.

    Args:
        folder: Where the emulator and the stack live.
        tried: How many commands, faults and kills there were.
    """

    def __init__(self, folder: Path, tried: Counter[str]) -> None:
        super().__init__()
        self.tried = tried
        self.tried["schedules"] += 1
        self._log: list[str] = []
        self._holds = True
        self._ended = False
        self._page = 0
        self._closing = a_world(folder, _CONFIG)
        self.world = self._closing.__enter__()
        self.world.declare(lecture=recording(whenEnded="restart"))

    @initialize(running=st.booleans())
    def begin(self, running: bool) -> None:
        """The recording may have been running for long."""
        if running:
            self._checked(self.world.good_up)
            self.world.engine.state.later()

    @rule(program=PROGRAM, trouble=TROUBLE)
    def changed_up(self, program: dict[str, str], trouble: Trouble) -> None:
        """`pulumi up` of a program that may have changed."""
        self._change_program(program)
        self._run("up", self.world.start_up, trouble)

    @rule(trouble=TROUBLE)
    def up(self, trouble: Trouble) -> None:
        """`pulumi up` again."""
        self._run("up", self.world.start_up, trouble)

    @rule(names=st.sets(st.sampled_from(_NAMES), min_size=1), trouble=TROUBLE)
    def forced_up(self, names: set[str], trouble: Trouble) -> None:
        """`pulumi up --replace`, of what is declared and saved: the engine refuses anything else."""
        replace = sorted(one for one in names & self.world.declared.keys() if self._is_saved(one))
        self._run(f"up --replace {replace}", lambda: self.world.start_up(replace=replace), trouble)

    @rule(clear=st.booleans(), trouble=TROUBLE)
    def refresh(self, clear: bool, trouble: Trouble) -> None:
        """`pulumi refresh`, perhaps with `--clear-pending-creates`."""
        command = f"refresh{' --clear-pending-creates' if clear else ''}"
        self._run(command, lambda: self.world.start_refresh(clear=clear), trouble)

    @rule(trouble=TROUBLE)
    def destroy(self, trouble: Trouble) -> None:
        """`pulumi destroy`."""
        self._run("destroy", lambda: self.world.engine.start("destroy"), trouble)

    @rule(what=st.sampled_from(["an hour", "their limit", "a restart"]))
    def passes(self, what: str) -> None:
        """Time passes, up to beyond the recordings' limit; or the emulator is killed and started again."""
        if what == "a restart":
            self.world.emu.kill()
            self.world.emu.restart()
        else:
            self._checked(self.world.begun)
        if what == "an hour":
            self.world.engine.state.later()
        if what == "their limit":
            self.world.emu.advance(2 * 86400)
            self._ended = True
        self._tell(f"{what} passes")

    def teardown(self) -> None:
        """The end of each history, the one that has failed already included."""
        try:
            if self._holds:
                self._checked(self._settle)
        finally:
            self._closing.__exit__(None, None, None)

    def _change_program(self, program: dict[str, str]) -> None:
        self._page += 1
        declared: dict[str, Any] = {}
        for name, change in program.items():
            before = self.world.declared.get(name)
            # A recording that never came into the state has to stay declared: else nobody asks the provider.
            if change == "keep" or (change == "drop" and before and not self._is_saved(name)):
                declared |= {name: before} if before else {}
            elif change != "drop":
                wait = {"waitUntilRecording": 20} if change == "wait" else {}
                declared[name] = recording(self._page, whenEnded="restart", **wait)
        self.world.declare(**declared)

    def _is_saved(self, name: str) -> bool:
        return self.world.engine.state.current(self.world.engine.urn(name)) is not None

    def _run(self, told: str, start: Callable[[], Command], trouble: Trouble) -> None:
        engine, death = self.world.engine, trouble.death
        # Where a deletion was killed, the engine forgets it with the first thing that a command saves, and
        # nothing else tells that the recording was stopped; where a recording goes for good, nobody asks
        # again for what was left of it.
        engine.readable = trouble.readable or engine.state.undone or self._deletes(told)
        before = None if engine.readable else _Before.of(self.world)
        quiet = engine.readable and not trouble.faults and death is None
        for fault in trouble.faults:
            self._fault(fault)
        if death:
            self.world.hold(death.action, death.skip, when=death.when)
        command = start()
        outcome = self._checked(lambda: self._end(command, death.victim if death else None))
        # One that was killed has forgotten what it was asked for.
        self.tried["requests_hit"] += sum(one["hits"] for one in self.world.emu.faults())
        self.world.emu.clear_faults()
        engine.readable = True
        self.tried["commands"] += 1
        pages = {name: one["recordUrl"][-2:] for name, one in self.world.declared.items()}
        self._tell(f"{told} with {pages}, {trouble}: {_short(outcome)}")
        if before:
            self._checked(lambda: self._after_an_unreadable(before, outcome))
        if quiet:
            self._checked(lambda: self._after_a_quiet(told, outcome))

    def _deletes(self, told: str) -> bool:
        kept = {self.world.engine.urn(name) for name in self.world.declared} if told != "destroy" else set()
        return any(one["urn"] not in kept for one in self.world.engine.state.resources)

    def _fault(self, fault: Fault) -> None:
        # Some faults last: they bring a number of their own.
        fields = {"next": fault.times, **_FAULTS[fault.name]}
        if fields["next"] is None:
            del fields["next"]
        self.world.emu.fault(fields.pop("kind"), fault.action, skip=fault.skip, **fields)
        self.tried["faults"] += 1

    def _end(self, command: Command, victim: str | None) -> Outcome:
        if victim is None or not self.world.held(command):
            return command.wait()
        self.tried["kills"] += 1
        return self.world.interrupt(command, victim)

    def _after_an_unreadable(self, before: _Before, outcome: Outcome) -> None:
        after = _Before.of(self.world)
        assert after.tasks == before.tasks, f"started without the state: {outcome}"
        assert before.running - after.running <= before.replaced, f"stopped without the state: {outcome}"

    def _after_a_quiet(self, told: str, outcome: Outcome) -> None:
        assert outcome.good, outcome
        if told.startswith("up") and not self._ended:
            self.world.begun()
            self.world.check(outcome)
        if told.startswith("refresh"):
            self._ended = False
            running = set(self.world.running())
            for one in self.world.engine.state.resources:
                ended = one["outputs"]["status"] == "ended" or one.get("pendingReplacement")
                assert (one["id"] in running) != bool(ended), one["id"]

    def _settle(self) -> None:
        self.world.begun()
        if self._ended:
            outcome = self.world.engine.refresh()
            assert outcome.good, outcome
        self.world.finish()

    def _checked(self, look: Callable[[], Any]) -> Any:
        """A failure tells the whole history: a replay may take another course."""
        try:
            return look()
        except AssertionError as wrong:
            self._holds = False
            history = "\n".join(self._log)
            errors = self.world.engine.provider_errors()
            raise AssertionError(f"after\n{history}\n{wrong}\n{errors}") from wrong

    def _tell(self, line: str) -> None:
        self._log.append(line)
        note(line)


def play(number: int, schedules: int, steps: int, folder: Path) -> Counter[str]:
    """Play so many schedules of a seed, the first of them one that does nothing; what was tried.

    Raises:
        AssertionError: One of them does not hold; it comes with its history.
    """
    tried: Counter[str] = Counter()

    @seed(number)
    def machine() -> Schedule:
        return Schedule(folder / f"seed-{number}-{tried['schedules']}", tried)

    run_state_machine_as_test(
        machine,  # type: ignore[arg-type]  # a function may make the machines, says its docstring
        settings=settings(
            max_examples=schedules,
            stateful_step_count=steps,
            database=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
        # Else the search for something new would end many of them early.
        _min_steps=steps,
    )
    return tried


def _short(outcome: Outcome) -> str:
    result = "good" if outcome.good else "killed" if outcome.killed else "failed"
    errors = [one.splitlines()[0][:160] for one in outcome.errors]
    return " | ".join([result, *map(str, outcome.steps), *errors, *outcome.told])
