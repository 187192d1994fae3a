"""Gives the files of a recording that was killed their names."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from trtc_emulator.media import RecordedFile
from trtc_emulator.recorder import files, lock

_PATIENCE_SECONDS = 15.0
_PROBE_SECONDS = 600
_TIME = re.compile(r"time=(\d+):(\d+):(\d+(?:\.\d+)?)")


def recover(folder: Path, ffmpeg: Path, patience: float = _PATIENCE_SECONDS) -> tuple[RecordedFile, ...]:
    """Complete what a killed recorder left in a task's folder, as far as it was written. Blocks.

    Processes of that recording that are still at work get `patience` seconds to end by themselves. A folder
    with nothing to do, or none at all, is fine; so is calling it again.

    Returns:
        The files that have got their names by this call, oldest first.
    """
    if not folder.is_dir():
        return ()
    lock.clear(folder, patience)
    return complete(folder, ffmpeg)


def complete(folder: Path, ffmpeg: Path) -> tuple[RecordedFile, ...]:
    """The same for a folder in which no process is at work any more. Blocks."""
    (folder / files.THUMBNAIL).unlink(missing_ok=True)
    found = [recovered for path in files.parts(folder) if (recovered := _mp4(path, ffmpeg))]
    found += [recovered for path in sorted(folder.glob("*.m3u8.part")) if (recovered := _hls(path, ffmpeg))]
    return tuple(found)


def _mp4(path: Path, ffmpeg: Path) -> RecordedFile | None:
    if not path.name.endswith(".mp4.part"):
        return None
    end_ms = path.stat().st_mtime_ns // 1_000_000
    # A fragmented file plays, but many players cannot seek in it: copied, it is an ordinary one.
    copy = path.with_name(path.name + ".tmp")
    _run(ffmpeg, path, "-c", "copy", "-map", "0", "-movflags", "+faststart", "-f", "mp4", "-y", str(copy))
    seconds = _length(ffmpeg, copy)
    if not seconds:
        copy.unlink(missing_ok=True)
        seconds = _length(ffmpeg, path)
        if not seconds:  # killed before its first fragment: nothing in it can be played
            path.unlink()
            return None
        copy = path
    final = copy.replace(path.with_name(files.whole(path.name)))
    if copy != path:
        path.unlink()
    return RecordedFile(final.name, final.stat().st_size, end_ms - round(seconds * 1000), end_ms)


def _hls(path: Path, ffmpeg: Path) -> RecordedFile | None:
    name = path.name.removesuffix(".m3u8.part")
    playlist = files.Playlist(path.parent, name)
    known = playlist.resume()
    end_ms = path.stat().st_mtime_ns // 1_000_000
    for left in sorted(path.parent.glob(f"{name}_*.ts*")):
        segment = left.replace(left.with_name(files.whole(left.name)))
        if segment.name in known:
            continue
        seconds = _length(ffmpeg, segment)
        if seconds:
            playlist.add(segment.name, seconds)
            end_ms = segment.stat().st_mtime_ns // 1_000_000
        else:
            segment.unlink()
    return playlist.finish(end_ms - round(playlist.seconds * 1000))


def _length(ffmpeg: Path, path: Path) -> float:
    """Seconds of a file, 0 if it cannot be read."""
    if not path.exists():
        return 0.0
    found = _TIME.findall(_run(ffmpeg, path, "-map", "0:v", "-c", "copy", "-f", "null", "-"))
    if not found:
        return 0.0
    hours, minutes, seconds = found[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _run(ffmpeg: Path, path: Path, *arguments: str) -> str:
    command = [
        str(ffmpeg),
        "-hide_banner",
        "-nostdin",
        "-fflags",
        "+discardcorrupt",
        "-i",
        str(path),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PROBE_SECONDS)  # noqa: S603
    return done.stderr
