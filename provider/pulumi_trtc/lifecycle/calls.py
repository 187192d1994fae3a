"""What one provider process shares between its four threads: settings, the API, the stack's state."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.errors import ConfigError
from pulumi_trtc.inputs.body import StorageKeys
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import SdkApi
from pulumi_trtc.service.rate import RateLimiter
from pulumi_trtc.service.retry import RetryingApi
from pulumi_trtc.settings.read import Settings, read_settings
from pulumi_trtc.stack.cli import StackReader

_CONNECT_TIMEOUT_S = 2.0


@attrs.frozen
class Session:
    """Built once a process; no call is made and no credential is read until one is needed.

    Attributes:
        problems: What is wrong with the configuration, each with its key; `lifecycle` raises them all.
        stack: Reads the stack's saved state.
        made: URNs of recordings that this process has started or looked after.
        declared: URNs of recordings that the program declares, once they are checked; none in a destroy.
    """

    problems: tuple[str, ...]
    stack: StackReader
    settings: Settings | None
    _lifecycle: Lifecycle | None
    made: set[str] = attrs.field(factory=set, init=False)
    declared: set[str] = attrs.field(factory=set, init=False)

    @property
    def lifecycle(self) -> Lifecycle:
        """What starts and stops recordings.

        Raises:
            ConfigError: The configuration is wrong.
        """
        if self._lifecycle is None:
            raise ConfigError(self.problems)
        return self._lifecycle

    def storage_keys(self) -> StorageKeys | None:
        """The configured storage keys, for a program that leaves them out.

        Raises:
            ConfigError: There are none.
        """
        if self.settings is None:
            return None
        if self.settings.storage_keys is None:
            raise ConfigError(
                (
                    "storageParams.cloudStorage.accessKey: the program gives no storage keys, and neither do "
                    "the configuration (trtc:storageAccessKey, trtc:storageSecretKey) and the environment "
                    "(TRTC_STORAGE_ACCESS_KEY, TRTC_STORAGE_SECRET_KEY)",
                )
            )
        return self.settings.storage_keys


def open_session(
    config: Mapping[str, Any],
    environ: Mapping[str, str],
    home: Path,
    engine: str,
    tell: Callable[[str], None],
) -> Session:
    """The session of this process.

    Args:
        config: The stack's configuration, full keys ("trtc:site"), secrets in clear.
        engine: Address of the engine that started this process.
        tell: Prints a line for the person who runs the update.
    """
    clock = SystemClock()
    stack = StackReader(clock, environ)
    try:
        settings = read_settings(config, environ, home)
    except ConfigError as wrong:
        return Session(wrong.problems, stack, None, None)
    api = RetryingApi(
        SdkApi(settings),
        clock,
        RateLimiter(clock),
        random.Random(),  # noqa: S311  jitter, not a secret
        settings.max_retry_time,
        tell,
        may_send=lambda: _listens(engine),
    )
    window = StartWindow(settings.start_window, clock, born=clock.monotonic())
    return Session((), stack, settings, Lifecycle(api, window, tell))


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
