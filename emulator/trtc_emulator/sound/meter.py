"""How loud it is, for somebody who looks on: cheap, and no measurement."""

from __future__ import annotations

import math
from array import array

FLOOR_DB = -60.0
# Of a block's samples, left and right in turn, each so many-th is looked at: an odd number sees both sides.
_STEP = 7
# A level falls no faster than this from one reading to the next, so that a short sound is seen.
_FALL_DB = 10.0


class Meter:
    """The loudest of what was heard since the last reading. Heard and read on different threads."""

    def __init__(self) -> None:
        self._peak = 0.0
        self._level = FLOOR_DB

    def hear(self, block: bytes) -> None:
        """One more block, in the mixer's form."""
        some = array("f", block)[::_STEP]
        self._peak = max(self._peak, max(some, default=0.0), -min(some, default=0.0))

    def read(self) -> float:
        """The level in dBFS, from FLOOR_DB to 0."""
        peak, self._peak = self._peak, 0.0
        heard = 20 * math.log10(peak) if peak else FLOOR_DB
        self._level = min(0.0, max(heard, self._level - _FALL_DB, FLOOR_DB))
        return self._level
