"""Keeps the provider below the API's limit, also where others share it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable

import attrs

from pulumi_trtc.clock import Clock

_HEADROOM = 0.98
"""Of the server's limit: requests may arrive 20 ms less evenly than they leave. Where they do so more, one of
a hundred is refused and sent again, which costs less than a slower pace for all.
"""

_GROWTH, _FASTEST = 0.003, 0.05
"""Of the limit: how much the pace grows in a second for each second since the last refusal, and at most. So
it is tried slowly whether another pipeline is there still, and taken fast once it has gone."""

_MARGIN = 0.93
"""Of the rate at which requests were taken: without it the next one would be refused too."""

_LOWEST = 0.025
"""Of the limit: what nobody is pushed below."""

_WINDOW_S = 1.0
"""The API's limit is one for each second."""

_KEPT = 256
"""So many requests of an action are remembered: more than are ever under way."""


@attrs.define
class _Lane:
    """One action's pace.

    Attributes:
        rate: Requests a second.
        free_at: When the next request may leave.
        grown_at: Until when the rate's growth is reckoned.
        refused_at: When the last refusal came.
        left: When the latest requests left.
        refused: Which of them were refused.
        turn: Held by the one that leaves next, so that nobody else's time is settled before a refusal counts.
    """

    rate: float
    free_at: float
    grown_at: float
    refused_at: float
    left: deque[float] = attrs.field(factory=lambda: deque(maxlen=_KEPT))
    refused: deque[float] = attrs.field(factory=lambda: deque(maxlen=_KEPT))
    turn: threading.Lock = attrs.field(factory=threading.Lock)


class RateLimiter:
    """Spaces the requests of each action, across threads.

    The limit is the account's, so that pipelines which know nothing of each other must share it. Each begins
    as if it were alone; where requests are refused, it goes on at the rate at which they were taken. So one
    that was late and met the next costs little, and pipelines that begin together have their parts at once.

    Args:
        clock: Where time comes from.
        rate: Requests a second that the server takes for each action (page of 2025-11-13: 20).
    """

    def __init__(self, clock: Clock, rate: float = 20.0) -> None:
        self._clock = clock
        self._limit = rate
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}

    def acquire(self, action: str) -> float:
        """Return when a request of this action may leave: at which time of the clock, for `refused`."""
        lane = self._lane(action)
        with lane.turn:
            with self._lock:
                now = self._clock.monotonic()
                self._grow(lane, now)
                start = max(now, lane.free_at)
                lane.free_at = start + 1 / lane.rate
                lane.left.append(start)
            self._clock.sleep(start - now)
            return start

    def refused(self, action: str, left_at: float) -> None:
        """A request of this action that left at `left_at` was answered with RequestLimitExceeded: slow down.

        What counts is the second before it left, so that an answer that is long under way says nothing of the
        pace since.
        """
        lane = self._lane(action)
        with self._lock:
            lane.refused.append(left_at)
            sent, refused = _in_window(lane.left, left_at), _in_window(lane.refused, left_at)
            taken = max(sent - refused, sent / 2) / _WINDOW_S
            lane.rate = max(min(lane.rate, _MARGIN * taken), self._limit * _LOWEST)
            lane.refused_at = lane.grown_at = self._clock.monotonic()

    def rate(self, action: str) -> float:
        """Requests a second that now leave for this action."""
        return self._lane(action).rate

    def _lane(self, action: str) -> _Lane:
        with self._lock:
            if action not in self._lanes:
                now = self._clock.monotonic()
                self._lanes[action] = _Lane(self._limit * _HEADROOM, now, now, now)
            return self._lanes[action]

    def _grow(self, lane: _Lane, now: float) -> None:
        # Time without requests tells nothing of the limit, so it does not count in full.
        used = min(now - lane.grown_at, 1.0)
        growth = self._limit * min(_GROWTH * (now - lane.refused_at), _FASTEST)
        lane.rate = min(lane.rate + growth * used, self._limit * _HEADROOM)
        lane.grown_at = now


def _in_window(times: Iterable[float], end: float) -> int:
    return sum(end - _WINDOW_S < time <= end for time in times)
