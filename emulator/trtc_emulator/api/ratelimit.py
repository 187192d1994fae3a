"""How many requests an action takes in a second."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

from trtc_emulator.request.errors import ApiError


class RateLimiter:
    """At most `limit` requests of one action in any second (a sliding window); 0 is no limit.

    Requests that are refused do not count, so that a client that slows down is served again at once.
    """

    def __init__(self, limit: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._monotonic = monotonic
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)

    def take(self, action: str) -> None:
        """Count a request, or raise ApiError."""
        if not self._limit:
            return
        now = self._monotonic()
        taken = self._taken[action]
        while taken and taken[0] <= now - 1:
            taken.popleft()
        if len(taken) >= self._limit:
            raise ApiError(
                "RequestLimitExceeded",
                f"Your current request times equals to `{self._limit + 1}` in a second, which exceeds the "
                f"frequency limit `{self._limit}` for a second. Please reduce the frequency of calls.",
            )
        taken.append(now)

    def reset(self) -> None:
        """Forget what was counted."""
        self._taken.clear()
