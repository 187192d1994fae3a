"""From an event of a recording to the messages that the real service would send for it. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import attrs

from trtc_emulator.media.contract import BROWSER_GONE, RecordedFile
from trtc_emulator.settings.assumptions import Assumptions
from trtc_emulator.tasks.events import LIMITS, EndReason, Event, EventKind
from trtc_emulator.tasks.task import Task, file_path
from trtc_emulator.tasks.vod import file_id

WEB_START, WEB_STOP, WEB_STATUS, WEB_LIMIT = 801, 802, 803, 804
MP4_STOP, VOD_COMMIT, VOD_STOP, CDN = 310, 311, 312, 401
_GROUPS = {MP4_STOP: 3, VOD_COMMIT: 3, VOD_STOP: 3, CDN: 4}
_WEB_GROUP = 8
_CDN_TROUBLE = (3, 4)  # recovering, failure
# One page has one mixed stream and no user; its files have a silent audio track.
_STREAM = {"UserId": "", "TrackType": "audio_video", "MediaId": "mix"}

_Content = tuple[int, dict[str, Any]]


def _web(status: int, message: str) -> dict[str, Any]:
    return {"Status": status, "EventMessage": message}


_STARTED: _Content = (WEB_START, _web(1, "Success"))
_STOPPED: _Content = (WEB_STOP, _web(1, "Success"))
_EXCEPTION = {True: "Chrome exception, exit task", False: "Exception error, exit task"}


@attrs.frozen
class Message:
    """What one callback says.

    Attributes:
        type: EventType.
        at_ms: When it happened, on the recordings' clock.
        payload: Payload, in which the emulator's own address is left out.
    """

    task_id: str
    sdk_app_id: int
    type: int
    at_ms: int
    payload: dict[str, Any]

    def body(self, sent_ms: int, address: str, event_time: str = "EventMsTs") -> bytes:
        """The body as it is posted at `sent_ms`, of the machine's clock, by the emulator at `address`.

        Args:
            event_time: See Assumptions.
        """
        time = str(self.at_ms // 1000) if event_time == "EventTs" else self.at_ms
        payload = self.payload
        if self.type == VOD_COMMIT:
            vod = payload["TencentVod"]
            payload = {**payload, "TencentVod": {**vod, "VideoUrl": address + vod["VideoUrl"]}}
        return json.dumps(
            {
                "EventGroupId": _GROUPS.get(self.type, _WEB_GROUP),
                "EventType": self.type,
                "CallbackTs": sent_ms,
                "EventInfo": {event_time: time, "TaskId": self._told_id, "Payload": payload},
            },
            ensure_ascii=False,
        ).encode()

    @property
    def _told_id(self) -> str:
        if self.type != MP4_STOP:
            return self.task_id
        return f"{self.task_id}_StartTimeMs_{self.payload['FileMessage'][0]['StartTimeStamp']}"


def sign(key: str, body: bytes) -> str:
    """The header Sign."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


@attrs.frozen
class MessageBuilder:
    """Knows what each kind of event makes the real service say."""

    assumptions: Assumptions

    def build(self, event: Event, task: Task, *, has_files: bool) -> list[Message]:
        """The messages of an event, none for most.

        Args:
            has_files: Whether a file of the task was complete before this event.
        """
        return [
            Message(task.task_id, task.sdk_app_id, number, event.at_ms, payload)
            for number, payload in self._contents(event, task, has_files)
        ]

    def _contents(self, event: Event, task: Task, has_files: bool) -> list[_Content]:
        told: list[_Content] = []
        match event.kind:
            case EventKind.STARTED:
                told = [_STARTED]
            case EventKind.LIMIT:
                told = [(WEB_LIMIT, _web(2 if event.reason is EndReason.TOO_LARGE else 1, event.message))]
            case EventKind.RELOADED:
                told = [(WEB_STATUS, _web(1, self.assumptions.refresh_message))]
            case EventKind.ENDED:
                told = self._end(event)
            case EventKind.CDN:
                told = self._cdn(event, task)
            case EventKind.FILE if event.file is not None:
                told = self._file(event.file, task)
            case EventKind.FINISHED if task.vod is not None and has_files:
                told = [(VOD_STOP, {"Status": 0})]
        return told

    def _end(self, event: Event) -> list[_Content]:
        if event.reason is EndReason.STOPPED:
            return [_STOPPED]
        if event.reason in LIMITS:
            return [_STOPPED] if self.assumptions.stop_after_limit else []
        if event.reason is EndReason.FAILED:
            return [(WEB_START, _web(2, event.message or "StartRecording error"))]
        return [(WEB_START, _web(5, _EXCEPTION[event.message.startswith(BROWSER_GONE)]))]

    def _cdn(self, event: Event, task: Task) -> list[_Content]:
        addresses = task.params.get("PublishCdnParams", [])
        if event.index is None or event.index >= len(addresses):
            return []
        trouble = event.status in _CDN_TROUBLE
        payload = {
            # Masked, unlike the real service's: a stream key is kept nowhere, so it cannot be told either.
            "Url": addresses[event.index]["PublishCdnUrl"],
            "Status": event.status,
            "ErrorCode": self.assumptions.cdn_error_code if trouble else 0,
            "ErrorMsg": event.message if trouble else "",
        }
        return [(CDN, payload)]

    def _file(self, file: RecordedFile, task: Task) -> list[_Content]:
        times: dict[str, int | str] = {"StartTimeStamp": file.start_ms, "EndTimeStamp": file.end_ms}
        if self.assumptions.file_times == "strings":
            times = {name: str(value) for name, value in times.items()}
        if task.vod is not None:
            uploaded = {
                **_STREAM,
                "FileId": file_id(task.task_id, file.name),
                "VideoUrl": file_path(task, file.name),
                "CacheFile": file.name,
                **times,
            }
            return [(VOD_COMMIT, {"Status": 0, "TencentVod": uploaded})]
        if not file.name.endswith(".mp4"):
            return []
        message = {"FileName": file.name, **_STREAM, **times}
        return [(MP4_STOP, {"Status": 0, "FileList": [file.name], "FileMessage": [message]})]
