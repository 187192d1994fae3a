"""Which scripts this machine's fonts cannot draw: a page in them would be recorded as empty boxes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable

import attrs

_SECONDS = 10


@attrs.frozen
class Script:
    """What people call it, what fontconfig matches its fonts by, and Debian's small package that has one."""

    name: str
    pattern: str
    package: str


SCRIPTS = (
    Script("Chinese", ":charset=4e2d", "fonts-wqy-microhei"),
    Script("Japanese", ":charset=3042", "fonts-wqy-microhei"),
    Script("Korean", ":charset=ac00", "fonts-wqy-microhei"),
    Script("Thai", ":charset=e01", "fonts-tlwg-loma-otf"),
    Script("Devanagari", ":charset=905", "fonts-lohit-deva"),
    # By its language: a font of letters may have some of them in black and white.
    Script("emoji", ":lang=und-zsye", "fonts-noto-color-emoji"),
)


def missing_scripts(path: str | None = None) -> list[Script]:
    """The scripts that no font covers; none where fontconfig, which would know, is not on `path`."""
    fc_list = shutil.which("fc-list", path=path)
    return [script for script in SCRIPTS if fc_list and not _covered(fc_list, script)]


def font_warning() -> str:
    """What this machine's people should know before they record; mostly nothing."""
    return warning(missing_scripts())


def packages(scripts: Iterable[Script]) -> list[str]:
    """What to install for them, each once."""
    return list(dict.fromkeys(script.package for script in scripts))


def warning(scripts: list[Script]) -> str:
    """For people, in one line; nothing for no scripts."""
    if not scripts:
        return ""
    names = ", ".join(script.name for script in scripts)
    return (
        f"no font draws {names}: pages show empty boxes instead. Install some, on Debian and Ubuntu with "
        f"`apt-get install {' '.join(packages(scripts))}`"
    )


def _covered(fc_list: str, script: Script) -> bool:
    # What cannot be asked is not warned of.
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program and fixed arguments
            [fc_list, script.pattern, "family"], capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return True
    return done.returncode != 0 or bool(done.stdout.strip())
