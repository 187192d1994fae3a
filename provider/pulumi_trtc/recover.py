"""What runs of a stack's recordings, for what no `pulumi up` heals: a deleted stack, a lost state."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from pulumi_trtc import record_id as ids
from pulumi_trtc.api import WebRecordApi
from pulumi_trtc.errors import ApiError, Kind
from pulumi_trtc.leftovers import running_task
from pulumi_trtc.props import OWNER
from pulumi_trtc.stack_state import PendingCreate, SavedRecording


class Verdict(enum.Enum):
    """What a task under a RecordId of the stack is; the value is the text for people."""

    RUNS = "runs, and the state holds it"
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
    """A recording that a stack declares or declared.

    Attributes:
        derived: Its derived RecordId.
        given: RecordIds that a user gave.
    """

    urn: str
    sdk_app_id: int
    derived: str
    given: frozenset[str]


def declared_in(
    saved: Iterable[SavedRecording], pending: Iterable[PendingCreate], backend: str
) -> tuple[Declared, ...]:
    """The recordings that a state names, in resources and in pending creates."""
    found: dict[str, Declared] = {}
    named = [*((one.urn, one.inputs) for one in saved), *((one.urn, one.inputs) for one in pending)]
    for urn, inputs in named:
        if "sdkAppId" not in inputs:
            continue  # it was only read by `WebRecording.get`
        one = _declared(urn, inputs, backend)
        before = found.get(urn, one)
        found[urn] = attrs.evolve(one, given=one.given | before.given)
    return tuple(found.values())


def examine(
    api: WebRecordApi, declared: Iterable[Declared], saved: Iterable[SavedRecording]
) -> Iterator[Finding]:
    """Ask the service for every task that the recordings may have.

    Raises:
        ApiError: The service could not be asked.
    """
    known = {one.task_id: one for one in saved}
    for one in known.values():
        verdict = Verdict.RUNS if _runs(api, one.task_id) else Verdict.ENDED
        yield Finding(one.urn, one.task_id, one.record_id, verdict)
    for recording in declared:
        own = tuple(ids.attempts_from(recording.derived, 0))
        for record_id in (*own, *sorted(recording.given)):
            task_id = running_task(api, recording.sdk_app_id, record_id)
            if task_id and task_id not in known:
                verdict = Verdict.LEFTOVER if record_id in own else Verdict.FOREIGN
                yield Finding(recording.urn, task_id, record_id, verdict)


def _declared(urn: str, inputs: Mapping[str, Any], backend: str) -> Declared:
    owner = inputs.get(OWNER) or {}
    given = inputs.get("recordId")
    derived = owner.get("recordId") or ids.derive(backend, str(owner.get("stack")), urn)
    return Declared(urn, int(inputs["sdkAppId"]), derived, frozenset({given} if given else ()))


def _runs(api: WebRecordApi, task_id: str) -> bool:
    try:
        api.describe(task_id=task_id)
    except ApiError as failure:
        if failure.kind is Kind.TASK_GONE:
            return False
        raise
    return True
