"""The three actions: from a body to the fields of the answer. Knows nothing of HTTP."""

from __future__ import annotations

from typing import Any

import attrs

from trtc_emulator import api, params
from trtc_emulator.errors import ApiError, missing
from trtc_emulator.events import State
from trtc_emulator.settings import Settings
from trtc_emulator.shapes import read
from trtc_emulator.task import Task
from trtc_emulator.tasks import TaskService

_RECORDING, _LOADING = 1, 0


@attrs.frozen
class Actions:
    """The API of one emulator."""

    tasks: TaskService
    settings: Settings

    def run(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """Carry a request out and return the answer's fields. Raises ApiError."""
        if action == api.START:
            return self._start(body)
        if action == api.DESCRIBE:
            return self._describe(body)
        if action == api.STOP:
            return self._stop(body)
        raise ApiError("InvalidAction", "The request action is invalid or not found.")

    def _start(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = read(params.START, body)
        request = params.read_start(fields, self.settings.assumptions)
        owned = self.settings.sdk_app_ids
        if owned and request.sdk_app_id not in owned:
            raise ApiError(
                "FailedOperation.SdkAppIdNotUnderAppId",
                "There is no resource for this SdkAppId in this AppId.",
            )
        return {"TaskId": self.tasks.start(request, fields).task_id}

    def _describe(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = read(params.DESCRIBE, body)
        if "TaskId" in fields:
            task = self.tasks.describe(params.read_task_id(fields["TaskId"]))
            return {"Status": _status(task), "RecordId": task.record_id or ""}
        if "RecordId" not in fields:
            raise missing("TaskId", "MissingParameter.TaskId")
        if "SdkAppId" not in fields:
            raise missing("SdkAppId", "MissingParameter.SdkAppId")
        record_id = params.read_record_id(fields["RecordId"])
        task = self.tasks.describe_record(params.read_sdk_app_id(fields["SdkAppId"]), record_id)
        return {"Status": _status(task), "TaskId": task.task_id}

    def _stop(self, body: dict[str, Any]) -> dict[str, Any]:
        fields = read(params.STOP, body)
        self.tasks.stop(params.read_task_id(fields["TaskId"]))
        return {}


def _status(task: Task) -> int:
    return _RECORDING if task.state is State.RECORDING else _LOADING
