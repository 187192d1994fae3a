"""What a command does with one declared recording: the engine's step generator.

Follows Pulumi v3.250.
"""

from __future__ import annotations

from collections.abc import Collection

import attrs

from tests.support.engine.goal import Goal
from tests.support.engine.program import Recording
from tests.support.engine.provider import CallFailed, Diff, Provider
from tests.support.engine.resources import TYPE, Props, Resource, group_urn, urn_of
from tests.support.engine.state import State

FORCED = Diff(changes=True, replaces=True, first_delete=False)
"""Of `--replace`: the provider is not asked."""


@attrs.frozen
class Step:
    """One thing to do.

    Attributes:
        op: "create", "replace" (the creation in one), "update", "same", "delete", "discard" (what is gone
            already), "read" or "skip".
        new: What the state is to hold.
        old: What it holds.
        pends: A deletion in a replacement: its resource stays in the state until the new one is there.
    """

    op: str
    urn: str
    new: Resource = attrs.field(factory=dict)
    old: Resource | None = None
    pends: bool = False


@attrs.define(eq=False)
class Planner:
    """Plans each declared recording in turn.

    Attributes:
        seen: URNs that need no deletion.
    """

    goal: Goal
    state: State
    provider: Provider
    seen: set[str] = attrs.field(factory=set)

    def steps(self, name: str, one: Recording) -> list[Step]:
        """What to do.

        Raises:
            CallFailed: The engine or the provider refuses it.
        """
        urn = urn_of(self.state.stack, name, one.parent)
        old = self.state.current(urn, *self._aliases(name, one))
        if self.seen & {urn, old["urn"] if old else urn}:
            # The provider is asked all the same.
            self._check(urn, old["inputs"] if old else None, one.inputs)
            raise CallFailed(f"{urn}: it, or its alias, is another resource's by now")
        self.seen |= {urn, old["urn"]} if old else {urn}
        if one.read is not None:
            return self._read(urn, old, one.read)
        if not self.goal.takes(urn):
            return [Step("skip", urn, old=old)]
        forced = urn in self.goal.replace
        own = None if old is None or old.get("external") else old
        checked = self._check(urn, None if forced or own is None else own["inputs"], one.inputs)
        new = self._new(urn, one, checked)
        if own is None:
            return [Step("create" if old is None else "replace", urn, new, old)]
        diff = FORCED if forced else self.provider.diff(urn, own, checked)
        waits = bool(own.get("pendingReplacement"))
        changes = own["inputs"] != checked if diff.changes is None else diff.changes
        if not waits and not (changes and diff.replaces):
            return [Step("update" if changes or own.get("initErrors") else "same", urn, new, own)]
        if one.protect and own.get("protect"):
            raise CallFailed(f"{urn}: unable to replace a resource that is marked for protection")
        if not forced:
            new = self._new(urn, one, self._check(urn, None, one.inputs))
        first_delete = diff.first_delete if one.first_delete is None else one.first_delete
        return self._replace(urn, own, new, first_delete)

    def _read(self, urn: str, old: Resource | None, task_id: str) -> list[Step]:
        """A resource that the stack does not own; what it had under this name is let go or deleted."""
        new: Resource = {"urn": urn, "type": TYPE, "external": True, "id": task_id, "inputs": {}}
        return [Step("read", urn, new, old)]

    def _replace(self, urn: str, old: Resource, new: Resource, first_delete: bool) -> list[Step]:
        create = Step("replace", urn, new, old)
        if first_delete and not old.get("pendingReplacement"):
            return [Step("delete", urn, old=old, pends=True), create]
        return [create]

    def _check(self, urn: str, olds: Props | None, given: Props) -> Props:
        inputs, failures = self.provider.check(urn, olds, given)
        if failures:
            raise CallFailed("\n".join(failures))
        return inputs

    def _new(self, urn: str, one: Recording, inputs: Props) -> Resource:
        stack = self.state.stack
        found: Resource = {"urn": urn, "type": TYPE, "inputs": inputs}
        if one.protect:
            found["protect"] = True
        if one.retain:
            found["retainOnDelete"] = True
        if one.parent:
            found["parent"] = group_urn(stack, one.parent)
        if one.depends:
            found["dependencies"] = [self._dependency(name) for name in one.depends]
        return found

    def _dependency(self, name: str) -> str:
        other = self.goal.program.get(name)
        return urn_of(self.state.stack, name, other.parent if other else None)

    def _aliases(self, name: str, one: Recording) -> Collection[str]:
        stack = self.state.stack
        parent = one.parent if one.former_parent is None else one.former_parent or None
        names = (
            *one.aliases,
            *([name] if one.former_parent is not None else []),
        )
        return [alias if alias.startswith("urn:") else urn_of(stack, alias, parent) for alias in names]
