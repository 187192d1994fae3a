"""Processes that never outlive who started them, and that are told no secret of their parent's."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.02
_KEPT_BYTES = 2000
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# What a browser, ffmpeg and Python themselves read. The emulator's own environment may hold keys.
_PASSED_NAMES = {"PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "DISPLAY", "LD_LIBRARY_PATH"} | {
    "VIRTUAL_ENV",
    "IMAGEIO_FFMPEG_EXE",
    "CHROME_DEVEL_SANDBOX",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
}
_PASSED_PREFIXES = ("LC_", "XDG_", "FONTCONFIG_", "PYTHON", "PLAYWRIGHT_", "SSL_CERT_")


def passed_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that the recorder's processes get."""
    return {k: v for k, v in environ.items() if k in _PASSED_NAMES or k.startswith(_PASSED_PREFIXES)}


def dies_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A preexec function: the new process gets this signal when its parent dies, however it dies (Linux)."""
    parent = os.getpid()

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:  # it died before the call
                os.kill(os.getpid(), number)

    return prepare


def kill_group(pgid: int) -> None:
    """SIGKILL to a process group; one that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, signal.SIGKILL)


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write all of it, however little a pipe takes at once. Raises BrokenPipeError: the reader is gone."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


async def keep_last_lines(stream: asyncio.StreamReader, log: list[str]) -> None:
    """Read what a process logs, so that it never waits, and keep the end of it in `log`."""
    end = b""
    while chunk := await stream.read(_KEPT_BYTES):
        end = (end + chunk)[-_KEPT_BYTES:]
        log[:] = [line.strip() for line in end.decode(errors="replace").splitlines() if line.strip()]


def kill_rest_of_group(seconds: float) -> None:
    """SIGKILL to all that is left of the group that this process leads, but to itself, until none is there.

    Blocks for at most so many seconds. Does nothing without /proc, or in a group that another process leads.
    """
    deadline = time.monotonic() + seconds
    while os.getpgrp() == os.getpid() and (rest := _rest_of_group()) and time.monotonic() < deadline:
        for pid in rest:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)


def _rest_of_group() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(group) == os.getpgrp() and state not in "ZX":
                found.append(int(stat.parent.name))
    return [pid for pid in found if pid != os.getpid()]
