"""The emulator's side of recordings: one process for each, and what they report."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import attrs

from trtc_emulator.media.contract import Job, Listener, RecordedFile
from trtc_emulator.recorder import recover
from trtc_emulator.recorder.child import enough_disk
from trtc_emulator.recorder.clock import FrameCounts
from trtc_emulator.recorder.job import ChildJob, RecorderSettings
from trtc_emulator.recorder.process import kill_group, passed_environment

_LOG = logging.getLogger(__name__)
# Once its recorder is dead, ffmpeg ends its files by itself within this time.
_ORPHAN_SECONDS = 5.0


@attrs.define
class _Running:
    job: Job
    process: asyncio.subprocess.Process | None = None
    stopped: bool = False
    following: asyncio.Task[None] | None = None
    files: set[str] = attrs.Factory(set)


class ChromiumMedia:
    """Media that opens the page in Chromium and records it.

    Attributes:
        counts: What the frame clocks of the recordings did that have ended in this process, by task.
    """

    def __init__(self, listener: Listener, settings: RecorderSettings, data: Path | None = None) -> None:
        """Args:
        listener: Is told what happens, on the event loop.
        settings: How this machine records.
        data: A folder on the disk whose free space `capacity` looks at; None looks at no disk.
        """
        self.counts: dict[str, FrameCounts] = {}
        self._listener = listener
        self._settings = settings
        self._data = data
        self._most = settings.max_recordings or os.cpu_count() or 1
        self._running: dict[str, _Running] = {}
        self._closed = False

    def capacity(self, waiting: int) -> str | None:
        """See contract.Media: why one more recording cannot be taken now; None if it can."""
        if self._closed:
            return "the emulator is shutting down"
        if len(self._running) + waiting >= self._most:
            return (
                f"{self._most} recordings are running or about to begin, which is the most for this machine "
                "(--max-recordings)"
            )
        if self._data is not None and not enough_disk(self._data, self._settings.min_free_bytes):
            return f"less than {self._settings.min_free_bytes // 1_000_000} MB of disk are free"
        return None

    async def start(self, job: Job) -> None:
        """Begin a recording and return at once; all that happens is told to the listener."""
        if job.task_id in self._running:
            raise ValueError("this task is being recorded already")
        running = self._running[job.task_id] = _Running(job)
        running.following = asyncio.ensure_future(self._follow(running))

    async def stop(self, task_id: str) -> None:
        """End a recording; returns when its files are complete. A recording that is not there is fine."""
        running = self._running.get(task_id)
        if running is None or running.following is None:
            return
        self._tell_to_stop(running)
        done, _ = await asyncio.wait([running.following], timeout=self._settings.stop_timeout)
        if not done and running.process is not None:
            kill_group(running.process.pid)
            await asyncio.wait([running.following])

    async def close(self) -> None:
        """End all recordings, and take no more."""
        self._closed = True
        await asyncio.gather(*(self.stop(task_id) for task_id in list(self._running)))

    async def recover(self, folder: Path) -> tuple[RecordedFile, ...]:
        """Complete the files in a task's folder that a killed emulator has left; see recover.py."""
        return await asyncio.to_thread(recover.recover, folder, self._settings.ffmpeg)

    def _tell_to_stop(self, running: _Running) -> None:
        running.stopped = True
        stdin = running.process.stdin if running.process is not None else None
        if stdin is not None and not stdin.is_closing():
            stdin.write(b"stop\n")

    async def _follow(self, running: _Running) -> None:
        """Run the process of a recording to its end."""
        task_id = running.job.task_id
        finished = False
        try:
            running.process = process = await self._spawn(running.job)
            if running.stopped:
                self._tell_to_stop(running)
            if process.stdout is not None:
                async for line in process.stdout:
                    finished = self._tell(running, json.loads(line)) or finished
            if finished:
                await process.wait()
            else:
                await self._bury(running, process)
        except OSError as error:
            _LOG.warning("recording %s: its process cannot be started: %s", task_id, error.strerror)
            self._listener.failed(task_id, "StartRecording error")
        finally:
            del self._running[task_id]
            self._listener.finished(task_id)

    async def _spawn(self, job: Job) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "trtc_emulator.recorder"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=passed_environment(os.environ),
            start_new_session=True,
        )
        if process.stdin is not None:
            process.stdin.write(ChildJob.of(job, self._settings).to_json().encode() + b"\n")
        return process

    async def _bury(self, running: _Running, process: asyncio.subprocess.Process) -> None:
        """A recorder that died without a word: nothing of it stays but its files."""
        await process.wait()
        folder, ffmpeg = running.job.folder, self._settings.ffmpeg
        files = await asyncio.to_thread(recover.recover, folder, ffmpeg, _ORPHAN_SECONDS)
        kill_group(process.pid)
        self._listener.crashed(running.job.task_id, "The recorder ended unexpectedly.")
        for file in files:
            self._file(running, file)

    def _file(self, running: _Running, file: RecordedFile) -> None:
        # What a crash has left is listed whole, with the files that were reported before it.
        if file.name not in running.files:
            running.files.add(file.name)
            self._listener.file(running.job.task_id, file)

    def _tell(self, running: _Running, event: dict[str, Any]) -> bool:
        """Hand an event on; true for the last one."""
        kind, task_id = event.pop("event"), running.job.task_id
        listener = self._listener
        if kind == "started":
            listener.started(task_id)
        elif kind == "reloaded":
            listener.reloaded(task_id)
        elif kind == "screencast":
            _LOG.warning("recording %s: taken by screencast: %s", task_id, event["why"])
            listener.screencast(task_id, event["why"])
        elif kind == "failed":
            _LOG.warning("recording %s: %s %s", task_id, event["message"], event.get("detail", ""))
            listener.failed(task_id, event["message"])
        elif kind == "crashed":
            _LOG.warning("recording %s: %s", task_id, event["message"])
            listener.crashed(task_id, event["message"])
        elif kind == "too_large":
            listener.too_large(task_id)
        elif kind == "file":
            self._file(running, RecordedFile(**event))
        elif kind == "cdn":
            listener.cdn(task_id, event["index"], event["status"], event["message"])
        elif kind == "counts":
            self.counts[task_id] = FrameCounts(**event)
        return bool(kind == "finished")
