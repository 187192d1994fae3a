"""Ctrl-C and its kin: the first ends the demo, at a place where nothing can be left behind by it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _State:
    held = 0
    came = False
    raised = False


def install() -> None:
    """Make KeyboardInterrupt of the first signal; further ones would only cut the cleaning up short."""
    for number in _NUMBERS:
        signal.signal(number, _on_signal)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let a signal wait until the block is left: while a process is started, or something is cleaned up."""
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        _raise_if_due()


def _on_signal(number: int, frame: FrameType | None) -> None:
    del number, frame
    _State.came = True
    _raise_if_due()


def _raise_if_due() -> None:
    if _State.came and not _State.raised and not _State.held:
        _State.raised = True
        raise KeyboardInterrupt
