"""What runs of a stack's recordings, for what no `pulumi up` heals: a deleted stack, a lost state."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from pulumi_trtc.errors import ApiError, Handling
from pulumi_trtc.lifecycle import record_id as ids
from pulumi_trtc.lifecycle.props import OWNER
from pulumi_trtc.lifecycle.search import running_task
from pulumi_trtc.recover.state import State, needed
from pulumi_trtc.service.api import WebRecordApi
from pulumi_trtc.stack.state import SavedRecording


class Verdict(enum.Enum):
    """What a task under a RecordId of the stack is; the value is the text for people."""

    RUNS = "runs, and the state holds it"
    READ = "runs; the stack only reads it"
    ENDED = "has ended; `pulumi refresh` tells the state"
    LEFTOVER = "runs, and the state does not hold it: an interrupted update left it"
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
class Declared:
    """A recording that a stack declares or declared, in one application and under one derived RecordId.

    Attributes:
        derived: Its derived RecordId.
        given: RecordIds that a user gave.
        unsettled: RecordIds that an update could not look at; those of another application as
            "<SdkAppId>/<RecordId>".
    """

    urn: str
    sdk_app_id: int
    derived: str
    given: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()


def declared_in(
    state: State, backend: str, sdk_app_id: int = 0, *, at_home: bool = False
) -> tuple[Declared, ...]:
    """The recordings that a state names, in resources and in pending creates.

    Args:
        sdk_app_id: The application of those whose own is encrypted; 0 if that is not known.
        at_home: Whether the state is this backend's. Then a renamed recording is also looked for under the
            RecordId that a replacement of it derives anew; elsewhere that may be another stack's.

    Raises:
        ValueError: What it takes to ask for one is encrypted.
    """
    found: dict[tuple[str, int, str], Declared] = {}
    known = [(one.urn, one.inputs, one.unsettled) for one in state.saved]
    known += [(one.urn, one.inputs, ()) for one in state.pending]
    for urn, inputs, unsettled in known:
        if not _is_declared(inputs):
            continue
        fresh = ids.derive(backend, str(_owner(inputs).get("stack")), urn)
        named = str(_owner(inputs).get("recordId") or fresh)
        for derived in dict.fromkeys((named, fresh if at_home else named)):
            one = _declared(urn, inputs, derived, sdk_app_id)
            key = (urn, one.sdk_app_id, derived)
            before = found.get(key, one)
            found[key] = attrs.evolve(
                one, given=one.given | before.given, unsettled=before.unsettled.union(unsettled)
            )
    return tuple(found.values())


def examine(
    api: WebRecordApi, declared: Iterable[Declared], saved: Iterable[SavedRecording]
) -> Iterator[Finding]:
    """Ask the service for every task that the recordings may have.

    Raises:
        ApiError: The service could not be asked.
    """
    # What the stack declares and reads as well is its own: the last one counts.
    known = {one.task_id: one for one in sorted(saved, key=lambda one: _is_declared(one.inputs))}
    for one in known.values():
        held = Verdict.RUNS if _is_declared(one.inputs) else Verdict.READ
        yield Finding(one.urn, one.task_id, one.record_id, held if _runs(api, one.task_id) else Verdict.ENDED)
    for (app, record_id), (urn, verdict) in _places(tuple(declared)).items():
        task_id = running_task(api, app, record_id)
        if task_id and task_id not in known:
            yield Finding(urn, task_id, record_id, verdict)


def still_unknown(found: Iterable[Finding], saved: Iterable[SavedRecording]) -> list[Finding]:
    """Findings without what a state that was read after them holds: an update stored it meanwhile."""
    known = {one.task_id for one in saved}
    left = (Verdict.LEFTOVER, Verdict.FOREIGN)
    return [one for one in found if one.verdict not in left or one.task_id not in known]


def _places(declared: Sequence[Declared]) -> dict[tuple[int, str], tuple[str, Verdict]]:
    """Where to look, each application and RecordId once: whose it is, and what runs there is."""
    places: dict[tuple[int, str], tuple[str, Verdict]] = {}
    for one in declared:
        for name in (*ids.attempts_from(one.derived, 0), *sorted(one.unsettled)):
            app, _, record_id = name.rpartition("/")
            places.setdefault((int(app or one.sdk_app_id), record_id), (one.urn, Verdict.LEFTOVER))
    for one in declared:
        for record_id in sorted(one.given):
            places.setdefault((one.sdk_app_id, record_id), (one.urn, Verdict.FOREIGN))
    return places


def _is_declared(inputs: Mapping[str, Any]) -> bool:
    """Whether the stack declares a recording; otherwise `WebRecording.get` only reads it."""
    return "sdkAppId" in inputs


def _owner(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    return inputs.get(OWNER) or {}


def _declared(urn: str, inputs: Mapping[str, Any], derived: str, sdk_app_id: int) -> Declared:
    given = needed(urn, inputs, "recordId")
    app = int(needed(urn, inputs, "sdkAppId", sdk_app_id))
    return Declared(urn, app, derived, frozenset({given} if given else ()))


def _runs(api: WebRecordApi, task_id: str) -> bool:
    try:
        api.describe(task_id=task_id)
    except ApiError as failure:
        if failure.kind is Handling.TASK_GONE:
            return False
        raise
    return True
