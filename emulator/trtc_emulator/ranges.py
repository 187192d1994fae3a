"""Numbers out of JSON: one that lies in a range, or None. A boolean is no number."""

from __future__ import annotations

from typing import Any


def integer_in(value: Any, low: int, high: int) -> int | None:
    """The value, if it is an integer of the range."""
    fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return value if fits else None


def number_in(value: Any, low: float, high: float) -> float | None:
    """The value, if it is a number of the range; NaN is in none."""
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    return float(value) if fits else None
