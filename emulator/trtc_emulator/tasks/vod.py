"""What VOD keeps beside a file: the metadata that was asked for, as a JSON file in the VOD folder."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import attrs

from trtc_emulator.media.contract import RecordedFile
from trtc_emulator.tasks.events import Event, EventKind
from trtc_emulator.tasks.task import Task, task_folder

SUFFIX = ".vod.json"
_log = logging.getLogger(__name__)


def file_id(task_id: str, name: str) -> str:
    """A file's id: 19 digits as the real service has them, the same whenever it is asked for."""
    digest = hashlib.sha256(f"{task_id}/{name}".encode()).digest()
    return str(10**18 + int.from_bytes(digest, "big") % (9 * 10**18))


@attrs.frozen
class VodCatalog:
    """Writes `<file>.vod.json` beside each complete file of a recording to VOD."""

    data: Path

    def on_event(self, event: Event, task: Task) -> None:
        """Note a file; nothing else that happens matters here."""
        if event.kind is not EventKind.FILE or event.file is None or task.vod is None:
            return
        path = task_folder(task, self.data) / f"{event.file.name}{SUFFIX}"
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            temporary.write_text(json.dumps(_metadata(task, event.file), indent=2, ensure_ascii=False) + "\n")
            temporary.replace(path)
        except OSError as error:
            _log.warning(
                "the metadata of a file of task %s could not be written: %s", task.task_id, error.strerror
            )


def _metadata(task: Task, file: RecordedFile) -> dict[str, Any]:
    return {
        "FileId": file_id(task.task_id, file.name),
        "CacheFile": file.name,
        "Size": file.size,
        "StartTimeStamp": file.start_ms,
        "EndTimeStamp": file.end_ms,
        "TaskId": task.task_id,
        "SdkAppId": task.sdk_app_id,
        "TencentVod": task.vod,
    }
