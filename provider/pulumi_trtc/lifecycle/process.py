"""How a provider's process is put together."""

from __future__ import annotations

import atexit
import random
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.lifecycle.calls import Calls
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.notes import Notes
from pulumi_trtc.lifecycle.own_state import OwnState
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import SdkApi, load_sdk
from pulumi_trtc.service.rate import RateLimiter
from pulumi_trtc.service.retry import RetryingApi
from pulumi_trtc.settings.read import read_settings
from pulumi_trtc.stack.cli import StackReader, open_reader
from pulumi_trtc.stack.running_cli import has_company

_CONNECT_TIMEOUT_S = 2.0


def open_calls(
    config: Mapping[str, Any],
    environ: Mapping[str, str],
    home: Path,
    engine: str,
    tell: Callable[[str], None],
    *,
    provider: str = "",
    reader: StackReader | None = None,
) -> Calls:
    """The calls of this process.

    Args:
        config: The stack's configuration, full keys ("trtc:site"), secrets in clear.
        engine: Address of the engine that started this process.
        tell: Prints a line for the person who runs the update.
        provider: See `OwnState`.
        reader: One that has begun to read.
    """
    notes = Notes(tell, _later)
    atexit.register(notes.tell_all)
    reader = reader or open_reader(environ)
    clock, cli = reader.clock, reader.cli
    state = OwnState(reader, tell, provider, lambda: has_company(cli, engine))
    try:
        settings = read_settings(config, environ, home)
    except ConfigError as wrong:
        return Calls(wrong.problems, state, None, None, notes)
    sdk = SdkApi(settings)
    api = RetryingApi(
        sdk,
        clock,
        RateLimiter(clock),
        random.Random(),  # noqa: S311  jitter, not a secret
        settings.max_retry_time,
        tell,
        ready=sdk.ready,
        may_send=lambda: _listens(engine),
    )
    window = StartWindow(settings.start_window, clock, clock.monotonic(), tell)
    return Calls((), state, settings, Lifecycle(api, window, settings.place, tell), notes, load_sdk)


def _later(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


def _listens(engine: str) -> bool:
    """Whether the engine still runs. A provider outlives a killed CLI, and must then start nothing more."""
    host, _, port = engine.rpartition(":")
    if not port.isdigit():
        return True
    try:
        socket.create_connection((host, int(port)), timeout=_CONNECT_TIMEOUT_S).close()
    except ConnectionRefusedError:
        return False
    except OSError:
        return True
    return True
