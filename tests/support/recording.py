"""Runs recordings in tests, and waits for what they report."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import attrs
import pytest

from trtc_emulator.media.contract import Job, PictureWay, RecordedFile
from trtc_emulator.recorder import ChromiumMedia, RecorderSettings, find_browser, find_ffmpeg

# Far above what is ever needed: a loaded machine may take its time.
PATIENCE_SECONDS = 120.0
WIDTH, HEIGHT = 320, 180
# What holds of a recording, holds by either way to its picture. Without a word of it, the display is taken.
BOTH_WAYS: tuple[PictureWay, ...] = get_args(PictureWay)
# Where the page's part in it is the same by both.
DISPLAY_FIRST = (
    "display",
    pytest.param("screencast", marks=pytest.mark.soak),
)


@attrs.define
class Events:
    """A listener that keeps what it is told, with the time."""

    told: list[tuple[str, tuple[Any, ...]]] = attrs.Factory(list)
    times: dict[str, float] = attrs.Factory(dict)

    def names(self, *but: str) -> list[str]:
        """The kinds of events in their order, without some."""
        return [name for name, _ in self.told if name not in but]

    def files(self) -> list[RecordedFile]:
        """The complete files."""
        return [values[1] for name, values in self.told if name == "file"]

    def cdn_states(self, index: int) -> list[int]:
        """The states of one relay."""
        return [values[2] for name, values in self.told if name == "cdn" and values[1] == index]

    async def until(self, condition: Callable[[Events], bool], what: str) -> None:
        """Wait for something that the events show."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition(self):
            assert time.monotonic() < deadline, f"{what} did not come; told: {self.told}"
            await asyncio.sleep(0.05)

    async def have(self, name: str) -> None:
        """Wait for an event."""
        await self.until(lambda events: name in events.names(), name)

    def started(self, task_id: str) -> None:
        self._tell("started", task_id)

    def reloaded(self, task_id: str) -> None:
        self._tell("reloaded", task_id)

    def screencast(self, task_id: str, why: str) -> None:
        self._tell("screencast", task_id, why)

    def failed(self, task_id: str, message: str) -> None:
        self._tell("failed", task_id, message)

    def crashed(self, task_id: str, message: str) -> None:
        self._tell("crashed", task_id, message)

    def too_large(self, task_id: str) -> None:
        self._tell("too_large", task_id)

    def file(self, task_id: str, file: RecordedFile) -> None:
        self._tell("file", task_id, file)

    def cdn(self, task_id: str, index: int, status: int, message: str) -> None:
        self._tell("cdn", task_id, index, status, message)

    def finished(self, task_id: str) -> None:
        self._tell("finished", task_id)

    def _tell(self, name: str, *values: Any) -> None:
        self.told.append((name, values))
        self.times.setdefault(name, time.monotonic())


def job(folder: Path, url: str, **changes: Any) -> Job:
    """A small MP4 recording named "task"."""
    values: dict[str, Any] = {
        "task_id": "task",
        "url": url,
        "width": WIDTH,
        "height": HEIGHT,
        "formats": ("mp4",),
        "folder": folder,
        **changes,
    }
    return Job(**values)


def settings(**changes: Any) -> RecorderSettings:
    """This machine's browser and ffmpeg."""
    values: dict[str, Any] = {
        "browser": find_browser(None, os.environ),
        "ffmpeg": find_ffmpeg(),
        "no_sandbox": os.geteuid() == 0,
        **changes,
    }
    return RecorderSettings(**values)


@contextlib.asynccontextmanager
async def recorder(**changes: Any) -> AsyncIterator[tuple[ChromiumMedia, Events]]:
    """Media that ends all its recordings with the test."""
    events = Events()
    media = ChromiumMedia(events, settings(**changes))
    try:
        yield media, events
    finally:
        await media.close()


async def record(job: Job, seconds: float, **changes: Any) -> Events:
    """Make a recording that is stopped some seconds after its start, or ends by itself before."""
    async with recorder(**changes) as (media, events):
        events.times["asked"] = time.monotonic()
        await media.start(job)
        await events.until(lambda e: not {"started", "finished"}.isdisjoint(e.names()), "a start")
        if "started" in events.names():
            await asyncio.sleep(seconds)
        events.times["stop"] = time.monotonic()
        await media.stop(job.task_id)
    return events


def group_of(folder: Path) -> int:
    """The process group (and session) of the recording that is at work in a folder."""
    return int(json.loads((folder / ".lock").read_text())["group"])


def names(folder: Path) -> list[str]:
    """All files of a folder."""
    return sorted(path.name for path in folder.iterdir())
