"""One stream of a client: what it has sent and what it may send next."""

from __future__ import annotations

from array import array

from trtc_emulator.sound import mixer
from trtc_emulator.sound.wire import ProtocolError

_USUAL_SECONDS = 0.05
_LONGEST_SECONDS = 1.0
# Far more than any client is asked for.
_MOST_BYTES = 1 << 23


class Stream:
    """Takes sound as it comes, and gives it at the speed of a device.

    Attributes:
        form: Sample format, channels and rate.
        places: The channels' loudspeakers.
        corked: It is paused.
        length: Bytes that a client is to have sent ahead.
        step: The fewest bytes that it is asked for.
        written: Bytes that came so far.
        played: Bytes that were heard so far.
    """

    def __init__(
        self, form: tuple[int, int, int], places: bytes, length: int, step: int, corked: bool
    ) -> None:
        self.form = form
        self.places = places
        self.corked = corked
        sample_format, _, rate = form
        self._frame_bytes = mixer.sample_bytes(sample_format) * len(places)
        second = self._frame_bytes * rate
        self.length = (
            length if 0 < length <= second * _LONGEST_SECONDS else self._whole(second * _USUAL_SECONDS)
        )
        self.step = step if 0 < step < self.length else self._whole(self.length / 4)
        self.written = 0
        self.played = 0
        self._waiting = bytearray()
        self._asked = self.length
        self._resampler = mixer.Resampler(rate)

    def put(self, data: bytes) -> None:
        """More sound.

        Raises:
            ProtocolError: The client sends without being asked, and no end of it.
        """
        self._waiting += data
        self.written += len(data)
        self._asked = max(0, self._asked - len(data))
        if len(self._waiting) > _MOST_BYTES:
            raise ProtocolError("more sound than was asked for")

    def flush(self) -> None:
        """Forget what was not heard yet."""
        self._waiting.clear()
        self.played = self.written

    def take(self, frames: int) -> array[float] | None:
        """The next frames in the mixer's form, silence for what is missing; None if there is nothing."""
        if self.corked:
            return None
        count = self._resampler.needed(frames) * self._frame_bytes
        data = bytes(self._waiting[:count])
        data = data[: len(data) - len(data) % self._frame_bytes]
        del self._waiting[: len(data)]
        self.played += len(data)
        sound = mixer.stereo(data, self.form[0], self.places)
        missing = count // self._frame_bytes * 2 - len(sound)
        return self._resampler.next(sound + array("f", bytes(4 * missing)), frames)

    def ask(self) -> int:
        """How many bytes the client is to send now, 0 for none."""
        wanted = self.length - len(self._waiting) - self._asked
        if self.corked or wanted < self.step:
            return 0
        self._asked += wanted
        return wanted

    def _whole(self, count: float) -> int:
        return max(1, int(count) // self._frame_bytes) * self._frame_bytes
