"""Starts a browser with a fresh profile, driven over pipes."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path

import attrs

from trtc_emulator.recorder.cdp import Cdp
from trtc_emulator.recorder.process import dies_with_parent, keep_last_lines, passed_environment

_SWITCHES = (
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--disable-breakpad",
    "--disable-dev-shm-usage",  # a container's /dev/shm has 64 MB
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-ipc-flooding-protection",
    "--disable-features=Translate,MediaRouter,OptimizationHints,InterestFeedContentSuggestions",
    "--autoplay-policy=no-user-gesture-required",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    "--deny-permission-prompts",
)
# A page that prints would cover itself with a preview.
_PREFERENCES = {"printing": {"enabled": False}}
# The fixed numbers that --remote-debugging-pipe reads from and writes to.
_COMMANDS_FD, _EVENTS_FD = 3, 4
_ABOVE_BOTH = 64


@attrs.frozen
class Browser:
    """A running browser. Its log may name what the page loads: it is for the time before there is a page."""

    process: asyncio.subprocess.Process
    cdp: Cdp
    log: list[str] = attrs.field(repr=False)
    _logging: asyncio.Task[None] = attrs.field(repr=False)

    async def close(self) -> None:
        """Kill it: there is nothing in it that must be saved. Its own processes end when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        self._logging.cancel()


async def launch(
    executable: Path,
    scratch: Path,
    size: tuple[int, int],
    *,
    no_sandbox: bool,
    switches: tuple[str, ...],
    environment: Mapping[str, str],
    fds: tuple[int, ...],
) -> Browser:
    """Start a browser whose profile and temporary files are in `scratch`.

    Args:
        no_sandbox: Whether it goes without its sandbox.
        switches: Those of the page's identity, and of how it shows the page.
        environment: What it sees beside what every process does.
        fds: What it inherits.

    Raises:
        OSError: It cannot be started.
    """
    commands_read, commands_write = os.pipe()
    events_read, events_write = os.pipe()
    die = dies_with_parent(signal.SIGKILL)

    def prepare() -> None:
        sources = [fcntl.fcntl(fd, fcntl.F_DUPFD, _ABOVE_BOTH) for fd in (commands_read, events_write)]
        os.dup2(sources[0], _COMMANDS_FD)
        os.dup2(sources[1], _EVENTS_FD)
        die()

    profile = _new_profile(scratch)
    sandbox = ("--no-sandbox",) if no_sandbox else ()
    placeholders = _occupy_low_numbers()
    try:
        process = await asyncio.create_subprocess_exec(
            executable,
            *_SWITCHES,
            *sandbox,
            *switches,
            f"--user-data-dir={profile}",
            f"--window-size={size[0]},{size[1]}",
            "about:blank",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**passed_environment(os.environ), "TMPDIR": str(scratch), **environment},
            pass_fds=(_COMMANDS_FD, _EVENTS_FD, *fds),
            preexec_fn=prepare,
        )
    except BaseException:
        os.close(commands_write)
        os.close(events_read)
        raise
    finally:
        for fd in (*placeholders, commands_read, events_write):
            os.close(fd)
    log: list[str] = []
    stderr = process.stderr or asyncio.StreamReader()
    logging = asyncio.ensure_future(keep_last_lines(stderr, log))
    return Browser(process, Cdp(events_read, commands_write), log, logging)


def _new_profile(scratch: Path) -> Path:
    profile = Path(tempfile.mkdtemp(prefix="profile-", dir=scratch))
    (profile / "Default").mkdir()
    (profile / "Default/Preferences").write_text(json.dumps(_PREFERENCES))
    return profile


def _occupy_low_numbers() -> list[int]:
    # subprocess opens a pipe of its own between fork and exec: it must not get the two fixed numbers.
    opened = []
    while (fd := os.open(os.devnull, os.O_RDONLY)) <= max(_COMMANDS_FD, _EVENTS_FD):
        opened.append(fd)
    return [*opened, fd]
