"""State properties: what the engine stores of a recording, and how its inputs and outputs are put
together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_trtc.inputs.body import spec_from_props
from pulumi_trtc.inputs.storage_location import storage_location
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle.declared import Recording, Wanted
from pulumi_trtc.lifecycle.record_id import derive
from pulumi_trtc.stack.state import StackView

Props = Mapping[str, Any]
OWNER = "owner"
OUTPUTS = ("taskId", "requestId", "status", "storageLocation", "settled", "unsettled", "lastFailure")
RUNNING, ENDED = "recording", "ended"


def with_owner(old: Props, new: Props, backend: str) -> dict[str, Any]:
    """Checked inputs: without the outputs' empty places, and with the derived RecordId where the user gave
    none.

    A resource that exists keeps its RecordId when it is renamed by an alias or its stack moves.
    """
    inputs = {key: value for key, value in new.items() if value is not None and key not in OUTPUTS}
    owner = dict(inputs.get(OWNER) or {})
    if "recordId" not in inputs and isinstance(owner.get("urn"), str):
        before = (old.get(OWNER) or {}).get("recordId")
        owner["recordId"] = before or derive(backend, str(owner.get("stack")), owner["urn"])
    inputs[OWNER] = owner
    return inputs


def owner_faults(props: Props) -> tuple[str, ...]:
    """What is wrong with `owner`, which the program's side of the resource hands in."""
    owner = props.get(OWNER)
    if owner is UNKNOWN or (isinstance(owner, Mapping) and {"stack", "urn"} <= owner.keys()):
        return ()
    return ("owner: missing; declare recordings with pulumi_trtc.WebRecording",)


def given_only(props: Props) -> dict[str, Any]:
    """Saved properties with their RecordId only where the user gave it."""
    owner = props.get(OWNER)
    given = isinstance(owner, Mapping) and bool(owner) and "recordId" not in owner
    return {key: value for key, value in props.items() if key != "recordId" or given}


def stack_of(props: Props) -> str | None:
    """ "organization/project/stack", None for a recording that was only read."""
    owner = props.get(OWNER)
    stack = owner.get("stack") if isinstance(owner, Mapping) else None
    return stack if isinstance(stack, str) else None


def urn_of(props: Props) -> str:
    """Who declares the recording, "" if a preview does not know it."""
    owner = props.get(OWNER)
    return str(owner.get("urn", "")) if isinstance(owner, Mapping) else ""


def name_of(props: Props) -> str:
    """The resource's name in the program."""
    return urn_of(props).rsplit("::", 1)[-1]


def wanted_of(inputs: Props, backend: str) -> Wanted:
    """The declared recording of checked inputs that are all known."""
    owner = inputs[OWNER]
    derived = owner.get("recordId") or derive(backend, str(owner.get("stack")), str(owner["urn"]))
    return Wanted(
        urn=str(owner["urn"]),
        derived=derived,
        fresh=derive(backend, str(owner.get("stack")), str(owner["urn"])),
        spec=spec_from_props(inputs),
        inputs=inputs,
    )


def created(wanted: Wanted, recording: Recording, view: StackView) -> dict[str, Any]:
    """All outputs of a recording that was just made.

    Args:
        view: Its pending creates and failed updates are dealt with by now.
    """
    trace = view.trace_of(wanted.urn)
    outputs = {
        **wanted.inputs,
        "taskId": recording.task_id,
        "requestId": recording.request_id,
        "recordId": recording.record_id,
        "status": RUNNING,
        "storageLocation": storage_location(wanted.spec, recording.task_id),
        "lastFailure": view.newest_failure,
    }
    return with_unsettled(outputs | ({"settled": trace} if trace else {}), recording.unsettled)


def updated(old: Props, inputs: Props, unsettled: Iterable[str], **changed: str) -> dict[str, Any]:
    """All outputs after an update in place; `changed` are outputs with new values."""
    kept = {key: old[key] for key in (*OUTPUTS, "recordId") if key in old}
    return with_unsettled({**inputs, **kept, **changed}, unsettled)


def with_unsettled(outputs: Props, record_ids: Iterable[str]) -> dict[str, Any]:
    """Outputs that name the RecordIds which the next update has to look at, or none."""
    rest = {key: value for key, value in outputs.items() if key != "unsettled"}
    names = list(record_ids)
    return rest | ({"unsettled": names} if names else {})


def last_failure(props: Props) -> str | None:
    """The newest failed update for which this recording was looked after; None if it does not say."""
    known = props.get("lastFailure")
    return known if isinstance(known, str) else None


def is_ended(props: Props) -> bool:
    """Whether a refresh has found that the recording has ended."""
    return props.get("status") == ENDED


def is_renamed(old: Props, new: Props) -> bool:
    """Whether the resource or its stack has another name now: deletions are told the old one otherwise."""
    names = (new.get(OWNER) or {}).get("stack"), (new.get(OWNER) or {}).get("urn")
    known = all(isinstance(name, str) for name in names)
    return known and names != (stack_of(old), urn_of(old))


def lacks_storage_keys(props: Props) -> bool:
    """Whether the files go to COS and the program leaves the account's keys out."""
    storage = props.get("storageParams")
    cos = storage.get("cloudStorage") if isinstance(storage, Mapping) else None
    return isinstance(cos, Mapping) and cos.get("accessKey") is None


def is_interrupted(old: Props, trace: str) -> bool:
    """Whether a replacement of this recording was killed, and no later one was carried through."""
    return bool(trace) and trace != old.get("settled")
