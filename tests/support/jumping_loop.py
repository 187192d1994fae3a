"""An event loop whose time jumps to the next timer, so that nobody waits for one."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class _Jumping(selectors.SelectSelector):
    """Where nothing is to be read, the time that was to be waited is over."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "nothing will ever happen"
        self.now += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run(main: Coroutine[Any, Any, None]) -> None:
    """`asyncio.run` for what has timers alone."""
    loop = _Loop()
    try:
        loop.run_until_complete(main)
    finally:
        loop.close()
