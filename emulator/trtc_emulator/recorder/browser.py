"""Which browser and which encoder this machine has."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SETTING = "TRTC_EMULATOR_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowserError(Exception):
    """No browser is found; the message says how to get one."""


def find_browser(
    explicit: str | None,
    environ: Mapping[str, str],
    bundled: Callable[[], Path | None] | None = None,
) -> Path:
    """The browser to record with: `explicit`, TRTC_EMULATOR_BROWSER, one on PATH, Playwright's own.

    Call it before an event loop has to be quick: asking Playwright takes half a second.

    Args:
        explicit: What `--browser` says: a path, or a name on PATH.
        environ: The environment.
        bundled: Finds Playwright's own; for tests.

    Raises:
        NoBrowserError: There is none, or the one that was asked for is not there.
    """
    path = environ.get("PATH", os.defpath)
    for source, wanted in (("--browser", explicit), (SETTING, environ.get(SETTING))):
        if wanted:
            found = shutil.which(wanted, path=path)
            if found is None:
                raise NoBrowserError(f"{source} names {wanted}, and there is no such program.")
            return Path(found)
    for name in _NAMES:
        if found := shutil.which(name, path=path):
            return Path(found)
    if own := (bundled or _playwrights_own)():
        return own
    raise NoBrowserError(
        "No browser to record with was found: no chromium or google-chrome on PATH, and Playwright has none. "
        "Install one with `apt-get install chromium` (Debian, Ubuntu) or "
        f"`{sys.executable} -m playwright install --with-deps chromium`, or name one with --browser or "
        f"{SETTING}; `--media none` records nothing."
    )


def find_ffmpeg() -> Path:
    """The encoder of the imageio-ffmpeg wheel, or the one that IMAGEIO_FFMPEG_EXE names.

    Raises:
        RuntimeError: There is none for this platform.
    """
    import imageio_ffmpeg  # noqa: PLC0415 - `--media none` works without it

    return Path(imageio_ffmpeg.get_ffmpeg_exe())


def _playwrights_own() -> Path | None:
    def ask() -> Path:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415

        with sync_playwright() as playwright:
            return Path(playwright.chromium.executable_path)

    # In a thread of its own, since Playwright's blocking form refuses to run beside an event loop.
    with ThreadPoolExecutor(1) as pool:
        path = pool.submit(ask).result()
    return path if path.exists() else None
