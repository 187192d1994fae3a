"""What a recorder process is told, as one JSON object on its stdin."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import attrs

from trtc_emulator.media.contract import Job, Mobile, PictureWay

_LONGEST_NAME = 80


@attrs.frozen
class RecorderSettings:
    """How this machine records.

    Attributes:
        browser: The browser's executable.
        ffmpeg: The encoder's executable.
        max_recordings: How many recordings may run at once; None is one for each core.
        min_free_bytes: No recording begins, and a running one ends, with less free disk than this.
        load_timeout: Seconds until a page must be loaded.
        split_seconds: Overrides a job's max_file_minutes: for tests.
        hls_seconds: Length of an HLS segment.
        relay_period: Seconds from one attempt of a relay to the next.
        relay_patience: Seconds after which a relay that does not run is given up.
        stop_timeout: Seconds a stopped recording gets to finish its files before it is killed.
        no_sandbox: The browser runs without its sandbox.
        picture: How a page's picture is taken. The screencast is also taken where the display fails.
        window_timeout: Seconds until the browser must have drawn on the display.
    """

    browser: Path
    ffmpeg: Path
    max_recordings: int | None = None
    min_free_bytes: int = 200_000_000
    load_timeout: float = 30.0
    split_seconds: float | None = None
    hls_seconds: float = 6.0
    relay_period: float = 5.0
    relay_patience: float = 60.0
    stop_timeout: float = 30.0
    no_sandbox: bool = False
    picture: PictureWay = "display"
    window_timeout: float = 15.0


@attrs.frozen
class ChildJob:
    """A Job with everything that the process must know; `name` begins the names of its files."""

    name: str
    url: str = attrs.field(repr=False)
    width: int
    height: int
    formats: tuple[str, ...]
    folder: Path
    split_seconds: float | None
    hls_seconds: float
    mobile: Mobile | None
    ready_timeout: float
    load_timeout: float
    cdn_urls: tuple[str, ...] = attrs.field(repr=False)
    relay_period: float
    relay_patience: float
    min_free_bytes: int
    browser: Path
    ffmpeg: Path
    no_sandbox: bool
    picture: PictureWay
    window_timeout: float

    @classmethod
    def of(cls, job: Job, settings: RecorderSettings) -> ChildJob:
        """Join a job and the machine's settings."""
        minutes = job.max_file_minutes
        return cls(
            name=file_name(job.task_id, job.file_prefix),
            url=job.url,
            width=job.width,
            height=job.height,
            formats=job.formats,
            folder=job.folder,
            split_seconds=settings.split_seconds or (60.0 * minutes if minutes else None),
            hls_seconds=settings.hls_seconds,
            mobile=job.mobile,
            ready_timeout=job.ready_timeout,
            load_timeout=settings.load_timeout,
            cdn_urls=job.cdn_urls,
            relay_period=settings.relay_period,
            relay_patience=settings.relay_patience,
            min_free_bytes=settings.min_free_bytes,
            browser=settings.browser,
            ffmpeg=settings.ffmpeg,
            no_sandbox=settings.no_sandbox,
            picture=settings.picture,
            window_timeout=settings.window_timeout,
        )

    def to_json(self) -> str:
        """One line."""
        return json.dumps(attrs.asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> ChildJob:
        """The reverse of `to_json`; the text comes from this package, so it is not checked further."""
        value: dict[str, Any] = json.loads(text)
        mobile = value["mobile"]
        return cls(
            **{
                **value,
                "formats": tuple(value["formats"]),
                "cdn_urls": tuple(value["cdn_urls"]),
                "mobile": Mobile(**mobile) if mobile else None,
                "folder": Path(value["folder"]),
                "browser": Path(value["browser"]),
                "ffmpeg": Path(value["ffmpeg"]),
            }
        )


def file_name(task_id: str, prefix: str = "") -> str:
    """A task's id as the beginning of file names, after a prefix: nothing that a file system, ffmpeg or a
    playlist reads in its own way.
    """
    name = re.sub(r"[^A-Za-z0-9_-]", "_", task_id)[:_LONGEST_NAME]
    return (prefix + name).lstrip("-") or "recording"
