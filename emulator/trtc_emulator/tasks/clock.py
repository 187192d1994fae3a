"""Time of the recordings: the machine's, plus an offset that the clock control moves forward."""

from __future__ import annotations

import time
from collections.abc import Callable


class OffsetClock:
    """Wall time plus an offset, in milliseconds since 1970. The signature's skew does not use it."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self.offset_ms = 0

    def now_ms(self) -> int:
        """The time of the recordings."""
        return int(self._wall() * 1000) + self.offset_ms

    def move_to(self, now_ms: int) -> None:
        """Make it `now_ms`, or leave it where that time has passed already."""
        self.offset_ms += max(0, now_ms - self.now_ms())
