"""What runs of a stack's recordings, for what no `pulumi up` heals: a deleted stack, a lost state."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import attrs

from pulumi_trtc.clock import Clock
from pulumi_trtc.lifecycle.known import Index, Place
from pulumi_trtc.lifecycle.props import Props, identity_of, owner_of
from pulumi_trtc.lifecycle.record_id import ATTEMPTS, Identity
from pulumi_trtc.lifecycle.search import describe_task, running_task
from pulumi_trtc.recover.state import needed
from pulumi_trtc.service.api import WebRecordApi
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.state import SavedRecording, State
from pulumi_trtc.terminal.side_by_side import side_by_side


class Verdict(enum.Enum):
    """What a task under a RecordId of the stack is; the value is the text for people."""

    RUNS = "runs, and the state holds it"
    READ = "runs; the stack only reads it"
    ENDED = "has ended; `pulumi refresh` tells the state"
    LEFTOVER = "runs, and the state does not hold it: an update that was killed left it"
    UNKNOWN = "runs, and the state does not hold it: it was let go, or an update that failed left it"
    FOREIGN = "runs under a RecordId that a user gave, and the state does not hold it: it may be anybody's"


@attrs.frozen
class Finding:
    """One task."""

    urn: str
    task_id: str
    record_id: str
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.urn}\n  task {self.task_id} (RecordId {self.record_id or 'none'}) {self.verdict.value}"


@attrs.frozen
class Sought:
    """Where to look for a recording that a stack declares or declared.

    Attributes:
        places: Each with what runs there, if the state does not hold it.
    """

    urn: str
    places: tuple[tuple[Place, Verdict], ...]


def sought_in(
    state: State, backend: Callable[[], str], sdk_app_id: int = 0, *, at_home: bool = False
) -> tuple[Sought, ...]:
    """The recordings that a state names, in resources and in pending creates; what is proven comes first.

    Args:
        sdk_app_id: The application of those whose own is encrypted; 0 if that is not known.
        at_home: Whether the state is this backend's. Then a renamed recording is also looked for under the
            RecordIds of its new name; elsewhere those may be another stack's.

    Raises:
        ValueError: What it takes to ask for one is encrypted.
    """
    index = Index.of(Evidence(state), backend)
    named = [(one.urn, one.inputs) for one in state.pending]
    named += [(one.urn, one.inputs) for one in state.saved if not one.read]
    found: list[Sought] = []
    for killed in (one for name in index.pending for one in index.known({name}).killed):
        app = int(needed(killed.name, killed.inputs, "sdkAppId", sdk_app_id))
        left = killed.places(app) if killed.given is None else []
        found.append(Sought(killed.urn, tuple((place, Verdict.LEFTOVER) for place in left)))
    for urn, inputs in named:
        app = int(needed(urn, inputs, "sdkAppId", sdk_app_id))
        places = [
            (Place(app, identity.attempt(number)), Verdict.UNKNOWN)
            for identity in _identities(inputs, urn, backend, at_home)
            for number in range(ATTEMPTS)
        ]
        given = needed(urn, inputs, "recordId")
        places += [(Place(app, given), Verdict.FOREIGN)] if given else []
        found.append(Sought(urn, tuple(places)))
    for one in state.saved:
        app = int(needed(one.urn, one.inputs, "sdkAppId", sdk_app_id) or 0)
        stuck = [(Place.parse(place, app), Verdict.LEFTOVER) for place in one.outputs.get("unsettled") or ()]
        found.insert(0, Sought(one.urn, tuple(stuck)))
    return tuple(found)


def lost(urn: str, identity: Identity, app: int) -> Sought:
    """A recording of which only the name is left; whoever asks for it by name means it."""
    places = (Place(app, identity.attempt(number)) for number in range(ATTEMPTS))
    return Sought(urn, tuple((place, Verdict.LEFTOVER) for place in places))


def examine(
    api: WebRecordApi,
    sought: Iterable[Sought],
    saved: Iterable[SavedRecording],
    clock: Clock,
    tell: Callable[[str], None],
) -> Iterator[Finding]:
    """Ask the service for every task that the recordings may have, each place once.

    Args:
        tell: Prints a line for the person who waits.

    Raises:
        ApiError: The service could not be asked.
    """
    # What the stack declares and reads as well is its own: the last one counts.
    known = {one.task_id: one for one in sorted(saved, key=lambda one: not one.read)}
    places: dict[Place, tuple[str, Verdict]] = {}
    for recording in sought:
        for place, verdict in recording.places:
            places.setdefault(place, (recording.urn, verdict))
    questions: list[SavedRecording | Place] = [*known.values(), *places]
    answers = side_by_side(partial(_runs, api), questions, "tasks and RecordIds", clock, tell)
    for asked, task_id in zip(questions, answers, strict=True):
        if isinstance(asked, SavedRecording):
            held = Verdict.READ if asked.read else Verdict.RUNS
            yield Finding(asked.urn, asked.task_id, asked.record_id, held if task_id else Verdict.ENDED)
        elif task_id and task_id not in known:
            urn, verdict = places[asked]
            yield Finding(urn, task_id, asked.record_id, verdict)


def _runs(api: WebRecordApi, asked: SavedRecording | Place) -> str | None:
    """The TaskId of what runs there, None if nothing is found."""
    if isinstance(asked, Place):
        return running_task(api, asked, may_lack_application=True)
    return asked.task_id if describe_task(api, asked.task_id) is not None else None


def still_unknown(found: Sequence[Finding], state: State) -> list[Finding]:
    """Findings without what a state that was read after them holds: an update stored it meanwhile."""
    held = (Verdict.RUNS, Verdict.READ, Verdict.ENDED)
    return [one for one in found if one.verdict in held or not state.knows(one.task_id)]


def _identities(inputs: Props, urn: str, backend: Callable[[], str], at_home: bool) -> Iterator[Identity]:
    own = identity_of(inputs, backend)
    yield own
    if at_home:
        fresh = Identity.derive(backend(), str(owner_of(inputs).get("stack")), urn)
        if fresh != own:
            yield fresh
