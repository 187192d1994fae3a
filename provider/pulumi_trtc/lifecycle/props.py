"""State properties: what the engine stores of a recording, and how its inputs and outputs are put
together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pulumi_trtc.inputs.body import storage_location
from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.inputs.secrets import Wrap, hides_location
from pulumi_trtc.inputs.table import MAX_DURATION_S
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle.declared import Declared, Recording
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.stack.state import HIDDEN, OWNER, is_ciphertext, name_in

Props = Mapping[str, Any]
_LOCATION = "storageLocation"
# The last one was 0.1.0's.
OUTPUTS = ("taskId", "requestId", "status", _LOCATION, "unsettled", "lastFailure", HIDDEN, "settled")
MARKED = "secret"
"""In `owner`: see `marked`."""
RUNNING, ENDED = "recording", "ended"


def declared_by(organization: str, project: str, stack: str, urn: Any) -> dict[str, Any]:
    """The `owner` of a recording before it is checked."""
    return {"stack": f"{organization}/{project}/{stack}", "urn": urn}


def owner_of(props: Props) -> Props:
    """Who declares the recording: "stack", "urn", its identity, the attempt that a create begins with, and
    what the program marks as secret.
    """
    owner = props.get(OWNER)
    return owner if isinstance(owner, Mapping) else {}


def marked(props: Props) -> tuple[str, ...]:
    """Paths of the inputs that the program marks as secret, beside those that always are."""
    found = owner_of(props).get(MARKED)
    return tuple(map(str, found)) if isinstance(found, list) else ()


def sealed(props: Props, wrap: Wrap) -> dict[str, Any]:
    """Outputs with what is made of a secret wrapped, too; inputs as they are.

    Args:
        wrap: See `secrets.wrapped`.
    """
    if _LOCATION not in props or not hides_location(marked(props)):
        return dict(props)
    return {**props, _LOCATION: wrap(props[_LOCATION])}


def owner_faults(props: Props) -> tuple[str, ...]:
    """What is wrong with `owner`, which the program's side of the resource hands in."""
    if props.get(OWNER) is UNKNOWN or {"stack", "urn"} <= owner_of(props).keys():
        return ()
    return ("owner: missing; declare recordings with pulumi_trtc.WebRecording",)


def identity_of(props: Props, backend: Callable[[], str]) -> Identity:
    """Which recording inputs or outputs belong to.

    Args:
        backend: Asked for what 0.1.0 stored of a recording with a given RecordId.
    """
    owner = owner_of(props)
    found = Identity.of(owner.get("recordId")) or Identity.of(owner.get("identity"))
    return found or Identity.derive(backend(), str(owner.get("stack")), str(owner.get("urn")))


def sent_identity(outputs: Props) -> Identity | None:
    """The identity that the RecordId of a recording was derived of, where it is this recording's: another one
    than its own once its stack was renamed, or it was moved.
    """
    foreign = hidden(outputs).get("foreign") or outputs.get("adopt") == outputs.get("taskId", "")
    return None if foreign else Identity.of(outputs.get("recordId"))


def former_identity(props: Props) -> Identity | None:
    """The identity of a recording before its stack was renamed, or it was moved."""
    return Identity.of(owner_of(props).get("former"))


def named(
    owner: Props, identity: Identity, attempt: int | None, *, given: bool, former: Identity | None = None
) -> dict[str, Any]:
    """The `owner` of checked inputs: with what tells the recording from others.

    Args:
        attempt: That a create begins with; None for a recording of 0.1.0 that is there already.
        given: Whether the user gave a RecordId: the output of that name hides what is given.
        former: Its identity before its stack was renamed.
    """
    found = {**owner, "identity" if given else "recordId": identity.attempt(0)}
    found |= {"former": former.attempt(0)} if former else {}
    return found if attempt is None else {**found, "attempt": attempt}


def as_inputs(news: Props, owner: Props) -> dict[str, Any]:
    """Checked inputs: without the outputs' empty places."""
    kept = {key: value for key, value in news.items() if value is not None and key not in OUTPUTS}
    return {**kept, OWNER: owner} if owner else kept


def given_only(props: Props) -> dict[str, Any]:
    """Saved properties with their RecordId only where the user gave it."""
    given = bool(owner_of(props)) and "recordId" not in owner_of(props)
    return {key: value for key, value in props.items() if key != "recordId" or given}


def stack_of(props: Props) -> str | None:
    """ "organization/project/stack", None for a recording that was only read."""
    stack = owner_of(props).get("stack")
    return stack if isinstance(stack, str) else None


def urn_of(props: Props) -> str:
    """Who declares the recording, "" if a preview does not know it."""
    urn = owner_of(props).get("urn")
    return urn if isinstance(urn, str) else ""


def name_of(props: Props) -> str:
    """The resource's name in the program."""
    return name_in(urn_of(props))


def declared_of(props: Props, backend: Callable[[], str]) -> Declared:
    """The declared recording of checked inputs, or of outputs, that are all known."""
    inputs = given_only(props)
    return Declared(
        urn=urn_of(inputs),
        stack=stack_of(inputs) or "",
        identity=identity_of(inputs, backend),
        attempt=whole(owner_of(inputs).get("attempt")) or 0,
        given=inputs.get("recordId"),
        inputs=inputs,
    )


def hidden(outputs: Props) -> Props:
    """What only the provider reads; empty for a recording of 0.1.0.

    - startedAt: seconds since 1970, by the clock of the machine that started it
    - runsAt: the place, see `Settings.place`
    - attempt: number of the attempt under which it was started
    - checked: number of the newest attempt that was looked through since
    - acknowledged: an update has told that it has ended
    - interrupted: it ended while a replacement or deletion of it was interrupted
    - foreign: it was adopted or imported by its TaskId
    - imported: it was imported, and no program has declared it yet
    """
    kept = outputs.get(HIDDEN)
    return kept if isinstance(kept, Mapping) else {}


def created(
    declared: Declared,
    recording: Recording,
    *,
    place: str,
    now: float | None,
    checked: int,
    last_failure: str,
) -> dict[str, Any]:
    """All outputs of a recording that was just made; its pending creates are dealt with by now.

    Args:
        now: When it was started; None if nobody knows.
    """
    outputs = {
        **declared.inputs,
        "taskId": recording.task_id,
        "requestId": recording.request_id,
        "recordId": recording.record_id,
        "status": RUNNING,
        _LOCATION: storage_location(declared.inputs, recording.task_id),
        "lastFailure": last_failure,
        HIDDEN: {
            **({} if now is None else {"startedAt": now}),
            "runsAt": place,
            "attempt": recording.attempt,
            "checked": max(checked, recording.attempt),
            **({"foreign": True} if recording.foreign else {}),
        },
    }
    return with_unsettled(outputs, recording.unsettled)


def planned(inputs: Props) -> dict[str, Any]:
    """What a preview knows of the outputs of a recording that an update would make."""
    unknown = dict.fromkeys(("taskId", "requestId", "recordId", _LOCATION), UNKNOWN)
    return {**unknown, **inputs, "status": RUNNING}


def updated(old: Props, inputs: Props, unsettled: Iterable[str], **changed: Any) -> dict[str, Any]:
    """All outputs after an update in place; `changed` are outputs with new values."""
    kept = {key: old[key] for key in (*OUTPUTS, "recordId") if key in old}
    return with_unsettled({**inputs, **kept, **changed}, unsettled)


def with_unsettled(outputs: Props, places: Iterable[str]) -> dict[str, Any]:
    """Outputs that name the places which the next update has to look at, or none."""
    rest = {key: value for key, value in outputs.items() if key != "unsettled"}
    names = list(places)
    return rest | ({"unsettled": names} if names else {})


def last_failure(props: Props) -> str | None:
    """The newest failed update for which this recording was looked after; None if it does not say."""
    known = props.get("lastFailure")
    return known if isinstance(known, str) else None


def is_ended(props: Props) -> bool:
    """Whether it is known that the recording has ended."""
    return props.get("status") == ENDED


def ends_at(props: Props) -> float | None:
    """When it ends by its limit, in seconds since 1970; None if that cannot be told."""
    started_at, limit = hidden(props).get("startedAt"), props.get("maxDurationLimit")
    if not isinstance(started_at, (int, float)) or is_ciphertext(limit):
        return None
    return started_at + (whole(limit) or MAX_DURATION_S)


def is_renamed(old: Props, new: Props) -> bool:
    """Whether the resource or its stack has another name now."""
    names = stack_of(new), urn_of(new)
    return all(names) and names != (stack_of(old), urn_of(old))
