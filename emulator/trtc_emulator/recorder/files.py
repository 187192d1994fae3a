"""Names of a recording's files, and how they become complete."""

from __future__ import annotations

import math
from pathlib import Path

import attrs

from trtc_emulator.media.contract import LEVEL, PART, THUMBNAIL, RecordedFile


def part(name: str) -> str:
    """The name that a file has until it is complete."""
    return name + PART


def whole(name: str) -> str:
    """The name that it gets then."""
    return name.removesuffix(PART)


def mp4_name(name: str, number: int | str) -> str:
    """The n-th MP4 file, from 0."""
    return f"{name}_{number}.mp4"


def playlist_name(name: str) -> str:
    """The HLS playlist."""
    return f"{name}.m3u8"


def segment_name(name: str, number: int | str) -> str:
    """A segment of the HLS playlist; the number has five digits."""
    return f"{name}_{number}.ts"


def replace(path: Path, data: bytes) -> None:
    """Write a file so that readers see the old or the new one, never a part."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(data)
    temporary.replace(path)


def remove_what_is_shown(folder: Path) -> None:
    """Remove what is there only while the recording runs."""
    for name in (THUMBNAIL, LEVEL):
        (folder / name).unlink(missing_ok=True)


@attrs.define
class Playlist:
    """A VOD playlist that grows with its segments and carries a temporary name until it has its end.

    Attributes:
        size: Bytes of all segments.
        seconds: Length of all segments.
    """

    folder: Path
    name: str
    size: int = 0
    seconds: float = 0.0

    @property
    def _growing(self) -> Path:
        return self.folder / part(playlist_name(self.name))

    def begin(self, longest: float) -> None:
        """Write the head; `longest` is the length of the longest segment to come, in seconds."""
        self._growing.write_text(
            f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:{math.ceil(longest)}\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        )

    def add(self, segment: str, seconds: float) -> None:
        """Append a segment that is complete."""
        with self._growing.open("a") as file:
            file.write(f"#EXTINF:{seconds:.6f},\n{segment}\n")
        self._count(segment, seconds)

    def resume(self) -> set[str]:
        """Read a playlist, complete or growing, to go on with it; returns the segments that it names and that
        are there. A growing one then names no others.
        """
        growing = self._growing.exists()
        path = self._growing if growing else self.folder / playlist_name(self.name)
        text = path.read_text()
        lines = text.splitlines()
        begins = [i for i, line in enumerate(lines) if line.startswith("#EXTINF:")]
        # What was written without room left may end anywhere.
        named = [(lines[i], lines[i + 1]) for i in begins if i + 1 < len(lines)]
        there = [(info, segment) for info, segment in named if (self.folder / segment).is_file()]
        if growing:
            head = lines[: begins[0]] if begins else lines
            kept = "".join(f"{line}\n" for line in (*head, *(line for pair in there for line in pair)))
            if kept != text:
                replace(path, kept.encode())
        for info, segment in there:
            self._count(segment, float(info.removeprefix("#EXTINF:").rstrip(",")))
        return {segment for _, segment in there}

    def finish(self, start_ms: int) -> RecordedFile | None:
        """Write the end and give the playlist its name. Its size is that of the segments and itself. Without
        segments there is none.
        """
        if not self.size:
            self._growing.unlink()
            return None
        with self._growing.open("a") as file:
            file.write("#EXT-X-ENDLIST\n")
        final = self._growing.replace(self.folder / playlist_name(self.name))
        size = self.size + final.stat().st_size
        return RecordedFile(final.name, size, start_ms, start_ms + round(self.seconds * 1000))

    def _count(self, segment: str, seconds: float) -> None:
        self.seconds += seconds
        self.size += (self.folder / segment).stat().st_size


class Finished:
    """Gives each file of a running recording its name as soon as ffmpeg has completed it.

    Attributes:
        start_ms: The time of the first frame.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.start_ms = 0
        self._folder = folder
        self._playlist = Playlist(folder, name)

    def begin_playlist(self, longest: float) -> None:
        """There will be HLS segments, of at most so many seconds."""
        self._playlist.begin(longest)

    def segment(self, name: str, start: float, end: float) -> RecordedFile | None:
        """A file as ffmpeg named it, from second to second; returned if it stands for itself."""
        path = (self._folder / name).replace(self._folder / whole(name))
        if path.suffix != ".mp4":
            self._playlist.add(path.name, end - start)
            return None
        times = (self.start_ms + round(second * 1000) for second in (start, end))
        return RecordedFile(path.name, path.stat().st_size, *times)

    def playlist(self) -> RecordedFile | None:
        """Complete the playlist, once ffmpeg has ended."""
        return self._playlist.finish(self.start_ms)
