"""What a stack's state and history say of one recording. Pure: evidence in, facts out."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.lifecycle.decide import Holder
from pulumi_trtc.lifecycle.declared import Declared, ready_timeout
from pulumi_trtc.lifecycle.props import (
    Props,
    former_identity,
    hidden,
    identity_of,
    last_failure,
    sent_identity,
    urn_of,
)
from pulumi_trtc.lifecycle.record_id import ATTEMPTS, CANDIDATES, Identity, attempt_of
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.history import FailedCommand
from pulumi_trtc.stack.state import PendingCreate, SavedRecording, is_ciphertext, name_in

_NOT_RECORDED = frozenset({"whenEnded", "waitUntilRecording", "adopt", "owner", "recordId"})
_CREDENTIALS = frozenset({"accessKey", "secretKey"})


@attrs.frozen
class Place:
    """Where a task may be found: an application and a RecordId."""

    app: int
    record_id: str

    def __str__(self) -> str:
        return f"{self.app}/{self.record_id}"

    @classmethod
    def parse(cls, text: str, app: int) -> Place:
        """As a state names it: "<SdkAppId>/<RecordId>", or the RecordId alone."""
        other, _, record_id = text.rpartition("/")
        return cls(int(other or app), record_id)


@attrs.frozen
class Killed:
    """A create of the recording that was killed.

    Attributes:
        urn: The resource's.
        attempt: What it began with; None if an earlier version did not say.
        given: The RecordId that its program gave; None if it was derived.
        provider: What configured it, a key of `State.providers`.
    """

    urn: str
    identity: Identity
    attempt: int | None
    app: int | None
    given: str | None
    inputs: Mapping[str, Any] = attrs.field(repr=False)
    provider: str = ""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_in(self.urn)

    def places(self, app: int) -> list[Place]:
        """Where it may have started a task.

        Where a service remembers ended tasks it may have gone further: a start meets those on its way.
        """
        at = self.app or app
        if self.given is not None:
            return [Place(at, self.given)]
        first, most = (0, ATTEMPTS) if self.attempt is None else (self.attempt, CANDIDATES)
        return [Place(at, self.identity.attempt(first + step)) for step in range(most)]


@attrs.frozen
class Known:
    """What the evidence says of one recording.

    Attributes:
        identities: Which it is; several after its stack was renamed, or it was moved.
        entries: What the state holds of it: two in the middle of a replacement.
        killed: Its killed creates that no later update has dealt with.
        failures: Commands that failed since it was last looked at, newest first.
        newest_attempt: The number of the newest attempt that anything tells of; -1 for none.
        newest_killed: The same of all its pending creates, dealt with or not.
    """

    evidence: Evidence
    identities: frozenset[Identity] = frozenset()
    entries: tuple[SavedRecording, ...] = ()
    killed: tuple[Killed, ...] = ()
    failures: tuple[FailedCommand, ...] = ()
    newest_attempt: int = -1
    newest_killed: int = -1

    @property
    def current(self) -> SavedRecording | None:
        """The entry that does not wait for its deletion."""
        return next((one for one in self.entries if not one.going), None)

    @property
    def failed_update(self) -> bool:
        """Whether an update failed that may have started something of which there is no trace."""
        return any(one.kind == "update" for one in self.failures)

    @property
    def unsettled(self) -> tuple[str, ...]:
        """Places that an earlier update found a leftover at and could not stop it."""
        return tuple(str(one) for entry in self.entries for one in entry.outputs.get("unsettled") or ())

    @property
    def has_cause(self) -> bool:
        """Whether anything of it may run that the state does not hold."""
        return bool(self.killed or self.failed_update or self.unsettled)

    def may_be_young(self, window: StartWindow) -> bool:
        """Whether what may run of it may not be found yet. A killed create does not say when it was: its
        request may have waited for its turn long after the state was written.
        """
        return bool(self.killed) or window.covers(self.evidence.age)

    def may_have_left_young(self, window: StartWindow) -> bool:
        """Whether what interrupted updates left of it may not be found yet. A failed one says when it was
        over, and the state may have been written since.
        """
        failed = (one for one in self.failures if one.kind == "update")
        lately = any(window.covers(window.clock.now() - (one.ended_at or math.inf)) for one in failed)
        return self.may_be_young(window) and bool(self.killed or self.unsettled or lately)

    @property
    def ready_timeout(self) -> int:
        """The longest that a page of it has to report that it is ready, in seconds."""
        inputs = *(one.inputs for one in self.entries), *(one.inputs for one in self.killed)
        return max(map(ready_timeout, inputs), default=0)

    @property
    def saved_attempt(self) -> int:
        """The number of the newest attempt that the state holds; -1 for none."""
        return max(map(_saved_attempt, self.entries), default=-1)

    def words_for(self, task_id: str) -> str:
        """What a task of it is to be checked after, in words; "" for nothing."""
        if self.killed or task_id in self.evidence.state.deleting:
            return "an update that was killed"
        if self.failures:
            return f"the failed {self.failures[0]}"
        return "an update that could not stop what was left" if self.unsettled else ""

    def is_interrupted(self, task_id: str) -> bool:
        """Whether a replacement or deletion of this task was interrupted and not carried through."""
        undone = any(one.kind == "destroy" for one in self.failures)
        return bool(self.killed) or undone or task_id in self.evidence.state.deleting

    def places(self, declared: Declared) -> tuple[Place, ...]:
        """Where an interrupted update may have left a task of it."""
        found = [place for one in self.killed for place in one.places(declared.app)]
        # Its earlier identity may be another stack's by now, and this stack's updates start nothing under it.
        found += self.next_places(declared) if self.failed_update else ()
        found += [Place.parse(one, declared.app) for one in self.unsettled]
        return tuple(dict.fromkeys(found))

    def next_places(self, declared: Declared) -> tuple[Place, ...]:
        """Where a create may have started a task that would have been this recording's next."""
        first = 1 + self.saved_attempt
        apps = {whole(one.inputs.get("sdkAppId")) or declared.app for one in self.entries}
        names = [declared.identity.attempt(first + step) for step in range(CANDIDATES)]
        names += [declared.given] if declared.given else []
        return tuple(Place(app, name) for app in sorted({declared.app, *apps}) for name in names)

    def holder(self, task_id: str, declared: Declared) -> Holder:
        """Who has a RecordId that this task holds, for a start of the declared recording."""
        saved = self.evidence.state.holder(task_id)
        if saved is not None:
            ours = any(one.task_id == task_id for one in self.entries)
            return Holder.OURS if ours else Holder.ANOTHER
        if self.killed and not self.failed_update and self._all_want(declared):
            return Holder.WANTED
        return Holder.LEFTOVER if self.killed or self.failed_update else Holder.STRANGER

    def _all_want(self, declared: Declared) -> bool:
        return all(
            one.given == declared.given and same_recording(one.inputs, declared.inputs) for one in self.killed
        )


@attrs.frozen
class Index:
    """What the evidence says of all recordings, by identity and by URN.

    Attributes:
        saved: Numbers in `evidence.state.saved`, of what the state does not only read.
    """

    evidence: Evidence
    saved: Mapping[Identity, list[int]]
    pending: Mapping[Identity, list[Killed]]
    inputs: Mapping[str, tuple[Props, Props]]
    tasks: Mapping[str, list[SavedRecording]]

    @classmethod
    def of(cls, evidence: Evidence, backend: Callable[[], str]) -> Index:
        """Index what was read.

        Args:
            backend: The backend's identity, asked for states of 0.1.0 alone.
        """
        saved: dict[Identity, list[int]] = {}
        pending: dict[Identity, list[Killed]] = {}
        tasks: dict[str, list[SavedRecording]] = {}
        inputs: dict[str, tuple[Props, Props]] = {one.urn: (one.inputs, {}) for one in evidence.state.pending}
        for number, one in enumerate(evidence.state.saved):
            if one.imported:
                tasks.setdefault(one.task_id, []).append(one)
            if one.read:
                continue
            own, sent = (
                identity_of(one.inputs, backend),
                sent_identity({**one.outputs, "taskId": one.task_id}),
            )
            for name in {own, sent or own, former_identity(one.inputs) or own}:
                saved.setdefault(name, []).append(number)
            tasks.setdefault(one.task_id, []).append(one)
            if not one.going:
                inputs[one.urn] = one.inputs, one.outputs
        for create in evidence.state.pending:
            killed = _killed(create, backend)
            for name in {killed.identity, former_identity(create.inputs) or killed.identity}:
                pending.setdefault(name, []).append(killed)
        return cls(evidence, saved, pending, inputs, tasks)

    def twins(self, task_id: str) -> list[SavedRecording]:
        """The saved recordings that are this task: several after a move, or an adoption by 0.1.0."""
        return self.tasks.get(task_id, [])

    def holds(self, identity: Identity) -> bool:
        """Whether any recording has this identity."""
        return identity in self.saved or identity in self.pending

    def lost(self, urn: str) -> Iterator[Identity]:
        """Under which identities creates of this URN were killed that the state holds nothing of: there are
        several where its stack was renamed in between.
        """
        for identity, killed in self.pending.items():
            if identity not in self.saved and any(one.urn == urn for one in killed):
                yield identity

    def in_doubt(self) -> Iterator[SavedRecording]:
        """What runs, as far as the state says, and is to be checked: see `Known.words_for`."""
        names: dict[int, set[Identity]] = {}
        for identity, numbers in self.saved.items():
            for number in numbers:
                names.setdefault(number, set()).add(identity)
        for number, identities in names.items():
            one = self.evidence.state.saved[number]
            known = self.known(identities, one.outputs)
            if one.may_run and not one.going and known.words_for(one.task_id):
                yield one

    def unclaimed(self, identities: Iterable[Identity]) -> tuple[SavedRecording, ...]:
        """What runs, as far as the state says, and is none of these recordings.

        A process is told of its own provider's recordings alone: another provider's may be declared as ever.
        """
        saved = self.evidence.state.saved
        claimed = {number for name in identities for number in self.saved.get(name, ())}
        own = {saved[number].provider for number in claimed} or {one.provider for one in saved}
        return tuple(
            one
            for number, one in enumerate(saved)
            if number not in claimed and one.may_run and not one.read and not one.going
            if one.provider in own and (claimed or len(own) == 1)
        )

    def declared(self, owns: Callable[[str], bool]) -> frozenset[str]:
        """Who declares what is saved, as its owner says.

        Args:
            owns: Says of a provider whether its recordings count.
        """
        saved = (one for twins in self.tasks.values() for one in twins)
        return frozenset(urn_of(one.inputs) for one in saved if owns(one.provider))

    def undeclared(self, owns: Callable[[str], bool]) -> tuple[Killed, ...]:
        """The killed creates of recordings that the state does not hold; `owns` as of `declared`."""
        lost = (one for name, all_ in self.pending.items() if name not in self.saved for one in all_)
        return tuple(one for one in lost if owns(one.provider))

    def known(self, identities: Collection[Identity], props: Props | None = None) -> Known:
        """What is known of the recording with these identities: it has several after its stack moved.

        Args:
            props: Its outputs, where the engine handed them over.
        """
        numbers = sorted({number for name in identities for number in self.saved.get(name, ())})
        entries = tuple(self.evidence.state.saved[number] for number in numbers)
        pending = [one for name in identities for one in self.pending.get(name, ())]
        pending = [one for number, one in enumerate(pending) if one not in pending[:number]]
        return _known(self.evidence, frozenset(identities), entries, pending, props)


def _known(
    evidence: Evidence,
    identities: frozenset[Identity],
    entries: tuple[SavedRecording, ...],
    pending: list[Killed],
    props: Props | None,
) -> Known:
    known = [*(one.outputs for one in entries), *([] if props is None else [props])]
    looked = max((_looked(one) for one in known), default=-1)
    # A pending create of an earlier version is dealt with once this version has looked.
    killed = tuple(
        one for one in pending if (one.attempt > looked if one.attempt is not None else not _is_new(known))
    )
    current = next((one.outputs for one in entries if not one.going), {})
    attempts = [one.attempt for one in pending if one.attempt is not None]
    newest = max([*map(_saved_attempt, entries), looked, *attempts], default=-1)
    return Known(
        evidence,
        identities,
        entries,
        killed,
        evidence.history.since(last_failure(current if props is None else props)),
        newest_attempt=newest,
        newest_killed=max(attempts, default=-1),
    )


def same_recording(pending: Props, declared: Props) -> bool:
    """Whether a pending create's inputs, read from an exported state, ask for the same recording.

    Storage keys do not count: they open the store, and say nothing of what is recorded. Any other encrypted
    value cannot be compared, and counts as different.
    """
    return _are_same(pending, declared, encrypted=False)


def may_be_same(saved: Props, declared: Props) -> bool:
    """The same of a recording's inputs, but what is encrypted counts as equal."""
    return _are_same(saved, declared, encrypted=True)


def _are_same(one: Props, other: Props, *, encrypted: bool) -> bool:
    keys = {key for key in (*one, *other) if not key.startswith("__")} - _NOT_RECORDED
    return all(_same(one.get(key), other.get(key), encrypted) for key in keys)


def _killed(pending: PendingCreate, backend: Callable[[], str]) -> Killed:
    owner = pending.inputs.get("owner")
    number = whole(owner.get("attempt")) if isinstance(owner, Mapping) else None
    given = pending.inputs.get("recordId")
    return Killed(
        pending.urn,
        identity_of(pending.inputs, backend),
        number,
        whole(pending.inputs.get("sdkAppId")),
        given if isinstance(given, str) else None,
        pending.inputs,
        pending.provider,
    )


def _saved_attempt(saved: SavedRecording) -> int:
    number = whole(hidden(saved.outputs).get("attempt"))
    if number is not None:
        return number
    return attempt_of(saved.record_id) if Identity.of(saved.record_id) else 0


def _looked(outputs: Props) -> int:
    """The newest attempt that was dealt with, as a recording's outputs tell."""
    kept = hidden(outputs)
    return max(whole(kept.get("attempt")) or 0, whole(kept.get("checked")) or 0) if kept else -1


def _is_new(outputs: Iterable[Props]) -> bool:
    return any(hidden(one) for one in outputs)


def _same(pending: Any, declared: Any, encrypted: bool) -> bool:
    if is_ciphertext(pending):
        return encrypted
    if isinstance(pending, Mapping) and isinstance(declared, Mapping):
        return pending.keys() == declared.keys() and all(
            key in _CREDENTIALS or _same(value, declared[key], encrypted) for key, value in pending.items()
        )
    if isinstance(pending, list) and isinstance(declared, list):
        pairs = zip(pending, declared, strict=False)
        return len(pending) == len(declared) and all(_same(*pair, encrypted) for pair in pairs)
    return bool(pending == declared)
