"""From any client's samples to one track: 32-bit floats, stereo, 48 kHz."""

from __future__ import annotations

import math
import operator
import sys
from array import array
from collections.abc import Iterable, Sequence

RATE = 48_000
FRAME_BYTES = 8
BLOCK_SECONDS = 0.01
BLOCK_FRAMES = round(RATE * BLOCK_SECONDS)
SILENCE = bytes(BLOCK_FRAMES * FRAME_BYTES)

# Of PulseAudio's sample formats: how an array reads them, whether the most significant byte comes first, the
# value of silence and that of the loudest sample.
FORMATS: dict[int, tuple[str, bool, float, float]] = {
    0: ("B", False, 128, 128),
    3: ("h", False, 0, 1 << 15),
    4: ("h", True, 0, 1 << 15),
    5: ("f", False, 0, 1),
    6: ("f", True, 0, 1),
    7: ("i", False, 0, 1 << 31),
    8: ("i", True, 0, 1 << 31),
}
# How loud a loudspeaker is heard left and right, by PulseAudio's number of its place.
_SIDES = {**dict.fromkeys((1, 5, 8, 10), (1.0, 0.0)), **dict.fromkeys((2, 6, 9, 11), (0.0, 1.0))}
_BOTH_SIDES = (0.7, 0.7)
# AAC adds to the peaks, which a player would cut off: EBU R 128 leaves 1 dB for it.
CEILING = 10 ** (-1 / 20)
# A gain that was lowered comes back within about two seconds.
_RECOVERY = 1.005


def sample_bytes(sample_format: int) -> int:
    """The size of one sample."""
    return array(FORMATS[sample_format][0]).itemsize


def stereo(data: bytes, sample_format: int, places: bytes) -> array[float]:
    """Samples of any form as floats, left and right in turn."""
    code, big, zero, loudest = FORMATS[sample_format]
    samples: array[float] = array(code, data)
    if big is (sys.byteorder == "little") and samples.itemsize > 1:
        samples.byteswap()
    if code != "f":
        samples = array("f", ((sample - zero) / loudest for sample in samples))
    elif not math.isfinite(sum(samples)):
        samples = array("f", (sample if math.isfinite(sample) else 0.0 for sample in samples))
    if tuple(places) == (1, 2):
        return samples
    count = len(places)
    both = array("f", bytes(4 * 2 * (len(samples) // count)))
    if count == 1:
        both[::2] = both[1::2] = samples
        return both
    sides = [_SIDES.get(place, _BOTH_SIDES) for place in places]
    for side in (0, 1):
        gains = [(channel, gain[side]) for channel, gain in enumerate(sides) if gain[side]]
        if weighted := [[gain * s for s in samples[channel::count]] for channel, gain in gains]:
            both[side::2] = array("f", map(sum, zip(*weighted, strict=True)))
    return both


class Resampler:
    """From one rate to 48 kHz, by straight lines between samples. (A browser resamples by itself, better.)"""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._made = 0
        self._last = (0.0, 0.0)

    def needed(self, frames: int) -> int:
        """How many frames of input make the next so many."""
        return (self._made + frames) * self._rate // RATE - self._made * self._rate // RATE

    def next(self, samples: array[float], frames: int) -> array[float]:
        """The next frames from the input that they need."""
        if self._rate == RATE:
            return samples
        begin = self._made * self._rate // RATE
        made = array("f", bytes(frames * FRAME_BYTES))
        spots = [divmod((self._made + i) * self._rate - begin * RATE, RATE) for i in range(frames)]
        for side in (0, 1):
            line = [self._last[side], *samples[side::2]]
            line.append(line[-1])
            made[side::2] = array("f", [line[i] + (line[i + 1] - line[i]) * part / RATE for i, part in spots])
        if samples:
            self._last = (samples[-2], samples[-1])
        self._made += frames
        return made


class Mixer:
    """Adds streams; what is too loud becomes quieter as a whole, instead of being cut off."""

    def __init__(self) -> None:
        self._gain = 1.0

    def mix(self, parts: Sequence[array[float]]) -> bytes:
        """One block of all streams' blocks, in bytes of little-endian floats."""
        self._gain = min(1.0, self._gain * _RECOVERY)
        if not parts:
            return SILENCE
        total = parts[0]
        for part in parts[1:]:
            total = array("f", map(operator.add, total, part))
        peak = _peak(total)
        if peak * self._gain > CEILING:
            self._gain = CEILING / peak
        if self._gain < 1.0:
            gain = self._gain
            total = array("f", (max(-CEILING, min(CEILING, gain * sample)) for sample in total))
        if sys.byteorder == "big":
            total = total[:]
            total.byteswap()
        return total.tobytes()


def _peak(samples: Iterable[float]) -> float:
    return max(map(abs, samples), default=0.0)
