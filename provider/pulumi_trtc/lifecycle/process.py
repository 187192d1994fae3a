"""How a provider's process is put together."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.lifecycle.calls import Calls
from pulumi_trtc.lifecycle.notes import Notes
from pulumi_trtc.lifecycle.own_state import OwnState
from pulumi_trtc.settings.read import Settings, read_settings
from pulumi_trtc.stack.cli import StackReader, open_reader
from pulumi_trtc.stack.running_cli import has_company

if TYPE_CHECKING:
    from pulumi_trtc.lifecycle.lifecycle import Lifecycle

_AT_ONCE = 32
"""At 20 requests/s more would come only where an answer takes longer than a second and a half."""


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
    born, beside = clock.monotonic(), ThreadPoolExecutor(_AT_ONCE)

    def open_(settings: Settings) -> Lifecycle:
        from pulumi_trtc.lifecycle.sending import open_lifecycle  # noqa: PLC0415  few previews send anything

        return open_lifecycle(settings, clock, born, engine, tell)

    try:
        return Calls((), state, read_settings(config, environ, home), open_, notes, beside)
    except ConfigError as wrong:
        return Calls(wrong.problems, state, None, open_, notes, beside)


def _later(seconds: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
