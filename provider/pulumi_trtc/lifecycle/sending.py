"""How what sends requests is put together; it is loaded where the first one is about to be sent."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable

from pulumi_trtc.clock import Clock
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import SdkApi, load_sdk
from pulumi_trtc.service.rate import RateLimiter
from pulumi_trtc.service.retry import RetryingApi
from pulumi_trtc.settings.read import Settings

_CONNECT_TIMEOUT_S = 2.0


def open_lifecycle(
    settings: Settings, clock: Clock, born: float, engine: str, tell: Callable[[str], None]
) -> Lifecycle:
    """What starts and stops this process's recordings.

    Args:
        born: When the process began, by the clock's monotonic time.
        engine: See `open_calls`.
    """
    load_sdk()
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
    return Lifecycle(api, StartWindow(settings.start_window, clock, born, tell), settings.place, tell)


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
