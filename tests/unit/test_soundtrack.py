"""A recording's sound has the length of its pictures, whatever comes late."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator

import attrs
import pytest

from trtc_emulator import sound
from trtc_emulator.recorder.clock import FrameClock
from trtc_emulator.recorder.soundtrack import SoundTrack

_BLOCK_BYTES = round(sound.RATE * sound.BLOCK_SECONDS) * sound.FRAME_BYTES
_DELAY, _DELAY_BLOCKS = 0.03, 3
_BEGUN = 1000.0


@attrs.frozen
class _Frame:
    number: int
    data: bytes


@pytest.fixture
def pipe() -> Iterator[tuple[io.BufferedReader, int]]:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader:
        yield reader, write


def _loud(number: int) -> bytes:
    return bytes([number]) * _BLOCK_BYTES


def _blocks(data: bytes) -> list[int]:
    """The number of each block; 0 is silence."""
    assert len(data) % _BLOCK_BYTES == 0
    return [data[i] for i in range(0, len(data), _BLOCK_BYTES)]


def test_silence_follows_up_to_the_videos_length(pipe: tuple[io.BufferedReader, int]) -> None:
    reader, write = pipe
    track = SoundTrack()
    track.begin(write, _BEGUN, _DELAY)
    track.put(_loud(7), _BEGUN + 0.01)
    track.end(0.08)
    assert _blocks(reader.read()) == [0] * _DELAY_BLOCKS + [7] + [0] * 4


@pytest.mark.parametrize("lag", [0.0, 0.5, 1.6])
def test_what_was_played_before_the_beginning_is_not_heard(
    lag: float, pipe: tuple[io.BufferedReader, int]
) -> None:
    reader, write = pipe
    track = SoundTrack()
    track.put(_loud(1), _BEGUN - lag - 0.01)
    track.begin(write, _BEGUN, _DELAY)
    track.put(_loud(2), _BEGUN - lag)
    track.put(_loud(3), _BEGUN + 0.01)
    track.end(0.04)
    track.put(_loud(4), _BEGUN + 0.02)
    assert _blocks(reader.read()) == [0] * _DELAY_BLOCKS + [3]


@pytest.mark.parametrize(("ended", "frames"), [(0.0, 1), (0.039, 1), (0.041, 2), (1.0, 26)])
def test_the_clock_ends_with_the_frames_that_it_tells(
    ended: float, frames: int, pipe: tuple[io.BufferedReader, int]
) -> None:
    reader, write = pipe
    clock = FrameClock(25, lambda: _Frame(1, b"frame"))
    seconds = clock.end(ended)  # ended before it begins to write, as on a machine that is overloaded
    clock.begin(write, 0.0)
    assert len(reader.read()) == frames * len(b"frame")
    assert seconds == frames / 25
