"""Which recording a declared one is: its identity is given at its first create and kept over renames."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import count

import attrs

from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.lifecycle.known import Index
from pulumi_trtc.lifecycle.props import (
    Props,
    former_identity,
    identity_of,
    owner_of,
    sent_identity,
    stack_of,
    urn_of,
)
from pulumi_trtc.lifecycle.record_id import Identity

Backend = Callable[[], str]


@attrs.frozen
class Named:
    """What a check tells of a recording.

    Attributes:
        attempt: The number of the attempt that a create begins with; None for one of 0.1.0 that is there.
        former: Its identity before its stack was renamed, or it was moved.
    """

    identity: Identity
    attempt: int | None
    former: Identity | None = None


@attrs.define
class Names:
    """The recordings that the program declares, as far as they are checked, by URN.

    Each has one identity for new attempts, and may have others, of before its stack was renamed or it was
    moved: there its old one may be given again, so that new attempts take one of this stack.
    """

    _new: dict[str, Identity] = attrs.field(factory=dict, init=False)
    _former: dict[str, Identity | None] = attrs.field(factory=dict, init=False)
    _all: dict[str, set[Identity]] = attrs.field(factory=dict, init=False)

    def __contains__(self, urn: str) -> bool:
        return urn in self._new

    def __bool__(self) -> bool:
        return bool(self._new)

    def identities(self, urn: str) -> frozenset[Identity]:
        """All identities of a declared recording."""
        return frozenset(self._all.get(urn, ()))

    def add(self, urn: str, identity: Identity | None) -> None:
        """One more identity of a declared recording, as its outputs tell."""
        if identity is not None:
            self._all[urn] = self._all.get(urn, set()) | {identity}

    def everyone(self) -> frozenset[Identity]:
        """All identities of all declared recordings."""
        return frozenset().union(*list(self._all.values()))

    def declares(self, identities: Collection[Identity]) -> bool:
        """Whether the program declares a recording with one of these identities."""
        return any(not known.isdisjoint(identities) for known in list(self._all.values()))

    def name(self, urn: str, stack: str, olds: Props, backend: Backend, index: Callable[[], Index]) -> Named:
        """Name a recording.

        Args:
            olds: Its inputs of before; empty for a new one and for a replacement.
            index: What the evidence says, asked for where a create may follow.

        Raises:
            NoEvidence: It is asked for, and there is none.
        """
        if owner_of(olds):
            self._keep(urn, stack, olds, backend)
            return Named(self._new[urn], whole(owner_of(olds).get("attempt")), self._former[urn])
        found = index()
        if urn not in self:
            self._find(urn, stack, found, backend)
        attempt = found.known(self._all[urn]).newest_attempt + 1
        return Named(self._new[urn], attempt, self._former[urn])

    def _keep(self, urn: str, stack: str, olds: Props, backend: Backend) -> None:
        """The identity of a recording that is there; one of this stack's own where it came from another."""
        old = identity_of(olds, backend)
        moved = stack_of(olds) != stack
        # Of the URN that it had before: an alias of this update does not give it yet another one.
        self._new[urn] = Identity.derive(backend(), stack, urn_of(olds)) if moved else old
        self._former[urn] = old if moved else former_identity(olds)
        self._all[urn] = self._all.get(urn, set()) | {old, self._new[urn]}
        self.add(urn, self._former[urn])

    def _find(self, urn: str, stack: str, index: Index, backend: Backend) -> None:
        """The identity of a recording that the engine hands over nothing of: a new one, or `--replace`."""
        if urn in index.inputs:
            inputs, outputs = index.inputs[urn]
            self._keep(urn, stack, inputs, backend)
            for identity in (sent_identity(outputs), *index.lost(urn)):
                self.add(urn, identity)
            return
        salts = (Identity.derive(backend(), stack, urn, salt) for salt in count())
        # The first one may belong to a recording that was called so once.
        fresh = next(one for one in salts if not index.holds(one))
        self._new[urn], self._former[urn], self._all[urn] = fresh, None, {fresh}
