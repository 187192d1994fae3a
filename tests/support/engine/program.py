"""What a program declares."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from tests.support.engine.resources import Props


@attrs.frozen
class Recording:
    """A recording of a program, with the options that the engine knows.

    Attributes:
        inputs: As the program gives them.
        aliases: Former names; full URNs are taken, too.
        parent: Name of the component that it belongs to.
        former_parent: Of the component that it belonged to; "" for none.
        read: The TaskId, for `WebRecording.get`.
        first_delete: The option `delete_before_replace`; None leaves it to the provider.
    """

    inputs: Props
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    former_parent: str | None = None
    depends: tuple[str, ...] = ()
    protect: bool = False
    retain: bool = False
    first_delete: bool | None = None
    read: str | None = None


Program = Mapping[str, "Recording | Props"]
"""Recordings by name; those without options as their inputs alone."""


def recordings(program: Program) -> dict[str, Recording]:
    """The program with each recording in full."""
    return {
        name: one if isinstance(one, Recording) else Recording(dict(one)) for name, one in program.items()
    }
