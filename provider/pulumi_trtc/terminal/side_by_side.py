"""Asks many questions at once, and tells a person who waits how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import ThreadPool
from typing import TypeVar

from pulumi_trtc.clock import Clock

_AT_ONCE = 16
"""With answers that take 0.8 s this is the API's limit, which the requests themselves keep to."""
_TELL_EVERY_S = 3.0

_Thing = TypeVar("_Thing")
_Answer = TypeVar("_Answer")


def side_by_side(
    ask: Callable[[_Thing], _Answer],
    things: Sequence[_Thing],
    kind: str,
    clock: Clock,
    tell: Callable[[str], None],
) -> Iterator[_Answer]:
    """The answers, in the things' order.

    Args:
        kind: What the things are, in the plural.
        tell: Prints a line.

    Raises:
        Exception: What a question raised, at its turn; none that has not begun by then is asked.
    """
    told = clock.monotonic()
    # These threads end with the process: an interrupt waits for no answer.
    with ThreadPool(_AT_ONCE) as pool:
        for count, answer in enumerate(pool.imap(ask, things), 1):
            if clock.monotonic() - told >= _TELL_EVERY_S:
                told = clock.monotonic()
                tell(f"asked for {count} of {len(things)} {kind}")
            yield answer
