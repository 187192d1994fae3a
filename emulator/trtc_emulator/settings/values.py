"""What one run of the emulator is told: attrs values, no reading of arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import attrs

from trtc_emulator.settings.assumptions import Assumptions
from trtc_emulator.settings.receivers import Receivers

# Fixed and public on purpose: they open nothing but an emulator, and say so.
DEFAULT_SECRET_ID = "AKIDtrtcEmulatorDefault0000000000000"  # noqa: S105
DEFAULT_SECRET_KEY = "trtc-emulator-default-secret-key"  # noqa: S105

REGIONS = {
    "intl": ("ap-singapore",),
    "china": ("ap-beijing", "ap-guangzhou", "ap-shanghai"),
}


@attrs.frozen
class Settings:
    """One run of the emulator.

    Attributes:
        data: The folder of the database and of the recordings.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        secret_id: The one key that is accepted.
        secret_key: Its secret.
        token: The one X-TC-Token that is accepted beside requests without one; None accepts none.
        start_delay: Seconds between an accepted Start and the recording.
        site: Decides which regions are accepted, and which error codes there are.
        media: "none", "chromium" or "auto".
        browser: The browser to record with, a path or a name on PATH; None looks for one.
        no_sandbox: The browser runs without its sandbox; only where that was asked for.
        picture: How the picture is taken: "screencast", or "display" where the browser can.
        max_recordings: How many recordings a browser makes at once; None is one for each core.
        sdk_app_ids: The account's applications; empty takes any.
        body_timeout: Seconds in which a request's body must have come.
        receivers: Who is told what happens to recordings.
        assumptions: What is not documented.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8647
    secret_id: str = DEFAULT_SECRET_ID
    secret_key: str = attrs.field(default=DEFAULT_SECRET_KEY, repr=False)
    token: str | None = attrs.field(default=None, repr=False)
    start_delay: float = 5.0
    site: Literal["intl", "china"] = "intl"
    media: Literal["auto", "none", "chromium"] = "auto"
    browser: str | None = None
    no_sandbox: bool = False
    picture: Literal["display", "screencast"] = "display"
    max_recordings: int | None = None
    sdk_app_ids: frozenset[int] = frozenset()
    body_timeout: float = 30.0
    receivers: Receivers = attrs.field(factory=Receivers)
    assumptions: Assumptions = attrs.field(factory=Assumptions)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that the site has."""
        return REGIONS[self.site]
