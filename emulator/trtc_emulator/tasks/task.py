"""One recording as the emulator keeps it."""

from __future__ import annotations

import secrets
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote

import attrs

from trtc_emulator.media.contract import Job
from trtc_emulator.request.plan import Plan
from trtc_emulator.tasks.events import EndReason, State
from trtc_emulator.tasks.pending import Addresses

_ID_CHARACTERS = string.ascii_letters + string.digits
_ID_LENGTH = 94  # as in the API page's example


@attrs.frozen
class Task:
    """A recording. All times are milliseconds since 1970 on the recordings' clock.

    Attributes:
        params: The request's body, masked; `record_url` is masked too.
        due_ms: When something is to happen to it: it begins, or its MaxDurationLimit is over. None while
            the recorder loads the page, and after the end.
        finished_ms: When all its files were complete; at or after `ended_ms`.
        plan: How it is made, resolved when it was accepted.
    """

    task_id: str
    sdk_app_id: int
    record_id: str | None
    record_url: str
    params: dict[str, Any]
    max_duration_s: int
    created_ms: int
    due_ms: int | None
    state: State = State.ACCEPTED
    started_ms: int | None = None
    ended_ms: int | None = None
    finished_ms: int | None = None
    reason: EndReason | None = None
    message: str = ""
    plan: Plan = attrs.field(kw_only=True)

    @property
    def folder(self) -> str:
        """The task's id as the name of a folder."""
        return self.task_id.replace("/", "_").replace("+", "-")

    @property
    def vod(self) -> dict[str, Any] | None:
        """TencentVod's fields, of a recording to VOD."""
        found: dict[str, Any] | None = self.params["StorageParams"].get("CloudVod", {}).get("TencentVod")
        return found


def moved_on(task: Task, state: State, now_ms: int, **end: Any) -> Task:
    """The task in a later state, which it came to at `now_ms`.

    Args:
        end: `reason` and `message`, of ENDED.

    Raises:
        ValueError: It has come so far before.
    """
    if not task.state.is_before(state):
        raise ValueError(f"a task cannot go from {task.state.value} to {state.value}")
    if state is State.RECORDING:
        limit_ms = now_ms + task.max_duration_s * 1000
        return attrs.evolve(task, state=state, started_ms=now_ms, due_ms=limit_ms)
    if state is State.ENDED:
        return attrs.evolve(task, state=state, ended_ms=now_ms, due_ms=None, **end)
    return attrs.evolve(task, state=state, due_ms=None)


def new_task_id() -> str:
    """An id as the real service makes them: long, with characters that need care in URLs and paths."""
    characters = [secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH)]
    plus, slash = secrets.SystemRandom().sample(range(1, _ID_LENGTH - 1), 2)
    characters[plus], characters[slash] = "+", "/"
    return "".join(characters)


def task_id_of(folder: str) -> str:
    """The task that has this folder."""
    return folder.replace("_", "/").replace("-", "+")


def task_folder(task: Task, data: Path) -> Path:
    """Where a task's files are."""
    return data / task.plan.subfolder / task.folder


def file_path(task: Task, name: str) -> str:
    """The path of a task's file on the emulator's own address."""
    return f"/_emulator/files/{task.folder}/{quote(name)}"


def make_job(task: Task, addresses: Addresses, data: Path) -> Job:
    """What the recorder is asked to do."""
    plan = task.plan
    return Job(
        task_id=task.task_id,
        url=addresses.url,
        width=plan.width,
        height=plan.height,
        formats=plan.formats,
        folder=task_folder(task, data),
        max_file_minutes=plan.max_file_minutes,
        mobile=plan.mobile,
        ready_timeout=plan.ready_timeout,
        file_prefix=plan.file_prefix,
        cdn_urls=addresses.cdn_urls,
    )
