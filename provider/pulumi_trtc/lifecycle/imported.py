"""A recording that was imported by its TaskId. The service tells no inputs: the program's word is taken for
what it records, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_trtc.lifecycle import props as p
from pulumi_trtc.lifecycle.declared import Declared, Recording
from pulumi_trtc.lifecycle.known import Known
from pulumi_trtc.lifecycle.props import Props, hidden
from pulumi_trtc.stack.state import HIDDEN, OWNER

if TYPE_CHECKING:
    from pulumi_trtc.service.api import Described


def found(task_id: str, described: Described, owner: Props, place: str) -> dict[str, Any]:
    """The outputs of a running task, of which no program has told."""
    return {
        OWNER: dict(owner),
        "taskId": task_id,
        "requestId": described.request_id or "",
        "recordId": described.record_id or "",
        "status": p.RUNNING,
        HIDDEN: {"imported": True, "runsAt": place},
    }


def is_imported(outputs: Props) -> bool:
    """Whether these are such outputs."""
    return bool(hidden(outputs).get("imported"))


def taken_in(declared: Declared, olds: Props, known: Known) -> dict[str, Any]:
    """All outputs of it once a program declares it."""
    kept = hidden(olds)
    recording = Recording(
        str(olds.get("taskId")),
        str(olds.get("recordId") or ""),
        declared.attempt,
        str(olds.get("requestId") or ""),
        foreign=True,
    )
    outputs = p.created(
        declared,
        recording,
        place=str(kept.get("runsAt", "")),
        now=None,
        checked=known.newest_killed,
        last_failure=known.evidence.history.newest,
    )
    return {**outputs, "status": olds.get("status", p.RUNNING)}
