"""What `status` says of each recording. Pure: the state and the service's answers in, rows out."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import attrs

from pulumi_trtc.errors import ApiError, RunsElsewhere, TrtcError
from pulumi_trtc.lifecycle.props import ends_at, hidden, is_ended
from pulumi_trtc.service.api import RECORDING, Described
from pulumi_trtc.stack.state import SavedRecording, is_ciphertext, name_in

Answer = Described | TrtcError | None
"""What the service said of a recording; None: it does not run."""


class Status(enum.Enum):
    """What is known of a recording."""

    ENDED = "ended"
    UNKNOWN = "unknown"
    RECORDING = "recording"


@attrs.frozen
class Row:
    """One recording.

    Attributes:
        place: Where it runs: endpoint and region.
        started_at, ends_at: Seconds since 1970; None where that is not known.
        acknowledged: It has ended, and an update has told so.
        read: The stack only reads it.
        replaced: Another task has its place, and it waits to be stopped: nobody expects that it runs.
        note: What else there is to know of it, in a line.
        advice: What to do; "" for nothing.
    """

    urn: str
    status: Status
    task_id: str = ""
    record_id: str = ""
    place: str = ""
    started_at: float | None = None
    ends_at: float | None = None
    storage_location: str = ""
    acknowledged: bool = False
    read: bool = False
    replaced: bool = False
    note: str = ""
    advice: str = ""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_in(self.urn)

    @property
    def path(self) -> str:
        """Its name behind the types of its parents: no two of a stack have the same."""
        parents = self.urn.split("::", 3)[2].rpartition("$")[0]
        return f"{parents}/{self.name}" if parents else self.name


def row_of(saved: SavedRecording, answer: Answer, place: str, now: float) -> Row:
    """What is said of a recording of the state.

    Args:
        place: Where it runs, if its own outputs do not say.
    """
    outputs, kept = saved.outputs, hidden(saved.outputs)
    # When a task was started that was taken over nobody has told.
    started_at = None if kept.get("foreign") else kept.get("startedAt")
    due = None if started_at is None else ends_at(outputs)
    status, note, advice = _status(answer)
    if status is Status.ENDED:
        note = _why_ended(saved, is_due=due is not None and now >= due)
    elif status is Status.RECORDING and saved.going:
        note, advice = "replaced, and not stopped yet", "`pulumi up` stops what was replaced."
    described = answer.record_id if isinstance(answer, Described) else None
    return Row(
        saved.urn,
        status,
        saved.task_id,
        _text(outputs.get("recordId") or described),
        _text(kept.get("runsAt") or place),
        started_at if isinstance(started_at, (int, float)) else None,
        due,
        _text(outputs.get("storageLocation")),
        acknowledged=is_ended(outputs) and bool(kept.get("acknowledged")),
        read=saved.read,
        replaced=saved.going,
        note="; ".join(filter(None, ("only read" if saved.read else "", note))),
        advice=advice,
    )


def pending_row(urn: str) -> Row:
    """What is said of a create that no update has dealt with."""
    return Row(
        urn,
        Status.UNKNOWN,
        note="its create was interrupted, or is under way",
        advice="If no update runs: `pulumi up` takes over, or stops, what an interrupted create has started.",
    )


def exit_status(rows: Sequence[Row], *, expect_running: bool) -> int:
    """0: all run; 1: one has ended; 2: that cannot be told.

    Args:
        expect_running: An end that an update has acknowledged counts too, and so does a stack without any.
    """
    counted = [one for one in rows if not one.replaced]
    if expect_running and not counted:
        return 1
    if any(one.status is Status.ENDED and (expect_running or not one.acknowledged) for one in counted):
        return 1
    return 2 if any(one.status is Status.UNKNOWN for one in counted) else 0


def _status(answer: Answer) -> tuple[Status, str, str]:
    if isinstance(answer, RunsElsewhere):
        return (
            Status.UNKNOWN,
            f"not asked: the configuration names {answer.configured}",
            "Where the configuration names another place than where a recording runs, set `trtc:site`, "
            "`trtc:endpoint` and `trtc:region` back, or give them with --set.",
        )
    if isinstance(answer, ApiError):
        request = f" (RequestId {answer.request_id})" if answer.request_id else ""
        # Without the TaskId, so that what all have in common is told once.
        advice = str(attrs.evolve(answer, task_id=None, request_id=None, tries=1)).replace("\n", " ")
        return Status.UNKNOWN, f"{answer.code}{request}", advice
    if isinstance(answer, TrtcError):
        return Status.UNKNOWN, "not asked", str(answer)
    if answer is None:
        return Status.ENDED, "", ""
    return Status.RECORDING, "" if answer.status == RECORDING else f"Status {answer.status}", ""


def _why_ended(saved: SavedRecording, *, is_due: bool) -> str:
    if saved.going:
        return "replaced"
    if saved.stopped:
        return "stopped to make room for its replacement, which did not start"
    why = "at its limit" if is_due else ""
    acknowledged = is_ended(saved.outputs) and hidden(saved.outputs).get("acknowledged")
    return ", ".join(filter(None, (why, "acknowledged by an update" if acknowledged else "")))


def _text(value: object) -> str:
    return "[secret]" if is_ciphertext(value) else str(value or "")
