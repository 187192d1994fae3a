"""Keeps the provider below the API's limit, also where others share it."""

from __future__ import annotations

import threading

import attrs

from pulumi_trtc.clock import Clock

_HEADROOM = 0.96
"""Of the server's limit; its windows are not ours, and requests do not arrive as evenly as they leave."""

_FIRST_SHARE = 0.9
"""Of the limit, to begin with. Two pipelines that begin together are refused at first, and slow down."""

_LONE_CUT, _FIRST_CUT, _CUT = 0.8, 0.45, 0.8
"""A refusal leaves this part of the rate: a lone one, where a request was late and met the next; a second one
soon after it, which tells that somebody shares the limit; and each later one.
"""

_SOON_S = 3.0

_FAST, _SLOW = 0.05, 0.01
"""Growth of the rate, as a part of the limit, for each second of use: alone, and where somebody shares it."""

_LOWEST = 0.025
"""Of the limit: what nobody is pushed below."""

_DEAF_S = 0.3
"""After a cut, refusals of what was already under way say nothing new."""


@attrs.define
class _Lane:
    """One action's pace.

    Attributes:
        rate: Requests a second.
        free_at: When the next request may leave.
        grown_at: Until when the rate's growth is reckoned.
        cut_at: When it was last cut; None if never.
        shared: Whether somebody shares the limit, as far as is known.
    """

    rate: float
    free_at: float
    grown_at: float
    cut_at: float | None = None
    shared: bool = False


class RateLimiter:
    """Spaces the requests of each action, across threads.

    The limit is the account's, so that pipelines which know nothing of each other must share it. Each raises
    its rate slowly and lowers it at once when a request is refused (additive increase, multiplicative
    decrease, as TCP does), which brings all of them to equal parts.

    Args:
        clock: Where time comes from.
        rate: Requests a second that the server takes for each action (page of 2025-11-13: 20).
    """

    def __init__(self, clock: Clock, rate: float = 20.0) -> None:
        self._clock = clock
        self._limit = rate
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}

    def acquire(self, action: str) -> None:
        """Return when a request of this action may leave."""
        with self._lock:
            now = self._clock.monotonic()
            lane = self._lane(action, now)
            self._grow(lane, now)
            start = max(now, lane.free_at)
            lane.free_at = start + 1 / lane.rate
        self._clock.sleep(start - now)

    def refused(self, action: str) -> None:
        """A request of this action was answered with RequestLimitExceeded: slow down."""
        with self._lock:
            now = self._clock.monotonic()
            lane = self._lane(action, now)
            if lane.cut_at is not None and now - lane.cut_at < _DEAF_S:
                return
            soon = lane.cut_at is not None and now - lane.cut_at < _SOON_S
            left = _CUT if lane.shared else _FIRST_CUT if soon else _LONE_CUT
            lane.shared = lane.shared or soon
            lane.rate = max(lane.rate * left, self._limit * _LOWEST)
            lane.cut_at = lane.grown_at = now
            lane.free_at = max(lane.free_at, now + 1 / lane.rate)

    def rate(self, action: str) -> float:
        """Requests a second that now leave for this action."""
        with self._lock:
            return self._lane(action, self._clock.monotonic()).rate

    def _lane(self, action: str, now: float) -> _Lane:
        if action not in self._lanes:
            self._lanes[action] = _Lane(rate=self._limit * _FIRST_SHARE, free_at=now, grown_at=now)
        return self._lanes[action]

    def _grow(self, lane: _Lane, now: float) -> None:
        # Time without requests tells nothing of the limit, so it does not count in full.
        used = min(now - lane.grown_at, 1.0)
        growth = self._limit * (_SLOW if lane.shared else _FAST)
        lane.rate = min(lane.rate + growth * used, self._limit * _HEADROOM)
        lane.grown_at = now
