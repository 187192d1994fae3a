"""The three actions: from a body to the fields of the answer. Knows nothing of HTTP."""

from __future__ import annotations

from typing import Any

import attrs

from trtc_emulator.request.errors import ApiError, missing
from trtc_emulator.request.forms import DESCRIBE, FORMS, START
from trtc_emulator.request.params import read_record_id, read_sdk_app_id, read_start, read_task_id
from trtc_emulator.request.shapes import read
from trtc_emulator.settings.values import Settings
from trtc_emulator.tasks.events import State
from trtc_emulator.tasks.service import TaskService
from trtc_emulator.tasks.task import Task

_RECORDING, _LOADING = 1, 0


@attrs.frozen
class Actions:
    """The API of one emulator."""

    tasks: TaskService
    settings: Settings

    def run(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """Carry a request of one of the API's actions out and return the answer's fields. Raises ApiError."""
        fields = read(FORMS[action], body)
        if action == START:
            return self._start(fields)
        return self._describe(fields) if action == DESCRIBE else self._stop(fields)

    def _start(self, fields: dict[str, Any]) -> dict[str, Any]:
        request = read_start(fields, self.settings.assumptions)
        owned = self.settings.sdk_app_ids
        if owned and request.sdk_app_id not in owned:
            raise ApiError(
                "FailedOperation.SdkAppIdNotUnderAppId",
                "There is no resource for this SdkAppId in this AppId.",
            )
        return {"TaskId": self.tasks.start(request, fields).task_id}

    def _describe(self, fields: dict[str, Any]) -> dict[str, Any]:
        if "TaskId" in fields:
            task = self.tasks.describe(read_task_id(fields["TaskId"]))
            answer: dict[str, Any] = {"Status": _status(task)}
            if self.settings.assumptions.describe_record_id:
                answer["RecordId"] = task.record_id or ""
            return answer
        if "RecordId" not in fields:
            raise missing("TaskId", "MissingParameter.TaskId")
        if "SdkAppId" not in fields:
            raise missing("SdkAppId", "MissingParameter.SdkAppId")
        record_id = read_record_id(fields["RecordId"])
        task = self.tasks.describe_record(read_sdk_app_id(fields["SdkAppId"]), record_id)
        return {"Status": _status(task), "TaskId": task.task_id}

    def _stop(self, fields: dict[str, Any]) -> dict[str, Any]:
        self.tasks.stop(read_task_id(fields["TaskId"]))
        return {}


def _status(task: Task) -> int:
    return _RECORDING if task.state is State.RECORDING else _LOADING
