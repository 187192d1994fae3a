"""A Chromium for the emulator's recorder: the one that is there, or a new one."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.dev import debian, steps, venv

SETTING = "TRTC_EMULATOR_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Text needs a font, and Debian's browser comes with none.
PACKAGES = ("chromium", "fonts-liberation")
BY_HAND = f"install Chromium or Chrome, or name one: {SETTING}=/path/to/chromium"


def find(environ: Mapping[str, str], home: Path) -> Path | None:
    """A browser in the order in which the emulator looks: the setting, PATH, Playwright's own."""
    named = environ.get(SETTING)
    if named:
        program = shutil.which(named, path=environ.get("PATH"))
        if program is None:
            raise steps.ProblemError(f"{SETTING} names {named}, and there is no such program")
        return Path(program)
    for name in NAMES:
        if on_path := shutil.which(name, path=environ.get("PATH")):
            return Path(on_path)
    return next(iter(sorted(_playwrights(environ, home), reverse=True)), None)


def _playwrights(environ: Mapping[str, str], home: Path) -> list[Path]:
    usual = home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    folder = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or usual)
    patterns = (
        "chromium-*/chrome-linux*/chrome",
        "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    )
    return [path for pattern in patterns for path in folder.glob(pattern) if os.access(path, os.X_OK)]


def ensure() -> Path:
    """Find a browser or install one: Debian's package where that can be done, else Playwright's."""
    found = find(os.environ, Path.home())
    if found:
        return found
    why = "no Chromium or Chrome was found for the emulator's recorder"
    os_release = Path("/etc/os-release")
    on_debian = debian.has_apt() and os_release.exists() and debian.is_debian(os_release.read_text())
    if on_debian and debian.as_root() is not None:
        debian.install(PACKAGES, why)
    else:
        by_hand = f"{debian.by_hand(PACKAGES)}, or {BY_HAND}" if on_debian else BY_HAND
        steps.say(f"{why}: fetching Playwright's")
        with tempfile.TemporaryDirectory() as folder:
            command = [str(venv.PYTHON), "-m", "playwright", "install", "chromium"]
            try:
                steps.run(command, "fetching Chromium", Path(folder) / "log")
            except steps.ProblemError as problem:
                raise steps.ProblemError(f"{why}; {by_hand}. {problem}") from None
    found = find(os.environ, Path.home())
    if found is None:
        raise steps.ProblemError(f"{why}, also after installing one; {BY_HAND}")
    return found
