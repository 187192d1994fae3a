"""Records a page in a real browser to real files: `--media chromium`.

`ChromiumMedia` (parent.py) runs one process for each recording (child.py), which drives a browser over a
pipe (chromium.py, cdp.py, page.py) and tells it which device it is (devices.py, identity.py, targets.py),
gives its newest frame to ffmpeg 25 times a second (clock.py, encoder.py, tee.py), names what ffmpeg has
completed (files.py) and relays it (relay.py, rtmp.py, amf.py). There are two ways to the frames (ways.py):
the browser draws on a display of the recording's own (the room `display`), or, where it cannot (probe.py) or
does not, sends its screencast (screencast.py). The browser plays to a sound device of the recording's own
(the room `sound`), and soundtrack.py hands on what it hears. thumbnail.py makes a frame small, fonts.py tells
what cannot be drawn. What a kill leaves is completed by recover.py.

A page sees a viewport of the video's size. In mobile mode it sees that of the phone or tablet, and stands in
the middle of the video, as large as fits, on black.
"""

from __future__ import annotations

from trtc_emulator.recorder.browser import NotInstalledError, find_browser, find_ffmpeg
from trtc_emulator.recorder.fonts import font_warning
from trtc_emulator.recorder.job import RecorderSettings
from trtc_emulator.recorder.parent import ChromiumMedia
from trtc_emulator.recorder.probe import draws_on_display
from trtc_emulator.recorder.sandbox import require_sandbox

__all__ = [
    "ChromiumMedia",
    "NotInstalledError",
    "RecorderSettings",
    "draws_on_display",
    "find_browser",
    "find_ffmpeg",
    "font_warning",
    "require_sandbox",
]
