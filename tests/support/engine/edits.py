"""The commands that change a state without the engine; none of them is in the history."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.support.engine.backend import Backend
from tests.support.engine.resources import Resource, in_stack
from tests.support.engine.state import State

_REFERENCES = ("urn", "parent")


class EditRefused(Exception):  # noqa: N818  not an error of the test
    """The CLI does not do it."""


def rename(backend: Backend, state: State, name: str) -> None:
    """`stack rename`: all URNs change; inputs and outputs, the owner's in them too, stay."""
    organization, project, _ = state.stack.split("/")
    backend.rename(state, f"{organization}/{project}/{name}")
    for one in (*state.resources, *(operation["resource"] for operation in state.pending)):
        _rewrite(one, state.stack)
    state.write()


def move(source: State, to: State, urn: str) -> None:
    """`state move`: the pending operations of both stacks go."""
    moved = [one for one in source.resources if one["urn"] == urn]
    if not moved:
        raise EditRefused(f"{urn}: no resources found to move")
    new = [{**deepcopy(one), **_without_dependencies(one)} for one in moved]
    for one in new:
        _rewrite(one, to.stack)
    if {one["urn"] for one in new} & {one["urn"] for one in to.resources}:
        raise EditRefused(f"{urn}: already exists in the destination stack")
    to.resources += new
    source.resources = [one for one in source.resources if one["urn"] != urn]
    for one in source.resources:
        if urn in one.get("dependencies", ()):
            one["dependencies"] = [other for other in one["dependencies"] if other != urn]
    for state in (to, source):
        state.pending = []
        state.wrote(state)


def delete(state: State, urn: str) -> None:
    """`state delete`: refused for what is protected or needed by another one."""
    found = [one for one in state.resources if one["urn"] == urn and not one.get("delete")]
    if not found or found[0].get("protect"):
        raise EditRefused(f"{urn}: is protected, or not there")
    if any(urn in one.get("dependencies", ()) for one in state.resources):
        raise EditRefused(f"{urn}: another resource depends on it")
    state.remove(found[0])
    state.wrote(state)


def restore(
    state: State, exported: list[Resource], edit: Callable[[list[Resource]], Any] | None = None
) -> None:
    """`stack import`: the pending operations go."""
    fresh = deepcopy(exported)
    if edit is not None:
        edit(fresh)
    state.resources, state.pending = fresh, []
    state.wrote(state)


def _rewrite(resource: Resource, stack: str) -> None:
    for key in _REFERENCES:
        if resource.get(key):
            resource[key] = in_stack(resource[key], stack)
    if resource.get("dependencies"):
        resource["dependencies"] = [in_stack(one, stack) for one in resource["dependencies"]]


def _without_dependencies(resource: Resource) -> Resource:
    return {"dependencies": []} if resource.get("dependencies") else {}
