"""One command of the engine: which calls it makes of the provider, in which order, and what it writes when.

Follows the deployment executor and the snapshot manager of Pulumi v3.250.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol, TypeVar

import attrs

from tests.support.engine.deletes import deletions, rounds, spared
from tests.support.engine.goal import Goal, Outcome
from tests.support.engine.plan import Planner, Step
from tests.support.engine.provider import CallFailed, Provider, Watched
from tests.support.engine.resources import Resource, name_of
from tests.support.engine.state import State

Work = Callable[[], None]
_T = TypeVar("_T")


class Crew(Protocol):
    """Carries out what may be done side by side."""

    def take(self, work: Work) -> None:
        """Something to do."""

    def finish(self) -> None:
        """Wait until all of it is done."""


@attrs.define(eq=False)
class Run:
    """A command under way.

    Attributes:
        provider: The one of this command.
        check: Raises Killed once the CLI is gone.
        crew: Carries out what may be done side by side.
        order: Of what has none.
        errors: What it reports.
        steps: What it planned to do with what is declared: (operation, URN).
        calls: What it asked of the provider: (call, URN).
        changed: URNs of the resources of which a refresh shows a change.
    """

    goal: Goal
    state: State
    provider: Provider
    check: Work
    crew: Crew
    order: random.Random
    errors: list[str] = attrs.field(factory=list)
    steps: list[tuple[str, str]] = attrs.field(factory=list)
    calls: list[tuple[str, str]] = attrs.field(factory=list)
    changed: list[str] = attrs.field(factory=list)
    _planner: Planner = attrs.field(init=False)
    _stopped: bool = attrs.field(default=False, init=False)
    _urns: dict[int, str] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.provider = Watched(self.provider, lambda call, urn: self.calls.append((call, urn)))
        self._planner = Planner(self.goal, self.state, self.provider)

    def execute(self) -> None:
        """Carry it out; raises Killed."""
        if self.goal.clear:
            self.state.pending = [one for one in self.state.pending if one["type"] != "creating"]
            self.state.wrote(self.state)
        if self.goal.kind == "preview":
            self._preview()
            return
        self.state.open()
        {"update": self._update, "refresh": self._refresh, "destroy": self._destroy}[self.goal.kind]()
        self.check()
        self.state.ended(self.goal.kind, not self.errors)

    # The kinds

    def _preview(self) -> None:
        for name, one in self.goal.program.items():
            if self.errors:
                break
            for step in self._try(name, partial(self._planner.steps, name, one)) or ():
                self.steps.append((step.op, step.urn))
                if step.op == "read":
                    self._try(step.urn, partial(self._found, step.new))

    def _update(self) -> None:
        self.errors += self._missing(self.goal.replace)
        if self.errors:
            return
        base = [*self.state.resources]
        self._urns = {id(one): one["urn"] for one in base}
        for name, one in self.goal.program.items():
            if one.depends:
                self.crew.finish()
            if self.errors:
                break
            steps = self._try(name, partial(self._planner.steps, name, one)) or []
            self.steps += [(step.op, step.urn) for step in steps]
            self.crew.take(partial(self._chain, steps))
        self.crew.finish()
        if self.errors:
            return
        # Those that were there before, as they are now: what was replaced meanwhile waits for its deletion.
        known = {id(one) for one in base}
        left = [one for one in self.state.resources if id(one) in known]
        missing = self._missing(self.goal.target or ())
        self._delete_all(left, self._planner.seen)
        self.errors += missing

    def _destroy(self) -> None:
        self.errors += self._missing(self.goal.target or ())
        if not self.errors:
            self._delete_all([*self.state.resources], ())

    def _refresh(self) -> None:
        self.errors += self._missing(self.goal.target or ())
        if self.errors:
            return
        known = [one for one in self.state.resources if self.goal.takes(one["urn"])]
        found: list[tuple[Resource, Resource | None]] = []
        # One that cannot be read does not keep the others from being read and saved.
        for one in self.order.sample(known, len(known)):
            if not one.get("pendingReplacement"):
                self.crew.take(partial(self._try, one["urn"], partial(self._read_again, one, found)))
        self.crew.finish()

        def write() -> None:
            for old, new in found:
                if new is None:
                    self.state.remove(old)
                else:
                    self.state.replace(old, new)

        self.state.change(write, self.check)

    # How it is done

    def _chain(self, steps: Iterable[Step]) -> None:
        for number, step in enumerate(steps):
            # What another one's inputs failed does not keep a step from being carried out that has begun.
            if self._stopped or (number and self.errors):
                return
            try:
                self._do(step)
            except CallFailed as failure:
                self.check()
                self._stopped = True
                self.errors.append(f"{name_of(step.urn)}: {failure}")

    def _delete_all(self, resources: list[Resource], seen: Iterable[str]) -> None:
        steps = self._try("", lambda: deletions(self.goal, resources, set(seen)))
        refused: set[str] = set()
        for group in rounds(steps or [], self.order):
            stay = spared(refused, resources)
            for step in group:
                old = step.old or {}
                if old.get("protect") and not old.get("delete"):
                    # The engine goes on with the others, so as to report all that are protected.
                    refused.add(step.urn)
                elif step.urn not in stay:
                    self.crew.take(partial(self._chain, [step]))
            self.crew.finish()
        self.errors += [f"{name_of(urn)}: resource cannot be deleted, it is protected" for urn in refused]

    def _do(self, step: Step) -> None:
        match step.op:
            case "create" | "replace":
                self._create(step)
            case "update":
                self._change_in_place(step)
            case "same":
                self._same(step)
            case "delete":
                self._delete(step)
            case "discard":
                self._change(lambda: self.state.remove(step.old or {}))
            case "read":
                self._read(step)

    def _create(self, step: Step) -> None:
        old = step.old

        def work() -> Work:
            task_id, outputs = self.provider.create(step.urn, step.new["inputs"])

            def done() -> None:
                if old is not None and old.get("pendingReplacement"):
                    self.state.remove(old)
                elif old is not None:
                    old["delete"] = True
                self.state.resources.insert(0, {**step.new, "id": task_id, "outputs": outputs})

            return done

        try:
            self._operation("creating", step, step.new, work)
        except CallFailed as failure:
            if failure.saved is not None:
                task_id, outputs = failure.saved
                made = {**step.new, "id": task_id, "outputs": outputs, "initErrors": [str(failure)]}
                self._change(lambda: self.state.resources.insert(0, made))
            raise

    def _change_in_place(self, step: Step) -> None:
        old = step.old or {}

        def work() -> Work:
            outputs = self.provider.update(step.urn, old, step.new["inputs"])
            return lambda: self.state.replace(old, {**step.new, "id": old["id"], "outputs": outputs})

        under_way = {**step.new, "id": old["id"], "outputs": old["outputs"]}
        self._operation("updating", step, under_way, work)

    def _same(self, step: Step) -> None:
        # The engine takes the new inputs, and keeps the outputs.
        old = step.old or {}
        new = {**step.new, "id": old["id"], "outputs": old["outputs"]}
        if new != old:

            def take() -> None:
                self.state.replace(old, new)
                self._rename(step)

            self._change(take)

    def _delete(self, step: Step) -> None:
        old = step.old or {}

        def work() -> Work:
            if not old.get("external") and not old.get("retainOnDelete"):
                # Though it is saved under the name of what replaced it, it is deleted under its own.
                self.provider.delete({**old, "urn": self._urns.get(id(old), old["urn"])})
            return lambda: old.update(pendingReplacement=True) if step.pends else self.state.remove(old)

        self._operation("deleting", step, old, work)

    def _read(self, step: Step) -> None:
        def work() -> Work:
            new = self._found(step.new)

            def done() -> None:
                old = step.old
                if old is not None and not old.get("external") and old["id"] != new["id"]:
                    old["delete"] = True
                elif old is not None:
                    self.state.remove(old)
                self.state.resources.insert(0, new)

            return done

        self._operation("reading", step, step.new, work)

    def _found(self, new: Resource) -> Resource:
        # Of one that is only read, the engine hands over the inputs for the outputs.
        task_id, outputs, _ = self.provider.read({**new, "outputs": new["inputs"]})
        return {**new, "id": task_id or new["id"], "outputs": outputs}

    def _read_again(self, old: Resource, found: list[tuple[Resource, Resource | None]]) -> None:
        task_id, outputs, inputs = self.provider.read(old)
        if not task_id:
            self.changed.append(old["urn"])
            found.append((old, None))
            return
        kept = old["inputs"] if inputs is None else inputs
        new = {**old, "id": task_id, "outputs": outputs, "inputs": kept}
        if old.get("external"):
            changes = outputs != old["outputs"]
        else:
            # What an `up` of the same program would do next.
            diff = self.provider.diff(old["urn"], new, old["inputs"])
            changes = new["inputs"] != old["inputs"] if diff.changes is None else diff.changes
        if changes:
            self.changed.append(old["urn"])
        found.append((old, new))

    def _operation(self, kind: str, step: Step, resource: Resource, work: Callable[[], Work]) -> None:
        """Something that is pending while it is carried out."""
        operation = self.state.begin(kind, resource, self.check)
        try:
            done = work()
        except CallFailed:
            self._change(lambda: self.state.drop(operation))
            raise

        def end() -> None:
            self.state.drop(operation)
            done()
            self._rename(step)

        self._change(end)

    def _rename(self, step: Step) -> None:
        if step.old is not None and step.new and step.old["urn"] != step.urn:
            self.state.renamed(step.old["urn"], step.urn)

    def _missing(self, urns: Iterable[str]) -> list[str]:
        """What an option names that is neither in the state nor declared by now."""
        known = {one["urn"] for one in self.state.resources} | self._planner.seen
        return [f"{name_of(urn)}: no such resource in the stack" for urn in urns if urn not in known]

    def _try(self, urn: str, work: Callable[[], _T]) -> _T | None:
        try:
            return work()
        except CallFailed as failure:
            self.check()
            name = name_of(urn)
            self.errors.append(f"{name}: {failure}" if name else str(failure))
            return None

    def _change(self, change: Work) -> None:
        self.state.change(change, self.check)

    def outcome(self, killed: bool, told: Iterable[str]) -> Outcome:
        """What it came to.

        Args:
            told: What the provider printed.
        """
        return Outcome(
            good=not self.errors and not killed,
            killed=killed,
            errors=tuple(self.errors),
            told=tuple(told),
            steps=tuple((op, name_of(urn)) for op, urn in self.steps),
            changed=tuple(map(name_of, self.changed)),
            calls=tuple((call, name_of(urn)) for call, urn in self.calls),
        )
