"""What a command deletes, and in which order: what depends on something goes before it."""

from __future__ import annotations

import random
from collections.abc import Collection

from tests.support.engine.goal import Goal
from tests.support.engine.plan import Step
from tests.support.engine.provider import CallFailed
from tests.support.engine.resources import Resource, name_of


def deletions(goal: Goal, resources: list[Resource], seen: Collection[str]) -> list[Step]:
    """The steps, in the order of the state.

    Args:
        seen: URNs of what is declared.

    Raises:
        CallFailed: `--target` would delete something else, too.
    """
    allowed = None if goal.target is None else _with_dependents(goal.target, resources)
    steps = []
    for one in resources:
        urn = one["urn"]
        if (allowed is not None and urn not in allowed) or (urn in seen and not one.get("delete")):
            continue
        gone = one.get("pendingReplacement") and not one.get("delete")
        steps.append(Step("discard" if gone else "delete", urn, old=one))
    beside = [name_of(one.urn) for one in steps if goal.target is not None and one.urn not in goal.target]
    if beside and not goal.dependents:
        raise CallFailed(f"{', '.join(beside)}: would be deleted, but is not in the list of targets")
    return steps


def rounds(steps: list[Step], order: random.Random) -> list[list[Step]]:
    """Steps that may be carried out side by side, one group after the other; within one, in any order."""
    left, found = [*steps], []
    while left:
        needed = {dependency for one in left for dependency in (one.old or {}).get("dependencies", ())}
        ready = [one for one in left if one.urn not in needed] or left
        left = [one for one in left if one not in ready]
        found.append(order.sample(ready, len(ready)))
    return found


def spared(failed: Collection[str], resources: list[Resource]) -> set[str]:
    """What resources that could not be deleted depend on: it has to stay, too."""
    found = set(failed)
    for one in reversed(resources):
        if one["urn"] in found:
            found |= set(one.get("dependencies", ()))
    return found


def _with_dependents(urns: Collection[str], resources: list[Resource]) -> set[str]:
    found = set(urns)
    for one in resources:
        if found & set(one.get("dependencies", ())):
            found.add(one["urn"])
    return found
