"""The files of a recording: what is on disk, and which of it is served."""

from __future__ import annotations

import os
import re
from pathlib import Path

import attrs

from trtc_emulator.media.contract import LEVEL, PART, THUMBNAIL

TYPES = {
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".jpg": "image/jpeg",
    ".json": "application/json",
}
_MEDIA = (".mp4", ".m3u8", ".ts")
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")
_NUMBER = re.compile(r"(\d+)\.[^.]*$")


@attrs.frozen
class Found:
    """The media in a recording's folder.

    Attributes:
        size: Bytes of all media, those of files that are still written too.
        mp4: Names and sizes of the complete MP4 files, in their order.
        playlist: The name of the complete HLS playlist.
        segments: How many complete HLS segments there are.
        thumbnail_ns: When the thumbnail was made; it is there while the recording runs.
        level: How loud the recording is, in dBFS; while it runs.
    """

    size: int = 0
    mp4: tuple[tuple[str, int], ...] = ()
    playlist: str | None = None
    segments: int = 0
    thumbnail_ns: int | None = None
    level: float | None = None


def scan(folder: Path) -> Found:
    """Look into a folder; one that is not there has nothing in it."""
    mp4: list[tuple[str, int]] = []
    size, segments = 0, 0
    playlist: str | None = None
    thumbnail_ns: int | None = None
    for entry in _entries(folder):
        name = entry.name
        try:
            stat = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # renamed meanwhile
        if name == THUMBNAIL:
            thumbnail_ns = stat.st_mtime_ns
        if not name.removesuffix(PART).endswith(_MEDIA) or name.startswith("."):
            continue
        size += stat.st_size
        if name.endswith(".mp4"):
            mp4.append((name, stat.st_size))
        elif name.endswith(".m3u8"):
            playlist = name
        elif name.endswith(".ts"):
            segments += 1
    return Found(size, tuple(sorted(mp4, key=_order)), playlist, segments, thumbnail_ns, _level(folder))


def served(folder: Path, name: str) -> Path | None:
    """The file of this name if it may be served: a plain file in the folder itself, of a known type."""
    if name != THUMBNAIL and not _NAME.fullmatch(name):
        return None
    path = folder / name
    if path.suffix not in TYPES or path.is_symlink() or not path.is_file():
        return None
    return path


def _level(folder: Path) -> float | None:
    try:
        return float((folder / LEVEL).read_text())
    except (OSError, ValueError):
        return None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _order(file: tuple[str, int]) -> tuple[int, str]:
    number = _NUMBER.search(file[0])
    return (int(number.group(1)) if number else 0, file[0])
