"""What `recover` reads of a state."""

from __future__ import annotations

from collections import Counter

import attrs

from pulumi_trtc.stack_state import PendingCreate, SavedRecording, parse_export


@attrs.frozen
class State:
    """The recordings that a state names."""

    saved: tuple[SavedRecording, ...] = ()
    pending: tuple[PendingCreate, ...] = ()

    def has_begun_since(self, earlier: State) -> bool:
        """Whether creates are under way that were not when an earlier state was read."""
        now, then = (Counter(one.urn for one in state.pending) for state in (self, earlier))
        return bool(now - then)


def parse_state(text: str) -> State:
    """Read what `pulumi stack export` prints, or a backend's checkpoint.

    Raises:
        ValueError: The text is no deployment.
    """
    return State(*parse_export(text))
