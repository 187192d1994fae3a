"""What the page shows of a recording, as JSON. Pure; nothing in it is secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from trtc_emulator.control.page_files import Found
from trtc_emulator.media.contract import THUMBNAIL
from trtc_emulator.tasks.events import EndReason, Event, EventKind, State
from trtc_emulator.tasks.task import Task, file_path

EVENTS_SHOWN = 8
_RELAY = {0: "idle", 1: "connecting", 2: "running", 3: "recovering", 4: "failed", 5: "disconnecting"}
_ENDS = {
    EndReason.STOPPED: "Stopped by StopWebRecord",
    EndReason.LIMIT: "Ended at MaxDurationLimit",
    EndReason.TOO_LARGE: "Ended: a video on the page is larger than 1920x1080",
    EndReason.FAILED: "Could not begin",
    EndReason.CRASHED: "The recorder crashed",
    EndReason.SHUTDOWN: "Ended with the emulator",
}
_TEXTS = {
    EventKind.STARTED: "Recording began",
    EventKind.RELOADED: "Not ready in time: the page was loaded again",
    EventKind.LIMIT: "A limit of the service is reached",
    EventKind.FINISHED: "All files are complete",
}


def recording(task: Task, events: Sequence[Event], found: Found) -> dict[str, Any]:
    """A recording with its last events, newest first, and the files that can be had."""
    addresses = _relay_hosts(task)
    thumbnail = None
    if found.thumbnail_ns is not None and task.state is not State.ENDED:
        thumbnail = f"{file_path(task, THUMBNAIL)}?{found.thumbnail_ns}"
    return {
        "id": task.folder,
        "page": shown_page(task.record_url),
        "record_id": task.record_id,
        "task_id": task.task_id,
        "sdk_app_id": task.sdk_app_id,
        "state": _state(task),
        "end": _end_text(task.reason, task.message) if task.reason else None,
        "began_ms": task.started_ms,
        "ended_ms": task.ended_ms,
        "limit_s": task.max_duration_s,
        "width": task.plan.width,
        "height": task.plan.height,
        "formats": list(task.plan.formats),
        "storage": task.plan.subfolder,
        "size": found.size,
        "mp4": [{"name": name, "size": size, "url": file_path(task, name)} for name, size in found.mp4],
        "playlist": file_path(task, found.playlist) if found.playlist else None,
        "segments": found.segments,
        "thumbnail": thumbnail,
        "level": found.level if task.state is State.RECORDING else None,
        "relays": _relays(addresses, events),
        "events": [
            {"at_ms": event.at_ms, "text": event_text(event, addresses)}
            for event in reversed(events[-EVENTS_SHOWN:])
        ],
    }


def shown_page(masked_url: str) -> str:
    """A page's host and path, without what stands for its query."""
    parts = urlsplit(masked_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}"


def event_text(event: Event, relay_hosts: Sequence[str]) -> str:
    """An event in words."""
    if event.kind is EventKind.ENDED and event.reason is not None:
        return _end_text(event.reason, event.message)
    if event.kind is EventKind.FILE and event.file is not None:
        return f"{event.file.name} is complete"
    if event.kind is EventKind.CDN and event.index is not None:
        host = relay_hosts[event.index] if event.index < len(relay_hosts) else "CDN"
        detail = f": {event.message}" if event.message else ""
        return f"Relay to {host} is {_relay_state(event.status)}{detail}"
    if event.kind is EventKind.SCREENCAST:
        return f"Recorded from the browser's screencast: {event.message}"
    return _TEXTS.get(event.kind, str(event.kind.value))


def _state(task: Task) -> str:
    if task.state is State.ENDED and task.finished_ms is None:
        return "finishing"
    return str(task.state.value)


def _end_text(reason: EndReason, message: str) -> str:
    said = message if reason in (EndReason.FAILED, EndReason.CRASHED) else ""
    return f"{_ENDS[reason]}: {said}" if said else _ENDS[reason]


def _relay_hosts(task: Task) -> list[str]:
    addresses = task.params.get("PublishCdnParams", [])
    return [urlsplit(address["PublishCdnUrl"]).netloc or "CDN" for address in addresses]


def _relays(hosts: Sequence[str], events: Sequence[Event]) -> list[dict[str, str]]:
    states = ["waiting"] * len(hosts)
    for event in events:
        if event.kind is EventKind.CDN and event.index is not None and event.index < len(states):
            states[event.index] = _relay_state(event.status)
    return [{"host": host, "state": state} for host, state in zip(hosts, states, strict=True)]


def _relay_state(status: int | None) -> str:
    return _RELAY.get(-1 if status is None else status, "unknown")
