"""The events that callbacks tell of, and how they are read. For receivers, by way of `callbacks`.

Source: the vendor's pages on webhooks of recordings and relays (documents 54914, 54913) and its guide on web
page recording (72325), read in 2026-11.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping
from typing import Any

import attrs


class EventType(enum.IntEnum):
    """The kinds of events of a web recording."""

    START = 801
    STOP = 802
    STATUS_UPDATE = 803
    RESOURCE_LIMIT = 804
    MP4_STOP = 310
    VOD_COMMIT = 311
    VOD_STOP = 312
    CDN = 401


class StartStatus(enum.IntEnum):
    """Status of START. ABNORMAL_EXIT and MIGRATED heal themselves; FAILED and EXCEPTION are the end."""

    STARTED = 1
    FAILED = 2
    ABNORMAL_EXIT = 3
    MIGRATED = 4
    EXCEPTION = 5


class PageStatus(enum.IntEnum):
    """Status of STATUS_UPDATE."""

    REFRESHED = 1
    PAUSED = 2
    RESUMED = 3


class LimitStatus(enum.IntEnum):
    """Status of RESOURCE_LIMIT: MaxDurationLimit is reached, or the source is larger than 1920 by 1080."""

    OVER_TIME = 1
    OVERSIZED = 2


class CdnStatus(enum.IntEnum):
    """Status of CDN."""

    IDLE = 0
    CONNECTING = 1
    RUNNING = 2
    RECOVERING = 3
    FAILURE = 4
    DISCONNECTING = 5


_STATUSES: Mapping[int, type[enum.IntEnum]] = {
    EventType.START: StartStatus,
    EventType.STATUS_UPDATE: PageStatus,
    EventType.RESOURCE_LIMIT: LimitStatus,
    EventType.CDN: CdnStatus,
}
"""Of the other types 0 (of STOP, 1) tells that all went well."""

_SUFFIX = re.compile(r"_StartTimeMs_\d+$")
"""What the TaskId of MP4_STOP ends with; the vendor's guide says that it may be cut off."""


@attrs.frozen
class File:
    """A file of the recording.

    Attributes:
        name: On COS under the recording's folder; in VOD its name before it was uploaded.
        start_ms, end_ms: The time that it covers, in milliseconds since 1970; 0 if the message does not say.
        file_id, url: VOD's own; "" on COS.
    """

    name: str
    start_ms: int = 0
    end_ms: int = 0
    file_id: str = ""
    url: str = ""


@attrs.frozen
class Event:
    """One callback. What a type does not have, or the message lacks, is empty.

    Attributes:
        group, type: EventGroupId and EventType.
        status: As the type's own enum, where it has one; None if the message has none.
        task_id: The recording, as the resource's `task_id`.
        sent_ms: When this message was sent, milliseconds since 1970.
        at_ms: When it happened, milliseconds since 1970. Messages may overtake each other: sort by it.
        message: Such as "Goto url timeout" or "Page load timeout"; of a relay, its error.
        files: Of MP4_STOP and VOD_COMMIT. Each may come several times, once for each file.
        url, error_code: Of CDN. The address carries the stream key: a secret.
        payload: The event's own fields, as they came. May hold stream keys.
    """

    group: int
    type: EventType | int
    status: enum.IntEnum | int | None
    task_id: str
    sent_ms: int
    at_ms: int
    message: str = ""
    files: tuple[File, ...] = ()
    url: str = attrs.field(default="", repr=False)
    error_code: int = 0
    payload: Mapping[str, Any] = attrs.field(factory=dict, repr=False)

    @property
    def is_end(self) -> bool:
        """Whether the recording records no more from here on."""
        if self.type == EventType.START:
            return self.status in (StartStatus.FAILED, StartStatus.EXCEPTION)
        return self.type in (EventType.STOP, EventType.RESOURCE_LIMIT)


def parse(body: bytes) -> Event:
    """Read a callback's body. That it is genuine is not checked: see `receive`.

    Numbers may be spelt as strings, and the TaskId as a number: the vendor's own samples have both.

    Raises:
        ValueError: It is no callback; the message says why.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the callback's body is not JSON") from None
    fields = _Fields.of(message)
    info = fields.inner("EventInfo")
    payload = info.inner("Payload")
    number = fields.integer("EventType")
    if not number:
        raise ValueError("the callback has no EventType")
    task_id = info.text("TaskId") or str(info.integer("TaskId") or "")
    if not task_id:
        raise ValueError("the callback's EventInfo has no TaskId")
    status = payload.integer("Status")
    return Event(
        group=fields.integer("EventGroupId") or 0,
        type=_known(EventType, number),
        status=None if status is None else _known(_STATUSES.get(number), status),
        task_id=_SUFFIX.sub("", task_id),
        sent_ms=fields.integer("CallbackTs") or 0,
        at_ms=info.integer("EventMsTs", "EventTsMs") or 1000 * (info.integer("EventTs") or 0),
        message=payload.text("EventMessage", "ErrorMsg"),
        files=payload.files(),
        url=payload.text("Url"),
        error_code=payload.integer("ErrorCode") or 0,
        payload=payload.values,
    )


def _known(of: type[enum.IntEnum] | None, number: int) -> Any:
    try:
        return number if of is None else of(number)
    except ValueError:
        return number


@attrs.frozen
class _Fields:
    """Reads a payload; what is missing or of another type reads as empty, since the service may change it."""

    values: Mapping[str, Any]

    @classmethod
    def of(cls, value: Any) -> _Fields:
        return cls(value if isinstance(value, dict) else {})

    def integer(self, *names: str) -> int | None:
        """The first of these fields that holds a whole number, or one spelt as a string."""
        return next((number for name in names if (number := _whole(self.values.get(name))) is not None), None)

    def text(self, *names: str) -> str:
        """The first of these fields that holds a text."""
        found = (self.values.get(name) for name in names)
        return next((value for value in found if isinstance(value, str) and value), "")

    def inner(self, name: str) -> _Fields:
        return self.of(self.values.get(name))

    def items(self, name: str) -> list[Any]:
        value = self.values.get(name)
        return value if isinstance(value, list) else []

    def files(self) -> tuple[File, ...]:
        found = [self.of(one).file("FileName") for one in self.items("FileMessage")]
        found += [File(name) for name in self.items("FileList") if isinstance(name, str)]
        found.append(self.inner("TencentVod").file("CacheFile"))
        # Of a file that both lists name, the first tells more.
        named = {file.name or file.file_id: file for file in reversed(found)}
        return tuple(reversed([file for name, file in named.items() if name]))

    def file(self, name: str) -> File:
        return File(
            self.text(name),
            self.integer("StartTimeStamp") or 0,
            self.integer("EndTimeStamp") or 0,
            self.text("FileId"),
            self.text("VideoUrl"),
        )


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and len(value) <= 20 and re.fullmatch(r"\s*-?[0-9]+\s*", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
