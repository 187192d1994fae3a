"""A sound device for one recording: what a page plays comes out mixed, in real time.

`SoundServer` (server.py) speaks enough of PulseAudio's native protocol (wire.py, session.py) for a browser to
play to it over a socket of its own. It reads each stream (stream.py) at the speed of a real device and mixes
them (mixer.py); a meter tells how loud that is (meter.py). No sound card, no daemon and no installation are
needed beyond the browser's libpulse.
"""

from __future__ import annotations

from trtc_emulator.sound.meter import FLOOR_DB, Meter
from trtc_emulator.sound.mixer import BLOCK_SECONDS, FRAME_BYTES, RATE, SILENCE
from trtc_emulator.sound.server import SoundServer, environment, has_client_library

__all__ = [
    "BLOCK_SECONDS",
    "FLOOR_DB",
    "FRAME_BYTES",
    "RATE",
    "SILENCE",
    "Meter",
    "SoundServer",
    "environment",
    "has_client_library",
]
