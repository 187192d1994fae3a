"""Which media an emulator has: the one place that decides whether pages are opened."""

from __future__ import annotations

import os
from pathlib import Path

import attrs

from trtc_emulator.media.contract import Listener, Media, PictureWay
from trtc_emulator.media.none import NoMedia
from trtc_emulator.recorder import (
    ChromiumMedia,
    NotInstalledError,
    RecorderSettings,
    draws_on_display,
    find_browser,
    find_ffmpeg,
    require_sandbox,
)
from trtc_emulator.settings.values import Settings
from trtc_emulator.sound import has_client_library

_NO_DISPLAY = "screencast: the browser draws nothing on a Wayland display, which takes twice the CPU"
_NO_SOUND = "recordings are silent: there is no libpulse.so.0 (Debian, Ubuntu: `apt-get install libpulse0`)"


class MediaError(Exception):
    """The media that were asked for cannot be had; the text says what to do."""


@attrs.frozen
class MediaChoice:
    """What was chosen.

    Attributes:
        why: In a few words, for the first lines of the output.
        programs: The browser that opens the pages and the ffmpeg that encodes them; None opens none.
        picture: How the picture is taken.
        picture_line: The same, for the first lines of the output.
    """

    why: str
    programs: tuple[Path, Path] | None = None
    picture: PictureWay = "display"
    picture_line: str = "display"

    @property
    def name(self) -> str:
        """As --media has it."""
        return "chromium" if self.programs else "none"

    @property
    def survives(self) -> bool:
        """Whether recordings outlive the emulator's process."""
        return self.programs is None


def choose_media(settings: Settings) -> MediaChoice:
    """Resolve --media. Raises MediaError."""
    if settings.media == "none":
        return MediaChoice("no page is opened")
    try:
        programs = find_browser(settings.browser, os.environ), find_ffmpeg()
        if not settings.no_sandbox:
            require_sandbox(programs[0])
    except NotInstalledError as missing:
        if settings.media == "chromium" or settings.browser:
            raise MediaError(str(missing)) from None
        return MediaChoice(f"no page is opened. {missing}")
    why = str(programs[0]) if has_client_library() else f"{programs[0]}; {_NO_SOUND}"
    if settings.picture == "screencast":
        return MediaChoice(why, programs, "screencast", "screencast")
    if not draws_on_display(programs[0], no_sandbox=settings.no_sandbox):
        return MediaChoice(why, programs, "screencast", _NO_DISPLAY)
    return MediaChoice(why, programs)


def make_media(choice: MediaChoice, listener: Listener, settings: Settings) -> Media:
    """The media that were chosen."""
    if choice.programs is None:
        return NoMedia(listener)
    recorder = RecorderSettings(
        *choice.programs, settings.max_recordings, no_sandbox=settings.no_sandbox, picture=choice.picture
    )
    return ChromiumMedia(listener, recorder, settings.data)
