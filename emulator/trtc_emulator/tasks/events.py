"""What happens to a task: told to subscribers (callbacks, the page) and kept with the task."""

from __future__ import annotations

import enum
from typing import Any

import attrs

from trtc_emulator.media.contract import RecordedFile


class State(str, enum.Enum):
    """Where a task is; it only ever goes on to a later one. The API shows RECORDING, and LOADING where that
    is assumed; for the others it answers TaskNotExist.
    """

    ACCEPTED = "accepted"
    LOADING = "loading"
    """Its page is being loaded."""
    RECORDING = "recording"
    ENDED = "ended"

    def is_before(self, other: State) -> bool:
        """Whether a task can go on from here to another state."""
        states = list(State)
        return states.index(self) < states.index(other)


class EndReason(str, enum.Enum):
    """Why a task ended."""

    STOPPED = "stopped"
    """StopWebRecord (callback 802)."""
    LIMIT = "limit"
    """MaxDurationLimit (callback 804)."""
    TOO_LARGE = "too large"
    """A video on the page is larger than 1920x1080 (callback 804, status 2)."""
    FAILED = "failed"
    """The recording could not begin (callback 801, status 2)."""
    CRASHED = "crashed"
    """The recorder died (callback 801, status 5)."""
    SHUTDOWN = "shutdown"
    """The emulator was ended, and its browsers with it."""


LIMITS = (EndReason.LIMIT, EndReason.TOO_LARGE)
"""What ends a task by a limit of the service (callback 804)."""


class EventKind(str, enum.Enum):
    """The kinds of events, in the order in which one task can have them."""

    SCREENCAST = "screencast"
    STARTED = "started"
    RELOADED = "reloaded"
    CDN = "cdn"
    LIMIT = "limit"
    ENDED = "ended"
    FILE = "file"
    FINISHED = "finished"


@attrs.frozen
class Event:
    """One thing that happened to a task.

    Attributes:
        seq: Rises over all tasks, also over restarts; 0 before it is stored.
        at_ms: When, on the recordings' clock.
        reason: Why it ended, of ENDED and LIMIT.
        message: In the words of the API's callback, of ENDED and CDN; why, of SCREENCAST.
        index, status: Which address and its state (callback 401's), of CDN.
        file: Of FILE.
    """

    kind: EventKind
    task_id: str
    at_ms: int
    seq: int = 0
    reason: EndReason | None = None
    message: str = ""
    index: int | None = None
    status: int | None = None
    file: RecordedFile | None = None

    def details(self) -> dict[str, Any]:
        """The fields that this kind has, ready for JSON."""
        found = attrs.asdict(self, filter=lambda a, v: a.name not in _COLUMNS and v not in (None, ""))
        if self.reason is not None:
            found["reason"] = self.reason.value
        return found

    @classmethod
    def from_details(cls, seq: int, kind: str, task_id: str, at_ms: int, details: dict[str, Any]) -> Event:
        """The event that `details` was taken from."""
        reason = EndReason(details["reason"]) if "reason" in details else None
        file = RecordedFile(**details["file"]) if "file" in details else None
        return cls(
            EventKind(kind), task_id, at_ms, seq, reason, details.get("message", ""),
            details.get("index"), details.get("status"), file,
        )  # fmt: skip


_COLUMNS = {"kind", "task_id", "at_ms", "seq"}
