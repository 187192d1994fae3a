"""Random histories of two stacks: exactly one recording for each declared one, and no harm to any other."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.support.engine.kill import Kill
from tests.support.fake_service import APP, DESCRIBE, START, STOP
from tests.support.histories.plans import BROKEN, GIVEN, SLOW, Plan, simple
from tests.support.histories.world import IDENTITIES, STRANGE_APP, Fault, People, Side, Trouble
from tests.support.messages import ADAPTERS, Adapter

STEPS = 20
EXAMPLES = int(os.environ.get("MODEL_EXAMPLES") or 25)
HELD = "belongs to a running recording that this stack's state does not hold"
ALIASED = "is another resource's by now"
SEED = int(os.environ.get("MODEL_SEED") or random.SystemRandom().randrange(10**12))
CODES = (
    "ClientNetworkError",
    "InternalError",
    "ResourceInsufficient.RequestRejection",
    "FailedOperation.NotAllowed",
)

ACTIONS = st.sampled_from([START, DESCRIBE, STOP])
FAULTS = st.lists(
    st.builds(Fault, ACTIONS, st.sampled_from(CODES), st.booleans(), st.integers(1, 3)), max_size=2
).map(tuple)
# At any call, or just where something starts or stops.
MORE: Any = {"sent": st.booleans(), "alone": st.booleans(), "waited": st.sampled_from([0.0, 0.0, 90.0])}
KILLS = st.builds(Kill, st.sampled_from([START, STOP]), st.integers(0, 1), **MORE) | st.builds(
    Kill, nth=st.integers(0, 12), **MORE
)
EVIDENCE = st.sampled_from(["right"] * 6 + ["none", "other"])
QUIET = st.just(Trouble())
TROUBLE = QUIET | st.builds(
    Trouble, FAULTS, st.none() | KILLS, EVIDENCE, st.sampled_from([True, True, True, False])
)
SIDES = st.sampled_from([0, 0, 0, 1])
NAMES = st.sampled_from(IDENTITIES)
SOME = st.frozensets(NAMES, max_size=2)
LATER = st.sampled_from([0.5, 3.0, 30.0, 300.0])
# What becomes of a declared recording.
CHANGES: dict[str, Callable[[Plan], Plan]] = {
    "page 0": lambda plan: attrs.evolve(plan, page=0),
    "page 1": lambda plan: attrs.evolve(plan, page=1),
    "broken": lambda plan: attrs.evolve(plan, page=BROKEN),
    "slow": lambda plan: attrs.evolve(plan, page=SLOW),
    "secret": lambda plan: attrs.evolve(plan, secret="S" if plan.secret == "T" else "T"),
    "stream": lambda plan: attrs.evolve(plan, stream="1"),
    "other stream": lambda plan: attrs.evolve(plan, stream="2"),
    "no stream": lambda plan: attrs.evolve(plan, stream=None),
    "restart": lambda plan: attrs.evolve(plan, restart=not plan.restart),
    "protect": lambda plan: attrs.evolve(plan, protect=not plan.protect),
    "retain": lambda plan: attrs.evolve(plan, retain=not plan.retain),
    "room 1": lambda plan: attrs.evolve(plan, record_id=f"{GIVEN}1"),
    "room 2": lambda plan: attrs.evolve(plan, record_id=f"{GIVEN}2"),
    "no room": lambda plan: attrs.evolve(plan, record_id=None),
    "app": lambda plan: attrs.evolve(plan, app=APP + 1),
    "first app": lambda plan: attrs.evolve(plan, app=APP),
    "strange app": lambda plan: attrs.evolve(plan, app=STRANGE_APP),
}
CHANGE = st.sampled_from([*CHANGES, *["page 0", "page 1", "slow"] * 4])


class Histories(RuleBasedStateMachine):
    """Whatever people do, and whatever is killed, cut or refused."""

    @initialize(
        reusable=st.booleans(),
        at_once=st.booleans(),
        number=st.integers(0, 9),
        names=SOME,
        later=LATER,
        adapter=st.sampled_from(ADAPTERS),
    )
    def begin(
        self,
        *,
        reusable: bool,
        at_once: bool,
        number: int,
        names: frozenset[str],
        later: float,
        adapter: Adapter,
    ) -> None:
        self.people = People(reusable=reusable, at_once=at_once, seed=number, adapter=adapter)
        self.before: dict[str, Plan] = {}
        first = self.people.sides[0]
        first.plans = {name: Plan(name) for name in sorted(names)}
        assert self.people.up(first).good
        self.people.passes(later)

    @rule(side=SIDES, name=NAMES, change=CHANGE)
    def changes(self, side: int, name: str, change: str) -> None:
        """A program declares another recording, or changes one."""
        plans = self._side(side).plans
        if name in plans:
            plans[name] = CHANGES[change](plans[name])
        elif self._is_free(side, name):
            plans[name] = CHANGES[change](Plan(name))

    @rule(side=SIDES, name=NAMES)
    def drops(self, side: int, name: str) -> None:
        """A program declares a recording no more."""
        self.people.drops(self._side(side), name)

    @rule(side=SIDES, trouble=QUIET | TROUBLE, later=LATER)
    def up(self, side: int, trouble: Trouble, later: float) -> None:
        self.people.passes(later)
        self._went_well(side, self.people.up(self._side(side), trouble).good)

    @rule(side=SIDES, later=LATER)
    def goes_back(self, side: int, later: float) -> None:
        """What was declared when an `up` succeeded is put back."""
        self.people.passes(later)
        if side == 0 and self.before:
            now = self._side(0).plans
            for name in set(now) & set(self.before):
                old = attrs.evolve(self.before[name], parent=now[name].parent, former_parent=None)
                if old.identity == now[name].identity or self._is_free(side, old.identity):
                    now[name] = old
        self._went_well(side, self.people.up(self._side(side)).good)

    @rule(
        side=SIDES,
        replace=SOME,
        only=st.none() | st.frozensets(NAMES, min_size=1, max_size=2),
        trouble=TROUBLE,
        later=LATER,
    )
    def chosen_up(
        self,
        side: int,
        replace: frozenset[str],
        only: frozenset[str] | None,
        trouble: Trouble,
        later: float,
    ) -> None:
        """`--replace` and `--target`."""
        self.people.passes(later)
        self.people.up(
            self._side(side), trouble, replace=sorted(replace), target=None if only is None else sorted(only)
        )

    @rule(side=SIDES)
    def preview(self, side: int) -> None:
        self.people.preview(self._side(side))

    @rule(side=SIDES, clear=st.booleans(), trouble=TROUBLE, later=LATER)
    def refresh(self, side: int, clear: bool, trouble: Trouble, later: float) -> None:
        self.people.passes(later)
        self.people.refresh(self._side(side), trouble, clear=clear)

    @rule(side=SIDES, trouble=TROUBLE, later=LATER)
    def destroy(self, side: int, trouble: Trouble, later: float) -> None:
        self.people.passes(later)
        self.people.destroy(self._side(side), trouble)

    @rule(side=SIDES, name=NAMES, new=NAMES)
    def rename(self, side: int, name: str, new: str) -> None:
        self.people.rename(self._side(side), name, new)

    @rule(side=SIDES, name=NAMES)
    def reparent(self, side: int, name: str) -> None:
        self.people.reparent(self._side(side), name)

    @rule(side=SIDES, name=st.sampled_from(["prod", "stage"]))
    def rename_stack(self, side: int, name: str) -> None:
        self.people.rename_stack(self._side(side), name)

    @rule(side=SIDES, name=NAMES, edit=st.booleans())
    def move(self, side: int, name: str, edit: bool) -> None:
        plan = self._side(side).plans.get(name, Plan(name))
        # With it the program there would declare two recordings of one identity.
        is_free = name not in self._side(1 - side).plans and self._is_free(1 - side, plan.identity)
        if not edit or is_free:
            self.people.move(self._side(side), self._side(1 - side), name, edit=edit)

    @rule(side=SIDES, name=NAMES)
    def forget(self, side: int, name: str) -> None:
        self.people.forget(self._side(side), name)

    @rule(side=SIDES)
    def keep(self, side: int) -> None:
        self.people.keep(self._side(side))

    @rule(side=SIDES)
    def restore(self, side: int) -> None:
        self.people.restore(self._side(side))

    @rule(side=SIDES, name=NAMES, number=st.integers(0, 5))
    def adopts(self, side: int, name: str, number: int) -> None:
        """A program adopts something that runs: let go before, or another recording's."""
        running = sorted(self.people.ledger.running())
        plans = self._side(side).plans
        if running and name not in plans and self._is_free(side, name):
            task_id = running[number % len(running)]
            plans[name] = attrs.evolve(Plan(name), adopt=task_id)
            self.people.ledger.adopted.add(task_id)

    @rule(side=SIDES, there=st.booleans(), trouble=QUIET | TROUBLE)
    def elsewhere(self, side: int, there: bool, trouble: Trouble) -> None:
        """The configuration names another place, and an `up` is tried there."""
        one = self._side(side)
        self.people.goes(one, 1 if there else 0)
        self.people.up(one, trouble)
        self.people.goes(one, 0)

    @rule(side=SIDES, name=NAMES)
    def end(self, side: int, name: str) -> None:
        self.people.end(self._side(side), name)

    def teardown(self) -> None:
        if not hasattr(self, "people"):
            return
        try:
            self._settles()
        finally:
            note("\n".join(self.people.log))

    def _settles(self) -> None:
        """Without what an `up` may be refused for, it succeeds; and after a destroy nothing is left."""
        for one in self.people.sides:
            for name, plan in one.plans.items():
                page = 0 if plan.page == BROKEN else plan.page
                app = APP if plan.app == STRANGE_APP else plan.app
                one.plans[name] = attrs.evolve(simple(plan), page=page, app=app, retain=False)
            self.people.unprotect(one)
            self.people.passes(100)
            if any(self._runs_there(one, there) for there in (1,)):
                continue
            for _ in range(2):
                outcome = self.people.up(one)
                if any(HELD in error or ALIASED in error for error in outcome.errors):
                    # A killed create left it under a RecordId that its program gave: a person has to stop it.
                    # And what an alias gave a new name leaves its old one free for the next update only.
                    self.people.stops_by_hand(GIVEN)
                    outcome = self.people.up(one)
                assert outcome.good, outcome.errors
                self.people.passes(20)
            assert self.people.destroy(one).good

    def _runs_there(self, side: Side, place: int) -> bool:
        """Whether something that a stack holds runs at a place."""
        there = {task.task_id for task in self.people.places[place].tasks}
        return any(one["id"] in there for one in side.engine.state.resources)

    def _side(self, number: int) -> Side:
        return self.people.sides[number]

    def _went_well(self, side: int, good: bool) -> None:
        if good and side == 0:
            self.before = dict(self._side(0).plans)

    def _is_free(self, side: int, name: str) -> bool:
        """Whether nothing else that is declared has this identity."""
        return all(plan.identity != name for plan in self._side(side).plans.values())


@pytest.mark.timeout(900)  # it takes minutes to make a history that fails a short one
def test_histories() -> None:
    print(f"MODEL_SEED={SEED}")
    machine: Any = seed(SEED)(Histories)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
        # Else the search for something new ends many of them early.
        _min_steps=STEPS,
    )
