"""A clock that a test moves."""

from __future__ import annotations

import threading


class ManualClock:
    """Sleeping moves it on at once. Safe for threads, which then share one time line."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._passed = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        with self._lock:
            return self._passed

    def now(self) -> float:
        with self._lock:
            return self._start + self._passed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._passed += max(0.0, seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass without anyone sleeping."""
        with self._lock:
            self._passed += seconds
