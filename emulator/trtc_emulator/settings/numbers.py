"""Numbers on the command line."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable


def integer(low: int, high: int) -> Callable[[str], int]:
    """Reads an integer of the range."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"an integer from {low} to {high} is needed")
        return int(text)

    return read


def seconds(text: str) -> float:
    """Seconds, at most a day."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError("seconds from 0 to 86400 are needed")
    return value
