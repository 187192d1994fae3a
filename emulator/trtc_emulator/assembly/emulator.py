"""One emulator, put together: database, recordings, API and control routes on one socket."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs
from aiohttp import web

from trtc_emulator.api.actions import Actions
from trtc_emulator.api.faults import FaultBook
from trtc_emulator.api.ratelimit import RateLimiter
from trtc_emulator.api.requests_log import RequestLog
from trtc_emulator.api.server import MAX_BODY, ApiServer
from trtc_emulator.assembly.media_choice import MediaChoice, make_media
from trtc_emulator.callbacks.service import Callbacks
from trtc_emulator.control.page import PageRoutes
from trtc_emulator.control.routes import Control
from trtc_emulator.settings.values import Settings
from trtc_emulator.tasks.clock import OffsetClock
from trtc_emulator.tasks.service import TaskService
from trtc_emulator.tasks.store import Store, StoreError
from trtc_emulator.tasks.vod import VodCatalog


@attrs.frozen
class Emulator:
    """A running emulator.

    Attributes:
        port: The port that it listens on.
        timers: Ends only when something went wrong.
    """

    port: int
    timers: asyncio.Task[None]


@asynccontextmanager
async def running(settings: Settings, choice: MediaChoice) -> AsyncIterator[Emulator]:
    """Serve until the block is left. Raises StoreError, or OSError where the address is taken."""
    settings.data.mkdir(parents=True, exist_ok=True)
    lock = _lock(settings)
    store = Store(settings.data / "emulator.db")
    try:
        clock = OffsetClock()
        tasks = TaskService(store, clock, settings, survives=choice.survives)
        tasks.attach(make_media(choice, tasks, settings))
        server = ApiServer(
            settings,
            Actions(tasks, settings),
            RateLimiter(settings.assumptions.rate_limit),
            FaultBook(),
            RequestLog(),
        )
        app = web.Application(client_max_size=MAX_BODY)
        browser, picture = (str(choice.programs[0]), choice.picture) if choice.programs else (None, None)
        PageRoutes(store, clock, settings.data, picture, server.serve).add_routes(app)
        app.router.add_route("*", "/", server.serve)
        callbacks = Callbacks(settings, store)
        tasks.keep_with(callbacks.keep)
        tasks.subscribe(VodCatalog(settings.data).on_event)
        tasks.subscribe(callbacks.on_event)
        control = Control(server, tasks, store, clock, choice.name, browser, picture, (callbacks.reset,))
        control.add_routes(app)
        await tasks.recover()
        timers = asyncio.get_running_loop().create_task(tasks.run())
        runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=2.0)
        try:
            await runner.setup()
            site = web.TCPSite(runner, settings.host, settings.port, backlog=1024)
            await site.start()
            port: int = runner.addresses[0][1]
            callbacks.start(address(settings.host, port))
            yield Emulator(port, timers)
        finally:
            timers.cancel()
            await runner.cleanup()
            await tasks.close()
            await callbacks.close()
    finally:
        store.close()
        os.close(lock)


def address(host: str, port: int) -> str:
    """Where an emulator that listens there is reached from this machine."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _lock(settings: Settings) -> int:
    # Two emulators on one folder would each let the same recordings begin and end.
    lock = os.open(settings.data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise StoreError(f"{settings.data} is in use by another emulator") from error
    return lock
