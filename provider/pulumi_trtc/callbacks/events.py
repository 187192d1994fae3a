"""The events that callbacks tell of, and how they are read. For receivers, by way of `callbacks`.

Source: the vendor's page "Cloud Recording and Web Page Recording Webhooks" (document 54914).
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

_E = TypeVar("_E", bound=enum.IntEnum)


class EventType(enum.IntEnum):
    """The kinds of events of a web recording; others are read as a plain `Event`."""

    START = 801
    STOP = 802
    STATUS_UPDATE = 803
    RESOURCE_LIMIT = 804
    MP4_STOP = 310
    VOD_COMMIT = 311
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


@attrs.frozen
class Event:
    """What every callback has; of its own class for a type that is not known here.

    Attributes:
        group, type: EventGroupId and EventType.
        sent_ms: When this message was sent, milliseconds since 1970.
        at_ms: When it happened, milliseconds since 1970; 0 if the message does not say.
        task_id: The recording.
        payload: The event's own fields, as they came. May hold stream keys.
    """

    group: int
    type: EventType | int
    sent_ms: int
    at_ms: int
    task_id: str
    payload: Mapping[str, Any] = attrs.field(repr=False)

    @property
    def is_end(self) -> bool:
        """Whether the recording records no more from here on."""
        if self.type == EventType.START:
            return self.payload.get("Status") in (StartStatus.FAILED, StartStatus.EXCEPTION)
        return self.type in (EventType.STOP, EventType.RESOURCE_LIMIT)


@attrs.frozen
class StartEvent(Event):
    """801: the recording began, could not begin, or broke.

    Attributes:
        message: Such as "Goto url timeout", "Page load timeout" or "StartRecording error".
    """

    status: StartStatus | int
    message: str


@attrs.frozen
class StopEvent(Event):
    """802: the recording stopped as it should; status is 1."""

    status: int
    message: str


@attrs.frozen
class PageEvent(Event):
    """803: what the recorder does with the page."""

    status: PageStatus | int
    message: str


@attrs.frozen
class LimitEvent(Event):
    """804: the recording ends at a limit. Whether 802 follows is not documented."""

    status: LimitStatus | int
    message: str


@attrs.frozen
class Mp4File:
    """A file on COS: its name under the recording's folder, and the time that it covers, in ms since 1970."""

    name: str
    start_ms: int
    end_ms: int


@attrs.frozen
class Mp4Event(Event):
    """310: the MP4 files on COS are complete. A status that is not 0 tells of trouble with them."""

    status: int
    files: tuple[Mp4File, ...]


@attrs.frozen
class VodEvent(Event):
    """311: a file is in VOD. A status that is not 0 tells of trouble with it.

    Attributes:
        file_id, video_url: VOD's own.
        cache_file: Its name before it was uploaded.
        start_ms, end_ms: The time that it covers, in milliseconds since 1970.
    """

    status: int
    file_id: str
    video_url: str
    cache_file: str
    start_ms: int
    end_ms: int


@attrs.frozen
class CdnEvent(Event):
    """401: the state of the relay to one address. The address carries the stream key: a secret."""

    status: CdnStatus | int
    url: str = attrs.field(repr=False)
    error_code: int
    error_message: str


def parse(body: bytes) -> Event:
    """Read a callback's body. That it is genuine is not checked: see `receive`.

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
    if number == 0:
        raise ValueError("the callback has no EventType")
    if not info.text("TaskId"):
        raise ValueError("the callback's EventInfo has no TaskId")
    common: dict[str, Any] = {
        "group": fields.integer("EventGroupId"),
        "type": _known(EventType, number),
        "sent_ms": fields.integer("CallbackTs"),
        "at_ms": info.integer("EventMsTs") or 1000 * info.integer("EventTs"),
        "task_id": info.text("TaskId"),
        "payload": payload.values,
    }
    read = _READERS.get(number)
    return read(common, payload) if read else Event(**common)


@attrs.frozen
class _Fields:
    """Reads a payload; what is missing or of another type reads as empty, since the service may change it."""

    values: Mapping[str, Any]

    @classmethod
    def of(cls, value: Any) -> _Fields:
        return cls(value if isinstance(value, dict) else {})

    def integer(self, name: str) -> int:
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def status(self, of: type[_E]) -> _E | int:
        return _known(of, self.integer("Status"))

    def inner(self, name: str) -> _Fields:
        return self.of(self.values.get(name))

    def items(self, name: str) -> list[Any]:
        value = self.values.get(name)
        return value if isinstance(value, list) else []

    def files(self) -> tuple[Mp4File, ...]:
        details = [self.of(one) for one in self.items("FileMessage")]
        files = {
            one.text("FileName"): Mp4File(
                one.text("FileName"), one.integer("StartTimeStamp"), one.integer("EndTimeStamp")
            )
            for one in details
        }
        for name in self.items("FileList"):
            if isinstance(name, str):
                files.setdefault(name, Mp4File(name, 0, 0))
        return tuple(file for name, file in files.items() if name)


def _known(of: type[_E], number: int) -> _E | int:
    try:
        return of(number)
    except ValueError:
        return number


def _vod(common: dict[str, Any], fields: _Fields) -> VodEvent:
    file = fields.inner("TencentVod")
    return VodEvent(
        **common,
        status=fields.integer("Status"),
        file_id=file.text("FileId"),
        video_url=file.text("VideoUrl"),
        cache_file=file.text("CacheFile"),
        start_ms=file.integer("StartTimeStamp"),
        end_ms=file.integer("EndTimeStamp"),
    )


def _cdn(common: dict[str, Any], fields: _Fields) -> CdnEvent:
    return CdnEvent(
        **common,
        status=fields.status(CdnStatus),
        url=fields.text("Url"),
        error_code=fields.integer("ErrorCode"),
        error_message=fields.text("ErrorMsg"),
    )


_READERS: dict[int, Callable[[dict[str, Any], _Fields], Event]] = {
    EventType.START: lambda common, it: StartEvent(
        **common, status=it.status(StartStatus), message=it.text("EventMessage")
    ),
    EventType.STOP: lambda common, it: StopEvent(
        **common, status=it.integer("Status"), message=it.text("EventMessage")
    ),
    EventType.STATUS_UPDATE: lambda common, it: PageEvent(
        **common, status=it.status(PageStatus), message=it.text("EventMessage")
    ),
    EventType.RESOURCE_LIMIT: lambda common, it: LimitEvent(
        **common, status=it.status(LimitStatus), message=it.text("EventMessage")
    ),
    EventType.MP4_STOP: lambda common, it: Mp4Event(**common, status=it.integer("Status"), files=it.files()),
    EventType.VOD_COMMIT: _vod,
    EventType.CDN: _cdn,
}
