"""What the task life needs of something that makes media, and what that something reports back."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

import attrs

# In a recording's folder while it runs: its newest picture, and how loud it is, in dBFS.
THUMBNAIL = ".thumbnail.jpg"
LEVEL = ".level"
# The end of a file's name until the file is complete.
PART = ".part"
# How a page's picture is taken: it is drawn on a display of ours, or the browser sends it.
PictureWay = Literal["display", "screencast"]
# How the message of a crash begins where the browser or its page died, and not what records it.
BROWSER_GONE = ("The browser ", "The page ")


@attrs.frozen
class Mobile:
    """EmulateMobileParams: device type 0 phone, 1 tablet; orientation 0 portrait, 1 landscape."""

    device_type: int = 0
    orientation: int = 0


@attrs.frozen
class Job:
    """One recording to make, resolved: every default of the API is filled in.

    Attributes:
        task_id: The task's id, also used in file names (made safe for a file system by the recorder).
        url: The page, http or https.
        width, height: Size of the video in pixels, even.
        formats: What to write, of "mp4" and "hls"; both at once for VOD's MediaType 3.
        max_file_minutes: MP4 files are split at this length; None does not split.
        folder: Where the files go. It is made by the recorder.
        file_prefix: What the names of all files begin with, letters, digits, _ and -.
        mobile: Set for a page in mobile mode.
        ready_timeout: Seconds until the page must have reported that it is ready; 0 does not wait.
        cdn_urls: RTMP addresses that the recording is relayed to. Secret: they carry stream keys.
    """

    task_id: str
    url: str = attrs.field(repr=False)
    width: int
    height: int
    formats: tuple[str, ...]
    folder: Path
    max_file_minutes: int | None = None
    mobile: Mobile | None = None
    ready_timeout: int = 0
    file_prefix: str = ""
    cdn_urls: tuple[str, ...] = attrs.field(default=(), repr=False)


@attrs.frozen
class RecordedFile:
    """A file that is complete: it carries its own name and will not change any more."""

    name: str
    size: int
    start_ms: int
    end_ms: int


class Listener(Protocol):
    """What a recording reports, called on the event loop. Calls for a task that has ended are ignored."""

    def started(self, task_id: str) -> None:
        """The page is loaded and the first frame is taken."""

    def reloaded(self, task_id: str) -> None:
        """The page did not report ready in time and is loaded once more (callback 803, status 1)."""

    def screencast(self, task_id: str, why: str) -> None:
        """The picture comes by screencast, although the display was asked for; before `started`."""

    def failed(self, task_id: str, message: str) -> None:
        """The recording could not begin (801, status 2): "Goto url timeout", "Page load timeout" or
        "StartRecording error".
        """

    def crashed(self, task_id: str, message: str) -> None:
        """Browser, ffmpeg or the recorder's process died (801, status 5); playable files were kept.

        The message begins with one of BROWSER_GONE where it was the browser.
        """

    def too_large(self, task_id: str) -> None:
        """A video on the page is larger than what the real service records, 1920x1080 (804, status 2)."""

    def file(self, task_id: str, file: RecordedFile) -> None:
        """A file is complete."""

    def cdn(self, task_id: str, index: int, status: int, message: str) -> None:
        """The relay to cdn_urls[index] is in this state: 1 connecting, 2 running, 3 recovering, 4 failure,
        5 disconnecting, 0 idle (callback 401). 1 and 3 are reported at each attempt, every 5 s; 4 once 60 s
        of them have passed. 1 and 3 mean the same here: which of them is told depends on whether it ever ran.
        """

    def finished(self, task_id: str) -> None:
        """No process of the recording is left and all its files are complete; the last report."""


class Media(Protocol):
    """Makes media for tasks. `stop` and `close` may be called at any time and more than once."""

    def capacity(self, waiting: int) -> str | None:
        """Why one more recording cannot be taken now, for the API's error message; None if it can.

        Args:
            waiting: How many were taken already that have not begun.
        """

    async def start(self, job: Job) -> None:
        """Begin a recording and return at once; all that happens is told to the listener."""

    async def stop(self, task_id: str) -> None:
        """End a recording; returns when its files are complete. A recording that is not there is fine."""

    async def recover(self, folder: Path) -> tuple[RecordedFile, ...]:
        """Complete the files that a killed emulator left in a task's folder; all that are complete then."""

    async def close(self) -> None:
        """End all recordings."""
