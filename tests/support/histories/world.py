"""Two stacks of one backend, two places to record at, and what people do with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs

from tests.support.clock import ManualClock
from tests.support.engine.edits import EditRefused
from tests.support.engine.goal import Outcome
from tests.support.engine.in_memory import Engine
from tests.support.engine.kill import Kill
from tests.support.engine.resources import Resource, name_of
from tests.support.fake_service import FakeService
from tests.support.histories.ledger import ANY, Ledger, held_by, identity, identity_in
from tests.support.histories.plans import BROKEN, Plan
from tests.support.histories.promises import (
    Before,
    exactly_one,
    no_harm,
    nothing_left,
    seen_as_it_is,
)
from tests.support.messages import DYNAMIC, Adapter

STRANGE_APP = 1700000000
IDENTITIES = ("lecture", "panel", "talk")


@attrs.frozen
class Fault:
    """What goes wrong with the next calls of an action."""

    action: str
    code: str
    handled: bool
    times: int


@attrs.frozen
class Trouble:
    """All that happens to one command.

    Attributes:
        evidence: "right", "none" (it cannot be read) or "other" (another stack's is shown).
    """

    faults: tuple[Fault, ...] = ()
    kill: Kill | None = None
    evidence: str = "right"
    credentials: bool = True

    @property
    def none(self) -> bool:
        return self == Trouble()


@attrs.define
class Side:
    """A stack, its program, and an export that was kept.

    Attributes:
        plans: What the program declares.
        older: TaskIds of what was started before the stack had its name.
        halted: TaskIds in the state of what the last command stopped before it was killed or failed.
    """

    engine: Engine
    plans: dict[str, Plan] = attrs.field(factory=dict)
    kept: list[Resource] | None = None
    older: set[str] = attrs.field(factory=set)
    halted: set[str] = attrs.field(factory=set)

    def program(self) -> dict[str, Any]:
        return {name: plan.recording() for name, plan in self.plans.items()}


class People:
    """Does what is asked, and checks every promise after it."""

    def __init__(self, *, reusable: bool, at_once: bool, seed: int, adapter: Adapter = DYNAMIC) -> None:
        clock = ManualClock()
        pages = [f"https://example.com/{one}/{BROKEN}" for one in IDENTITIES]
        strange = {STRANGE_APP: "FailedOperation.SdkAppIdNotExist"}
        self.places = [
            FakeService(
                clock, reusable=reusable, endpoint=endpoint, broken_pages=pages, strange_apps=strange, ids=ids
            )
            for endpoint, ids in (("http://127.0.0.1:9001", "task"), ("http://127.0.0.1:9002", "there"))
        ]
        self.clock = clock
        dev = Engine(self.places[0], seed=seed)
        other = Engine(self.places[0], backend=dev.backend, stack="organization/demo/other", seed=seed)
        self.sides = [Side(dev), Side(other)]
        for side in self.sides:
            side.engine.at_once = at_once
            side.engine.adapter = adapter
            side.engine.places = self.places
        self.ledger = Ledger(self.places, [dev, other])
        self.log: list[str] = []

    # Commands of the engine

    def up(
        self,
        side: Side,
        trouble: Trouble = Trouble(),
        *,
        replace: Collection[str] = (),
        target: Collection[str] | None = None,
    ) -> Outcome:
        known = {name_of(one["urn"]) for one in side.engine.state.resources} | side.plans.keys()
        forced = [name for name in replace if name in known]
        plans = {name: plan for name, plan in side.plans.items() if target is None or name in target}
        before = Before.of(self.ledger, side.engine, plans, forced)
        outcome = self._run(
            side,
            trouble,
            lambda: side.engine.up(side.program(), replace=forced, target=target, kill=trouble.kill),
        )
        self._tell(side, f"up {_brief(side.plans)} replace {forced} target {target} {trouble}", outcome)
        self._check(side, before, outcome, "update")
        self._causes(side, outcome, plans)
        if outcome.good and trouble.none and target is None:
            exactly_one(self.ledger, side.engine, side.plans)
        return outcome

    def preview(self, side: Side) -> None:
        before = Before.of(self.ledger, side.engine, side.plans)
        outcome = side.engine.preview(side.program())
        self._tell(side, "preview", outcome)
        self._check(side, before, outcome, "preview")

    def refresh(self, side: Side, trouble: Trouble, *, clear: bool) -> Outcome:
        before = Before.of(self.ledger, side.engine, {})
        if clear:
            self.ledger.forgets_pending(side.engine)
        outcome = self._run(side, trouble, lambda: side.engine.refresh(clear=clear, kill=trouble.kill))
        self._tell(side, f"refresh {'clear ' if clear else ''}{trouble}", outcome)
        self._check(side, before, outcome, "refresh")
        if outcome.good and trouble.none:
            seen_as_it_is(self.ledger, side.engine)
        return outcome

    def destroy(self, side: Side, trouble: Trouble = Trouble()) -> Outcome:
        before = Before.of(self.ledger, side.engine, {})
        outcome = self._run(side, trouble, lambda: side.engine.destroy(kill=trouble.kill))
        self._tell(side, f"destroy {trouble}", outcome)
        self._check(side, before, outcome, "destroy")
        if outcome.good and trouble.none:
            nothing_left(self.ledger, side.engine, before)
        return outcome

    # What people do beside it

    def rename(self, side: Side, name: str, new: str) -> None:
        """Another name, with an alias."""
        if name in side.plans and new not in side.plans and side.engine.saved(new) is None:
            plan = side.plans.pop(name)
            self._never_saved(side, name, plan.identity)
            side.plans[new] = attrs.evolve(plan, aliases=(name,), former_parent=None)
            self._note(side, f"{name} is called {new}")

    def drops(self, side: Side, name: str) -> None:
        """A program declares a recording no more."""
        plan = side.plans.pop(name, None)
        if plan is not None:
            self._never_saved(side, name, plan.identity)

    def reparent(self, side: Side, name: str) -> None:
        """Another parent, with an alias."""
        plan = side.plans.get(name)
        if plan is not None and not plan.aliases:
            parent = None if plan.parent else "group"
            self._never_saved(side, name, plan.identity)
            side.plans[name] = attrs.evolve(plan, parent=parent, former_parent=plan.parent or "")
            self._note(side, f"{name} belongs to {parent}")

    def stops_by_hand(self, record_ids: str) -> None:
        """`recover --stop`, of all loose tasks under RecordIds that begin so."""
        for task in (one for side in self.sides for one in self.ledger.loose(side.engine)):
            if task.record_id.startswith(record_ids):
                task.until = self.clock.monotonic()

    def _never_saved(self, side: Side, name: str, whose: str) -> None:
        """What was not saved under a name is nobody's without it: an alias leads to what is saved."""
        if side.engine.saved(name) is None:
            self.ledger.gives_up(side.engine, whose)

    def rename_stack(self, side: Side, name: str) -> None:
        if f"organization/demo/{name}" not in side.engine.backend.stacks:
            # What only the history tells of was started under the stack's earlier name.
            pending = {identity_in(one["inputs"]) for one in side.engine.state.creating}
            loose = self.ledger.loose(side.engine)
            self.ledger.let_go |= {one.task_id for one in loose if identity(one) not in pending}
            side.engine.rename_stack(name)
            side.older = {task.task_id for task in self.ledger.tasks()}
            self._note(side, f"stack rename {name}")

    def move(self, side: Side, to: Side, name: str, *, edit: bool) -> None:
        """`state move`; with `edit` the programs follow."""
        saved = side.engine.saved(name)
        if saved is None or saved.get("external"):
            return
        before = held_by(side.engine)
        try:
            side.engine.move(name, to.engine)
        except EditRefused:
            return
        for one in (side, to):
            self.ledger.forgets_pending(one.engine)
        self._lets_go(side, before)
        if edit and name in side.plans:
            to.plans[name] = side.plans.pop(name)
        self._note(side, f"state move {name}, programs follow: {edit}")

    def forget(self, side: Side, name: str) -> None:
        """`state delete`."""
        if side.engine.saved(name) is not None:
            before = held_by(side.engine)
            try:
                side.engine.forget(name)
            except EditRefused:
                return
            self._lets_go(side, before)
            self._note(side, f"state delete {name}")

    def unprotect(self, side: Side) -> None:
        """`state unprotect --all`."""
        for one in side.engine.state.resources:
            one.pop("protect", None)

    def keep(self, side: Side) -> None:
        """`stack export`."""
        side.kept = side.engine.export()
        self._note(side, "stack export")

    def restore(self, side: Side) -> None:
        """`stack import` of what was kept."""
        if side.kept is None or any(not one["urn"].startswith(side.engine.urn("")[:15]) for one in side.kept):
            return
        before = held_by(side.engine)
        self.ledger.forgets_pending(side.engine)
        side.engine.restore(side.kept)
        self._lets_go(side, before)
        self.ledger.stale |= held_by(side.engine) - self.ledger.running()
        # The outputs say again what an update of long ago looked at last.
        if any(not one.good for one in side.engine.state.history):
            self.ledger.fails(side.engine, [ANY], killed=False)
        self._note(side, "stack import")

    def goes(self, side: Side, place: int) -> None:
        """The configuration names this place."""
        side.engine.go_to(self.places[place])
        self._note(side, f"goes to place {place}")

    def end(self, side: Side, name: str) -> None:
        """A recording ends by itself."""
        saved = side.engine.saved(name)
        task = self.ledger.task(saved["id"]) if saved else None
        if task is not None and task.until > self.clock.monotonic():
            task.until = self.clock.monotonic()
            self._note(side, f"{name} ends by itself")

    def passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    # How

    def _lets_go(self, side: Side, before: set[str]) -> None:
        """A state holds less than before."""
        self.ledger.let_go |= before - held_by(side.engine)
        # With it went all that told of the stack's earlier name, and so of what was left under it.
        self.ledger.let_go |= {one.task_id for one in self.ledger.loose(side.engine)} & side.older

    def _run(self, side: Side, trouble: Trouble, command: Callable[[], Outcome]) -> Outcome:
        engine = side.engine
        other = next(one.engine for one in self.sides if one is not side)
        engine.readable = trouble.evidence != "none"
        # One that is empty looks like a new stack's own.
        is_told = trouble.evidence == "other" and other.state.resources
        engine.backend.shows = other.stack if is_told else None
        engine.credentials = trouble.credentials
        for fault in trouble.faults:
            handled = fault.handled and fault.code != "FailedOperation.NotAllowed"
            engine.service.fail(fault.action, fault.code, handled=handled, times=fault.times)
        outcome = command()
        engine.service.heal()
        engine.readable, engine.backend.shows, engine.credentials = True, None, True
        return outcome

    def _check(self, side: Side, before: Before, outcome: Outcome, kind: str) -> None:
        self.ledger.told += "\n".join((*outcome.told, *outcome.errors))
        no_harm(self.ledger, side.engine, before, kind)
        # The engine forgets a killed deletion with the first thing that the next command saves.
        halted = set() if outcome.good else self.ledger.halted(side.engine)
        self.ledger.stale |= halted & side.halted
        side.halted = halted

    def _causes(self, side: Side, outcome: Outcome, plans: Mapping[str, Plan]) -> None:
        declared = {plan.identity for plan in plans.values()}
        if outcome.good:
            saved = {plan.identity for name, plan in side.plans.items() if side.engine.saved(name)}
            self.ledger.succeeds(side.engine, declared, saved)
        elif outcome.killed:
            # A new name that nothing was saved under has an identity of its own.
            self.ledger.fails(side.engine, declared | plans.keys(), killed=True)
        else:
            self.ledger.fails(side.engine, {*IDENTITIES, ANY}, killed=False)

    def _tell(self, side: Side, what: str, outcome: Outcome) -> None:
        result = "good" if outcome.good else "killed" if outcome.killed else "failed"
        errors = [one[:150] for one in outcome.errors]
        self._note(side, f"{what}: {result} {errors} {[one[:120] for one in outcome.told]}")

    def _note(self, side: Side, what: str) -> None:
        running = [
            (one.task_id, str(one.body.get("RecordUrl"))[20:])
            for one in self.ledger.tasks()
            if one.task_id in self.ledger.running()
        ]
        saved = [(name_of(one["urn"]), one["id"]) for one in side.engine.state.resources]
        self.log.append(f"{side.engine.caller[18:]}: {what}\n    runs {running} saved {saved}")


def _brief(plans: Mapping[str, Plan]) -> str:
    default = Plan("")
    shown = []
    for name, plan in plans.items():
        changed = {key: value for key, value in attrs.asdict(plan).items() if value != getattr(default, key)}
        shown.append(f"{name}={changed}")
    return " ".join(shown)
