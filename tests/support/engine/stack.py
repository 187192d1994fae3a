"""What a person can do with one stack: the CLI's commands, whatever carries the calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from typing import Any

import attrs
from pulumi.dynamic.dynamic import PROVIDER_KEY

from tests.support.engine import edits
from tests.support.engine.backend import Backend
from tests.support.engine.goal import Goal
from tests.support.engine.program import Program, Recording, recordings
from tests.support.engine.resources import PROVIDER, Resource, urn_of
from tests.support.engine.state import State


class Stack:
    """One stack of a backend.

    Attributes:
        backend: The stacks beside it.
        state: Its state and history.
    """

    def __init__(self, backend: Backend, name: str) -> None:
        self.backend = backend
        self.state: State = backend.stack(name)

    @property
    def stack(self) -> str:
        """ "organization/project/stack"."""
        return self.state.stack

    def urn(self, name: str, parent: str | None = None) -> str:
        """The URN of a declared recording."""
        return urn_of(self.stack, name, parent)

    def saved(self, name: str) -> Resource | None:
        """What the state holds of a declared recording; in the middle of a replacement, the new one."""
        return next((one for one in self.state.resources if _is(one, name) and not one.get("delete")), None)

    @property
    def readable(self) -> bool:
        """Whether a provider can read the backend's stacks."""
        return self.backend.readable

    @readable.setter
    def readable(self, value: bool) -> None:
        self.backend.readable = value

    # Options of commands

    def program(
        self, program: Program, aliases: Mapping[str, Collection[str]] | None = None
    ) -> dict[str, Recording]:
        """What a program of this stack hands to the engine."""
        found = {}
        for name, one in recordings(program).items():
            owner = {"stack": self.stack, "urn": self.urn(name, one.parent)}
            more = tuple((aliases or {}).get(name, ()))
            inputs = {**one.inputs, "owner": owner, PROVIDER_KEY: PROVIDER}
            found[name] = attrs.evolve(one, inputs=inputs, aliases=one.aliases + more)
        return found

    def update(
        self,
        program: Program,
        *,
        aliases: Mapping[str, Collection[str]] | None = None,
        replace: Collection[str] = (),
        target: Collection[str] | None = None,
        kind: str = "update",
    ) -> Goal:
        """An `up`, or a "preview".

        Args:
            aliases: Former names of some.
            replace: `--replace` of these.
            target: `--target` of these alone.
        """
        declared = self.program(program, aliases)
        return Goal(kind, declared, self._urns(target, declared), self._urns(replace, declared) or ())

    def deletion(self, target: Collection[str] | None = None, *, dependents: bool = False) -> Goal:
        """A `destroy`."""
        return Goal("destroy", target=self._urns(target, {}), dependents=dependents)

    def refreshing(self, target: Collection[str] | None = None, *, clear: bool = False) -> Goal:
        """A `refresh`."""
        return Goal("refresh", target=self._urns(target, {}), clear=clear)

    # Commands that change the state alone

    def rename_stack(self, name: str) -> None:
        """`pulumi stack rename`."""
        edits.rename(self.backend, self.state, name)

    def move(self, name: str, other: Stack) -> None:
        """`pulumi state move` of a recording to another stack."""
        edits.move(self.state, other.state, self._saved_urn(name))

    def forget(self, name: str) -> None:
        """`pulumi state delete`."""
        edits.delete(self.state, self._saved_urn(name))

    def export(self) -> list[Resource]:
        """`pulumi stack export`, kept for an import; what is pending does not survive one."""
        return deepcopy(self.state.resources)

    def restore(self, exported: list[Resource], edit: Callable[[list[Resource]], Any] | None = None) -> None:
        """`pulumi stack import`, perhaps with an edit."""
        edits.restore(self.state, exported, edit)

    def _saved_urn(self, name: str) -> str:
        found = self.saved(name)
        assert found is not None, f"{name} is not in the state"
        return str(found["urn"])

    def _urns(
        self, names: Collection[str] | None, declared: Mapping[str, Recording]
    ) -> Collection[str] | None:
        if names is None:
            return None
        return [self._urn_now(name, declared.get(name)) for name in names]

    def _urn_now(self, name: str, one: Recording | None) -> str:
        if one is not None:
            return self.urn(name, one.parent)
        found = self.saved(name)
        return str(found["urn"]) if found else self.urn(name)


def _is(resource: Resource, name: str) -> bool:
    return str(resource["urn"]).endswith(f"::{name}")
