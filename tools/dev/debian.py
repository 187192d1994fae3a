"""Installing system packages on Debian and its kin: the only thing here that needs root, and it says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.dev import steps


def by_hand(packages: Sequence[str]) -> str:
    """What a person types."""
    return f"sudo apt-get update && sudo apt-get install {' '.join(packages)}"


def has_apt() -> bool:
    """Whether this is a system with apt-get."""
    return shutil.which("apt-get") is not None


def is_debian(os_release: str) -> bool:
    """Whether this is Debian itself by the text of /etc/os-release; Ubuntu's browser packages are snaps."""
    return any(line.strip().replace('"', "") == "ID=debian" for line in os_release.splitlines())


def as_root() -> list[str] | None:
    """What goes before a command to run it as root without a question; None where that cannot be done."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def install(packages: Sequence[str], why: str) -> None:
    """Install packages as root; a problem names what to type."""
    prefix = as_root() if has_apt() else None
    if prefix is None:
        raise steps.ProblemError(f"{why}, and installing it needs root. Run: {by_hand(packages)}")
    how = "as root" if not prefix else "with sudo"
    steps.say(f"{why}: installing {', '.join(packages)} {how}, by apt-get")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "apt.log"
        try:
            steps.run([*apt, "update"], "updating the package lists", log)
        except steps.ProblemError as problem:
            steps.say(f"  the package lists are as old as they were: {problem}")
        steps.run(
            [*apt, "install", "-y", "--no-install-recommends", *packages], f"installing {packages[0]}", log
        )
