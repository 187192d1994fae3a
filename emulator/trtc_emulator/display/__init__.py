"""A display for one recording: what a browser draws on it is the picture.

`Display` (server.py) speaks enough of Wayland (wire.py, protocol.py, session.py) for one browser that draws
without a GPU. It has the browser draw 50 times a second, and copies the newest picture out of the memory
that the browser shares (picture.py). No X server, no compositor and no installation are needed.
"""

from __future__ import annotations

from trtc_emulator.display.picture import Picture, Shown
from trtc_emulator.display.server import HERTZ, Display

__all__ = ["HERTZ", "Display", "Picture", "Shown"]
