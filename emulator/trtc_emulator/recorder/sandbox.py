"""Whether the browser can have its sandbox here."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from trtc_emulator.recorder.browser import NotInstalledError

NO_SANDBOX = "TRTC_EMULATOR_NO_SANDBOX"
_OTHERWISE = (
    f"or give --no-sandbox (or {NO_SANDBOX}=1), which is safe where the pages are trusted or the container "
    "is the sandbox; `--media none` records nothing."
)
# CLONE_NEWUSER and CLONE_NEWPID together: where only the first is allowed, the sandbox fails too.
_PROBE = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x30000000) != 0)"


def require_sandbox(browser: Path) -> None:
    """Raises NotInstalledError, which says what to do, where the browser would refuse to start with it."""
    if not sys.platform.startswith("linux"):
        return
    if os.geteuid() == 0:
        raise NotInstalledError(
            f"The browser refuses to run as root with its sandbox: be another user, {_OTHERWISE}"
        )
    if not _has_helper(browser) and not _may_make_namespaces():
        raise NotInstalledError(
            "The browser's sandbox needs user namespaces, and this user may make none here: allow them "
            f"(sysctl, AppArmor, or the container's seccomp profile), {_OTHERWISE}"
        )


def _may_make_namespaces() -> bool:
    probe = [sys.executable, "-c", _PROBE]
    return subprocess.run(probe, check=False).returncode == 0  # noqa: S603 - of this file alone


def _has_helper(browser: Path) -> bool:
    """Whether there is a setuid helper, which needs no user namespaces."""
    folders = (browser.resolve().parent, Path("/usr/lib/chromium"))
    helpers = [Path(os.environ.get("CHROME_DEVEL_SANDBOX", "")), *(one / "chrome-sandbox" for one in folders)]
    return any(one.is_file() and one.stat().st_mode & stat.S_ISUID for one in helpers)
