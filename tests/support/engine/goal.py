"""What a command is asked for, and what it came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs

from tests.support.engine.program import Recording


@attrs.frozen
class Goal:
    """A command and its options.

    Attributes:
        kind: "update", "preview", "refresh" or "destroy".
        program: What is declared.
        target: URNs of `--target`; None for everything.
        replace: URNs of `--replace`.
        clear: `--clear-pending-creates`.
        dependents: `--target-dependents`.
    """

    kind: str
    program: Mapping[str, Recording] = attrs.field(factory=dict)
    target: Collection[str] | None = None
    replace: Collection[str] = ()
    clear: bool = False
    dependents: bool = False

    def takes(self, urn: str) -> bool:
        """Whether a resource is among those that it is for."""
        return self.target is None or urn in self.target


@attrs.frozen
class Outcome:
    """What a command came to; true if it succeeded.

    Attributes:
        good: It succeeded; False if it failed or was killed.
        killed: It was killed.
        errors: What it reported.
        told: What the provider printed.
        steps: What it planned to do with what is declared: (operation, name of the resource).
        changed: Names of the resources of which a refresh shows a change.
        calls: What it asked of the provider: (call, name of the resource).
    """

    good: bool
    killed: bool = False
    errors: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    changed: tuple[str, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return self.good
