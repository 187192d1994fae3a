"""The command, where what it needs is installed."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import resource
import signal
import sqlite3
import sys
from contextlib import suppress

from aiohttp.http_exceptions import HttpProcessingError

from trtc_emulator.assembly.emulator import running
from trtc_emulator.assembly.first_process import stand_aside
from trtc_emulator.assembly.media_choice import MediaChoice, MediaError, choose_media
from trtc_emulator.recorder import font_warning
from trtc_emulator.settings.command_line import read_settings
from trtc_emulator.settings.values import DEFAULT_SECRET_KEY, Settings
from trtc_emulator.tasks.store import StoreError


def main() -> None:
    """Serve until SIGTERM or SIGINT. Exits with 0 then, 1 where it cannot serve, 2 for a wrong argument."""
    stand_aside()
    if isinstance(sys.stdout, io.TextIOWrapper):  # a folder's name may have what the locale has not
        sys.stdout.reconfigure(errors="backslashreplace")
    settings = read_settings(sys.argv[1:], os.environ)
    _set_up_logging()
    _raise_file_limit()
    try:
        asyncio.run(_serve(settings, choose_media(settings)))
    except (OSError, StoreError, MediaError) as error:
        sys.exit(f"trtc-emulator: {error}")
    except sqlite3.Error as error:
        # It does not say which database.
        sys.exit(f"trtc-emulator: {settings.data}: {error}")


async def _serve(settings: Settings, choice: MediaChoice) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(settings, choice) as emulator:
        _announce(settings, choice, emulator.port)
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((stopped, emulator.timers), return_when=asyncio.FIRST_COMPLETED)
        if emulator.timers.done():
            stopped.cancel()
            await emulator.timers


def _announce(settings: Settings, choice: MediaChoice, port: int) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"http://{host}:{port}")
    print(f"data        {settings.data}")
    print(f"secret id   {settings.secret_id}")
    shown = settings.secret_key == DEFAULT_SECRET_KEY
    print(f"secret key  {settings.secret_key if shown else '(as given)'}")
    print(f"regions     {', '.join(settings.regions)}")
    print(f"media       {choice.name}: {choice.why}", flush=True)
    if choice.programs:
        print(f"picture     {choice.picture_line}", flush=True)
    if choice.programs and (warning := font_warning()):
        print(f"warning     {warning}", flush=True)


def _set_up_logging() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    # What is no HTTP is answered with 400; its text, perhaps a secret in it, stays out of the log.
    logging.getLogger("aiohttp.server").addFilter(
        lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
    )


def _raise_file_limit() -> None:
    # Every idle connection is a file.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
