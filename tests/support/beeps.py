"""A page that beeps and flashes at once, and where both stand in a recording of it."""

from __future__ import annotations

import subprocess
from array import array
from pathlib import Path

import imageio_ffmpeg

from tests.support import pages, video

RATE = 48_000
_WINDOW = RATE // 200
_LOUD = 0.1


def page(
    rate: int = RATE, gain: float = 0.5, tones: int = 1, channels: int = 2, flashes: bool = True
) -> pages.Reply:
    """Each second a beep of 0.2 s by `tones` sound contexts of this rate, and a flash while it is heard."""
    flash = 'document.body.style.background = on ? "#fff" : "#000";' if flashes else ""
    script = f"""
      const contexts = Array.from({{length: {tones}}}, () => new AudioContext({{sampleRate: {rate}}}));
      const next = contexts.map(() => 0);
      const beep = (context, at) => {{
        const tone = new OscillatorNode(context, {{frequency: 1000}});
        const volume = new GainNode(context, {{gain: {gain}, channelCount: {channels},
          channelCountMode: "explicit"}});
        tone.connect(volume).connect(context.destination);
        tone.start(at);
        tone.stop(at + 0.2);
      }};
      const paint = () => {{
        contexts.forEach((context, i) => {{
          if (context.state !== "running") return;
          if (!next[i]) next[i] = Math.ceil(context.currentTime) + 1;
          for (; next[i] < context.currentTime + 1.5; next[i]++) beep(context, next[i]);
        }});
        const stamp = contexts[0].getOutputTimestamp();
        const heard = stamp.contextTime + (performance.now() - stamp.performanceTime) / 1000;
        const on = next[0] && heard > 1 && heard % 1 < 0.2;
        {flash}
        requestAnimationFrame(paint);
      }};
      paint();
    """
    return pages.page(f"<script>{script}</script>", "<style>body{background:#000}</style>")


def heard(path: Path) -> array[float]:
    """The left channel of a file, 48 000 samples a second."""
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-allowed_extensions", "ALL", "-i", str(path)),
        *("-map", "0:a", "-af", "pan=mono|c0=c0", "-ar", str(RATE), "-f", "f32le", "-"),
    ]
    if path.suffix != ".m3u8":
        del command[3:5]
    return array("f", subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)


def peak(path: Path) -> float:
    """The loudest sample of a file."""
    return max(map(abs, heard(path)))


def beep_times(path: Path) -> list[float]:
    """When each beep begins, in seconds."""
    sound = heard(path)
    loud = [max(map(abs, sound[i : i + _WINDOW])) > _LOUD for i in range(0, len(sound), _WINDOW)]
    return [i * _WINDOW / RATE for i in range(1, len(loud)) if loud[i] and not any(loud[max(0, i - 20) : i])]


def flash_times(path: Path, width: int) -> list[float]:
    """When each flash begins, in seconds since the sound does."""
    times = video.frame_times(path)
    bright = [sum(colour) > 382 for (colour,) in video.pixels(path, [(10, 10)], width)]
    return [times[i] for i in range(1, len(bright)) if bright[i] and not bright[i - 1]]


def offsets(path: Path, width: int) -> list[float]:
    """How much later than its beep each flash is seen, in seconds."""
    beeps = beep_times(path)
    return [
        flash - near
        for flash in flash_times(path, width)
        if beeps and abs(flash - (near := min(beeps, key=lambda beep: abs(beep - flash)))) < 0.5
    ]
