"""The first seconds of a task, in which the service does not find it yet."""

from __future__ import annotations

import attrs

from pulumi_trtc.clock import Clock

POLL_S = 0.5


@attrs.frozen
class StartWindow:
    """How long a "not found" proves nothing.

    Attributes:
        seconds: A task is surely found this long after its start. About 5 s on the real service.
        born: When this process began, by the clock's monotonic time: what another process started is older.
    """

    seconds: float
    clock: Clock
    born: float

    def is_over(self, since: float) -> bool:
        """Whether a task that was started at `since` or before would be found by now."""
        return self.clock.monotonic() - since >= self.seconds

    def outlast(self) -> None:
        """Wait until whatever an earlier process started would be found."""
        left = self.born + self.seconds - self.clock.monotonic()
        if left > 0:
            self.clock.sleep(left)

    def poll(self) -> None:
        """Wait a little before the next look."""
        self.clock.sleep(min(POLL_S, max(self.seconds / 8, 0.05)))
