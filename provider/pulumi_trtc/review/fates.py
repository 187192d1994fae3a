"""What a preview's steps do to each recording, all steps of one taken together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from pulumi_trtc.lifecycle.props import is_ended
from pulumi_trtc.review.preview import Side, Step

_STARTS = frozenset({"create", "create-replacement", "replace"})
_STOPS = frozenset({"delete", "delete-replaced", "replace"})
_TAKES = frozenset({"import", "import-replacement"})
_LOOKS = frozenset({"same", "refresh", "read", "read-replacement", "discard", "discard-replaced"})
_KNOWN = _STARTS | _STOPS | _TAKES | _LOOKS | {"update", "remove-pending-replace"}

# Under this key the engine has a replacement that a person or another resource asks for.
_FORCED = ("id",)


@attrs.frozen
class Fate:
    """What happens to one resource.

    Attributes:
        ops: The engine's operations, in order.
        old: As it is; None for a new one.
        new: As it will be; None for one that goes.
        keys: The inputs that ask for a replacement.
    """

    urn: str
    name: str
    ops: tuple[str, ...]
    old: Side | None
    new: Side | None
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, steps: list[Step]) -> Fate:
        """All steps of one resource: of a replacement there are several, and a refresh comes before."""
        counted = [one for one in steps if one.op != "refresh"] or steps
        return cls(
            steps[0].urn,
            steps[0].name,
            tuple(one.op for one in counted),
            next((one.old for one in reversed(counted) if one.old), None),
            next((one.new for one in reversed(counted) if one.new), None),
            next((one.keys for one in counted if one.keys), ()),
        )

    @property
    def unknown(self) -> tuple[str, ...]:
        """Operations that this version does not know."""
        return tuple(dict.fromkeys(one for one in self.ops if one not in _KNOWN))

    @property
    def starts(self) -> bool:
        """Whether a recording starts."""
        return self._has(_STARTS) and self.new is not None and not self.new.read

    @property
    def stops(self) -> bool:
        """Whether the engine asks for a stop of what the stack holds."""
        return self._has(_STOPS) and self.old is not None and not self.old.read

    @property
    def takes(self) -> bool:
        """Whether one that runs already is taken into the stack."""
        return self._has(_TAKES) or (self.starts and bool(self.new and self.new.inputs.get("adopt")))

    @property
    def updates(self) -> bool:
        """Whether it is changed in place."""
        return "update" in self.ops

    @property
    def stays(self) -> bool:
        """Whether the stack holds it before and after, unchanged."""
        return set(self.ops) <= {"same", "refresh"} and self.old is not None and not self.old.read

    @property
    def was_over(self) -> bool:
        """Whether the state says that it has ended."""
        return self.old is not None and is_ended(self.old.outputs)

    @property
    def stop_first(self) -> bool | None:
        """Whether the old one stops before the new one starts; None if the preview does not tell."""
        if not {"delete-replaced", "create-replacement"} <= set(self.ops):
            return None
        return self.ops.index("delete-replaced") < self.ops.index("create-replacement")

    @property
    def forced(self) -> bool:
        """Whether a replacement was asked for that nothing in the inputs explains."""
        return self.keys == _FORCED

    @property
    def both_push(self) -> bool:
        """Whether both push to CDNs: where a preview hides the addresses, they may be the same."""
        return all(side is not None and side.props.get("publishCdnParams") for side in (self.old, self.new))

    def _has(self, ops: frozenset[str]) -> bool:
        return not ops.isdisjoint(self.ops)


def fates_of(steps: Iterable[Step]) -> Mapping[str, Fate]:
    """Each resource's fate, by URN."""
    by_urn: dict[str, list[Step]] = {}
    for one in steps:
        by_urn.setdefault(one.urn, []).append(one)
    return {urn: Fate.of(found) for urn, found in by_urn.items()}
