"""Ctrl-C, and a pipeline's cancel: the first one ends the rehearsal where nothing is left behind by it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

import attrs

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@attrs.define
class Interrupts:
    """Makes one KeyboardInterrupt of all signals that ask for an end."""

    _holds: int = attrs.field(default=0, init=False)
    _came: bool = attrs.field(default=False, init=False)
    _raised: bool = attrs.field(default=False, init=False)

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Listen within the block."""
        before = {number: signal.signal(number, self._on_signal) for number in _NUMBERS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let a signal wait until the block is left: a process is started in it, or something cleaned up."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            self._raise_if_due()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        self._raise_if_due()

    def _raise_if_due(self) -> None:
        if self._came and not self._raised and not self._holds:
            self._raised = True
            raise KeyboardInterrupt
