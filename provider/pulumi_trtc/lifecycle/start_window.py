"""The first seconds of a task, in which the service does not find it yet."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs

from pulumi_trtc.clock import Clock

POLL_S = 0.5
_TELL_AFTER_S = 5.0
_CLOCKS_S = 20.0
"""Machines' clocks differ by less."""


@attrs.frozen
class StartWindow:
    """How long a "not found" proves nothing.

    Attributes:
        seconds: A task is surely found this long after its start: about 5 s on the real service, or, for all
            that it says, once its page has loaded.
        born: When this process began, by the clock's monotonic time: what another process started is older.
        tell: Prints a line for the person who waits.
        ready_timeout: What of `seconds` is because the page has to report that it is ready.
    """

    seconds: float
    clock: Clock
    born: float
    tell: Callable[[str], None]
    ready_timeout: int = 0
    _told: threading.Lock = attrs.field(factory=threading.Lock)

    def of(self, ready_timeout: int) -> StartWindow:
        """The window of a page that has so many seconds to report that it is ready. The service loads it once
        more before it gives up. Where it finds a task at once it finds this one, too.
        """
        more = 2 * ready_timeout if self.seconds else 0
        return attrs.evolve(self, seconds=self.seconds + more, ready_timeout=ready_timeout)

    def is_over(self, since: float) -> bool:
        """Whether a task that was started at `since` or before would be found by now."""
        return self.clock.monotonic() - since >= self.seconds

    def covers(self, age: float) -> bool:
        """Whether what was started so many seconds ago, by a clock that may differ, may not be found yet."""
        return age < self.seconds + _CLOCKS_S

    def left(self, started_at: float | None) -> float:
        """Seconds until a task is surely found.

        Args:
            started_at: When it was started, in seconds since 1970, by a clock that may differ from this one;
                None if that is not known: then it was before this process.
        """
        if started_at is None:
            return self.born + self.seconds - self.clock.monotonic()
        return min(self.seconds, started_at + self.seconds - self.clock.now())

    def outlast(self) -> None:
        """Wait until whatever an earlier process started would be found."""
        left = self.left(None)
        self._announce(left)
        self.clock.sleep(left)

    def poll(self, left: float = 0) -> None:
        """Wait a little before the next look.

        Args:
            left: Seconds that the last look may be away.
        """
        self._announce(left)
        self.clock.sleep(min(POLL_S, max(self.seconds / 8, 0.05)))

    def _announce(self, left: float) -> None:
        """Tell of a long wait, once."""
        if left > _TELL_AFTER_S and self._told.acquire(blocking=False):
            why = "`trtc:startWindow`" + (", and twice a `ready_timeout`" if self.ready_timeout else "")
            self.tell(f"Waits {left:.0f} s at most, until what was started just before can be found ({why}).")
