"""The API requests that came last, without their secrets."""

from __future__ import annotations

import json
from collections import deque
from datetime import datetime, timezone
from typing import Any

import attrs

from trtc_emulator.request.masking import mask_body

KEPT = 10_000
_BODY_PLACES = 64
_BODY_LENGTH = 16 * 1024


@attrs.define
class Entry:
    """One request.

    Attributes:
        at: When it came, the machine's time in seconds.
        code: "" after success, the error's code, or None while it is not answered.
        handled: Whether it was carried out, whatever was answered.
        fault: The kind of the fault that was applied.
        body: What it asked for, masked, as JSON; "null" before it was read and found to be JSON.
    """

    at: float
    action: str
    request_id: str
    code: str | None = None
    message: str = ""
    handled: bool = False
    fault: str | None = None
    sdk_app_id: int | None = None
    record_id: str | None = None
    task_id: str | None = None
    body: str = "null"

    def note(self, body: dict[str, Any]) -> None:
        """Keep what the body says, masked."""
        shown = mask_body(body)
        # Bodies far beyond the API's size are summed up, and others kept as text, which takes far less room
        # than what it says: the log is kept in memory.
        self.body = json.dumps(shown)
        if len(shown) > _BODY_PLACES or len(self.body) > _BODY_LENGTH:
            self.body = json.dumps(f"{len(body)} parameters")
        self.sdk_app_id = _of(shown, "SdkAppId", int)
        self.record_id = _of(shown, "RecordId", str)
        self.task_id = self.task_id or _of(shown, "TaskId", str)

    def as_json(self) -> dict[str, Any]:
        """The entry for /_emulator/requests."""
        time = datetime.fromtimestamp(self.at, timezone.utc).isoformat(timespec="milliseconds")
        return {"time": time, **attrs.asdict(self, recurse=False), "body": json.loads(self.body)}


def _of(body: dict[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    return value if isinstance(value, kind) and not isinstance(value, bool) else None


class RequestLog:
    """A ring of the last KEPT requests."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self.total = 0

    def add(self, entry: Entry) -> None:
        """Keep a request; it is filled in further while it is served."""
        self._entries.append(entry)
        self.total += 1

    def entries(self, action: str | None = None) -> list[dict[str, Any]]:
        """The requests, oldest first, of one action or of all."""
        return [entry.as_json() for entry in self._entries if action in (None, entry.action)]

    def reset(self) -> None:
        """Forget them."""
        self._entries.clear()
        self.total = 0
