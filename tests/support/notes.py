"""What is told of recordings, without waiting for more."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_trtc.lifecycle.notes import Notes


def at_once(tell: Callable[[str], None]) -> Notes:
    """Notes that are told as they come."""
    return Notes(tell, lambda _seconds, call: call())
