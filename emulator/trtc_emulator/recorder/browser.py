"""Which browser and which encoder this machine has."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

SETTING = "TRTC_EMULATOR_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NotInstalledError(Exception):
    """No browser or no ffmpeg is found; the message says how to get one."""


def find_browser(explicit: str | None, environ: Mapping[str, str]) -> Path:
    """The browser to record with: `explicit`, TRTC_EMULATOR_BROWSER, one on PATH, Playwright's newest.

    Args:
        explicit: What `--browser` says: a path, or a name on PATH.
        environ: The environment.

    Raises:
        NotInstalledError: There is none, or the one that was asked for is not there.
    """
    path = environ.get("PATH", os.defpath)
    for source, wanted in (("--browser", explicit), (SETTING, environ.get(SETTING))):
        if wanted:
            found = shutil.which(wanted, path=path)
            if found is None:
                raise NotInstalledError(f"{source} names {wanted}, and there is no such program.")
            return Path(found)
    for name in _NAMES:
        if found := shutil.which(name, path=path):
            return Path(found)
    if fetched := _playwrights(environ):
        return fetched
    raise NotInstalledError(
        "No browser to record with was found: no chromium or google-chrome on PATH, and Playwright has none. "
        "Install one with `apt-get install chromium` (Debian, Ubuntu) or "
        "`pip install playwright && playwright install --with-deps chromium`, or name one with --browser or "
        f"{SETTING}; `--media none` records nothing."
    )


def find_ffmpeg() -> Path:
    """The encoder that IMAGEIO_FFMPEG_EXE names, the one of the imageio-ffmpeg wheel, or one on PATH.

    Raises:
        NotInstalledError: There is none.
    """
    try:
        import imageio_ffmpeg  # noqa: PLC0415 - `--media none` works without it

        found = shutil.which(imageio_ffmpeg.get_ffmpeg_exe())
    except (ModuleNotFoundError, RuntimeError):
        found = shutil.which("ffmpeg")
    if found is None:
        raise NotInstalledError(
            "No ffmpeg to record with was found. Install it with `pip install 'pulumi-trtc[emulator]'`, or "
            "name one with IMAGEIO_FFMPEG_EXE; `--media none` records nothing."
        )
    return Path(found)


def _playwrights(environ: Mapping[str, str]) -> Path | None:
    home = Path(environ.get("HOME") or Path.home())
    folder = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or home / ".cache" / "ms-playwright")
    found = [path for path in folder.glob("chromium-*/chrome-linux*/chrome") if os.access(path, os.X_OK)]
    return max(found, key=lambda path: int("0" + re.sub(r"\D", "", path.parts[-3])), default=None)
