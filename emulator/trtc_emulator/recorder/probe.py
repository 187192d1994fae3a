"""Whether a browser draws on a Wayland display at all: headless shells and some builds do not."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from pathlib import Path

from trtc_emulator.recorder.process import kill_group, passed_environment
from trtc_emulator.recorder.ways import WINDOWED

# A browser connects within a fifth of one.
_SECONDS = 10.0


def draws_on_display(browser: Path, *, no_sandbox: bool) -> bool:
    """Start a browser and see whether it connects. Blocks until it does, ends or is given up."""
    ours, clients = socket.socketpair()
    with ours, clients, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = {"WAYLAND_SOCKET": str(clients.fileno()), "XDG_RUNTIME_DIR": folder, "TMPDIR": folder}
        try:
            process = subprocess.Popen(  # noqa: S603 - the browser that is to record
                [
                    *(str(browser), *WINDOWED, "--no-first-run", f"--user-data-dir={folder}/profile"),
                    *(("--no-sandbox",) if no_sandbox else ()),
                    "about:blank",
                ],
                env={**passed_environment(os.environ), **environment},
                pass_fds=(clients.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return False
        clients.close()
        ours.settimeout(_SECONDS)
        try:
            with contextlib.suppress(OSError):
                return bool(ours.recv(1))
            return False
        finally:
            kill_group(process.pid)
            process.wait()
