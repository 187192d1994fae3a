"""What callback 401 tells of a relay, whatever the recorder reports."""

from __future__ import annotations

import pytest

from trtc_emulator.tasks.relays import Relays


@pytest.mark.parametrize(
    ("reported", "told"),
    [
        # A stop.
        ([1, 2, 5, 0], [1, 2, 5, 0]),
        ([1, 2, 0], [1, 2, 5, 0]),
        ([1, 2, 3, 0], [1, 2, 3, 5, 0]),
        ([1, 0], [1, 0]),
        # A server that never answers is never recovered.
        ([1, 3, 3, 3, 4], [1, 1, 1, 1, 4, 0]),
        ([1, 1, 4, 0], [1, 1, 4, 0]),
        # One that has answered is.
        ([1, 2, 3, 3, 2, 1, 4, 0], [1, 2, 3, 3, 2, 3, 4, 0]),
    ],
)
def test_the_order_of_states(reported: list[int], told: list[int]) -> None:
    relays = Relays()
    assert [state for status in reported for state in relays.next("t", 0, status)] == told


def test_relays_are_apart_and_forgotten_with_their_recording() -> None:
    relays = Relays()
    for key in (("t", 0), ("u", 0)):
        assert relays.next(*key, 2) == (2,)
    assert relays.next("t", 1, 3) == (1,)
    relays.forget("t")
    assert relays.next("t", 0, 3) == (1,)
    assert relays.next("u", 0, 3) == (3,)
