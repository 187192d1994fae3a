"""Gives the files of a recording that was killed their names."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import attrs

from trtc_emulator.media.contract import RecordedFile
from trtc_emulator.recorder import files, lock

_PATIENCE_SECONDS = 15.0
_PROBE_SECONDS = 600
_TIME = re.compile(r"time=(\d+):(\d+):(\d+(?:\.\d+)?)")


def recover(folder: Path, ffmpeg: Path, patience: float = _PATIENCE_SECONDS) -> tuple[RecordedFile, ...]:
    """Complete what a killed recorder left in a task's folder, as far as it was written. Blocks.

    Processes of that recording that are still at work get `patience` seconds to end by themselves. A folder
    with nothing to do, or none at all, is fine; so is calling it again.

    Returns:
        All files that are complete now, oldest first: also those that had their names before, whose reports a
        killed emulator may have missed.
    """
    if not folder.is_dir():
        return ()
    lock.clear(folder, patience)
    return complete(folder, ffmpeg)


def complete(folder: Path, ffmpeg: Path) -> tuple[RecordedFile, ...]:
    """The same for a folder in which no process is at work any more. Blocks."""
    files.remove_what_is_shown(folder)
    for path in folder.glob(files.part("*.mp4")):
        _complete_mp4(path, ffmpeg)
    for path in folder.glob(files.part("*.m3u8")):
        _complete_playlist(path, ffmpeg)
    found = [_described(path, _length(ffmpeg, path)) for path in folder.glob("*.mp4")]
    found += [_playlist(path) for path in folder.glob("*.m3u8")]
    return tuple(sorted(found, key=lambda file: (file.start_ms, file.name)))


def make_seekable(path: Path, ffmpeg: Path) -> None:
    """Make an ordinary MP4 of a fragmented one, which plays, but in which many players cannot seek. Blocks.

    Without room for a copy it stays as it is.
    """
    written = path.stat().st_mtime_ns
    copy = path.with_name(path.name + ".tmp")
    _run(ffmpeg, path, "-c", "copy", "-map", "0", "-movflags", "+faststart", "-f", "mp4", "-y", str(copy))
    if _length(ffmpeg, copy):
        os.utime(copy, ns=(written, written))
        copy.replace(path)
    else:
        copy.unlink(missing_ok=True)


def _complete_mp4(path: Path, ffmpeg: Path) -> None:
    make_seekable(path, ffmpeg)
    if _length(ffmpeg, path):
        path.replace(path.with_name(files.whole(path.name)))
    else:  # killed before its first fragment: nothing in it can be played
        path.unlink()


def _complete_playlist(path: Path, ffmpeg: Path) -> None:
    name = files.whole(path.name).removesuffix(".m3u8")
    playlist = files.Playlist(path.parent, name)
    known = playlist.resume()
    for left in sorted(path.parent.glob(f"{name}_*.ts*")):
        segment = left.replace(left.with_name(files.whole(left.name)))
        if segment.name in known:
            continue
        if seconds := _length(ffmpeg, segment):
            playlist.add(segment.name, seconds)
        else:
            segment.unlink()
    playlist.finish(0)


def _described(path: Path, seconds: float) -> RecordedFile:
    stat = path.stat()
    end_ms = stat.st_mtime_ns // 1_000_000
    return RecordedFile(path.name, stat.st_size, end_ms - round(seconds * 1000), end_ms)


def _playlist(path: Path) -> RecordedFile:
    playlist = files.Playlist(path.parent, path.stem)
    playlist.resume()
    return attrs.evolve(_described(path, playlist.seconds), size=playlist.size + path.stat().st_size)


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
