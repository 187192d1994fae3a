"""Which media an emulator has: the one place that decides whether pages are opened."""

from __future__ import annotations

from typing import Literal

import attrs

from trtc_emulator.media import Listener, Media, NoMedia
from trtc_emulator.settings import Settings


class MediaError(Exception):
    """The media that were asked for cannot be had; the text says what to do."""


@attrs.frozen
class MediaChoice:
    """What was chosen, and why in a few words for the first lines of the output."""

    name: Literal["none", "chromium"]
    why: str

    @property
    def survives(self) -> bool:
        """Whether recordings outlive the emulator's process."""
        return self.name == "none"


def choose_media(wanted: Literal["auto", "none", "chromium"]) -> MediaChoice:
    """Resolve --media. Raises MediaError."""
    if wanted == "chromium":
        raise MediaError("this version of the emulator has no recorder: use --media none")
    return MediaChoice("none", "no page is opened")


def make_media(choice: MediaChoice, listener: Listener, settings: Settings) -> Media:
    """The media that were chosen."""
    del choice, settings
    return NoMedia(listener)
