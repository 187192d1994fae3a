"""Records each page for some seconds, a few at a time."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import attrs

from pulumi_trtc.clock import Clock
from pulumi_trtc.rehearse.declared import Declared

_POLL_S = 0.2
_PATIENCE_S = 240.0
"""For a page that loads: longer than a ReadyTimeout of a minute, twice, on a busy machine."""

_MEANINGS: Mapping[str, str] = {
    "Goto url timeout": "its server gives no answer, or an error",
    "Page load timeout": "it did not report that it is ready within its ready_timeout",
}
_BEGINNING = "Could not begin: "


class Result(enum.Enum):
    """What became of a recording."""

    RECORDED = "recorded"
    FAILED = "failed"
    LEFT_OUT = "left out"


@attrs.frozen
class Outcome:
    """A recording that was rehearsed or not.

    Attributes:
        said: In words, without its name.
        video: Its file in the folder.
        picture: One moment of it, near its end; None if there is none.
    """

    declared: Declared
    result: Result
    said: str
    video: str | None = None
    picture: Path | None = None


class Recorder(Protocol):
    """What of the emulator is used here; see `Emulator`."""

    def start(self, body: Mapping[str, Any]) -> str:
        """Begin; returns the TaskId."""

    def stop(self, task_id: str) -> None:
        """End."""

    def recordings(self) -> Mapping[str, Mapping[str, Any]]:
        """All, by TaskId."""

    def get(self, path: str) -> bytes:
        """A file."""


@attrs.define
class _Take:
    declared: Declared
    number: int
    stem: str
    deadline: float
    picture: Path | None = None
    stopped: bool = False


@attrs.frozen
class Takes:
    """Makes them.

    Args:
        keep: Takes a video, by its name.
        pictures: A folder for the pictures.
        tell: Is told of each outcome, with the recording's number from 0.
    """

    recorder: Recorder
    clock: Clock
    seconds: float
    at_once: int
    keep: Callable[[str, bytes], None]
    pictures: Path
    tell: Callable[[int, Outcome], None]

    def make(self, declared: Sequence[Declared], stems: Sequence[str]) -> list[Outcome]:
        """Record all that can be recorded; raises CannotRehearse."""
        waiting = deque(enumerate(zip(declared, stems, strict=True)))
        running: dict[str, _Take] = {}
        found: dict[int, Outcome] = {}

        def end(number: int, outcome: Outcome) -> None:
            found[number] = outcome
            self.tell(number, outcome)

        while waiting or running:
            while waiting and len(running) < self.at_once:
                number, (one, stem) = waiting.popleft()
                if one.why_not:
                    end(number, Outcome(one, Result.LEFT_OUT, one.why_not))
                    continue
                deadline = self.clock.monotonic() + _PATIENCE_S + self.seconds
                running[self.recorder.start(one.body())] = _Take(one, number, stem, deadline)
            seen = self.recorder.recordings() if running else {}
            for task_id, take in list(running.items()):
                if outcome := self._look(task_id, take, seen[task_id]):
                    del running[task_id]
                    end(take.number, outcome)
            self.clock.sleep(_POLL_S if running else 0)
        return [found[number] for number in sorted(found)]

    def _look(self, task_id: str, take: _Take, seen: Mapping[str, Any]) -> Outcome | None:
        """What became of it; None if nothing did yet."""
        if seen["state"] == "ended":
            return self._ended(take, seen)
        recorded = (seen["now_ms"] - seen["began_ms"]) / 1000 if seen["state"] == "recording" else 0.0
        if recorded >= self.seconds and not take.stopped:
            if seen["thumbnail"]:
                take.picture = self.pictures / f"{take.number}.jpg"
                take.picture.write_bytes(self.recorder.get(seen["thumbnail"]))
            self.recorder.stop(task_id)
            take.stopped = True
        if self.clock.monotonic() < take.deadline:
            return None
        self.recorder.stop(task_id)
        return Outcome(take.declared, Result.FAILED, f"nothing came of it within {_PATIENCE_S:g} s")

    def _ended(self, take: _Take, seen: Mapping[str, Any]) -> Outcome:
        if not take.stopped or not seen["mp4"]:
            return Outcome(take.declared, Result.FAILED, _why(str(seen["end"])))
        video = f"{take.stem}.mp4"
        self.keep(video, self.recorder.get(seen["mp4"][0]["url"]))
        seconds = (seen["ended_ms"] - seen["began_ms"]) / 1000
        said = f"{seconds:.0f} s of {seen['width']}x{seen['height']}"
        return Outcome(take.declared, Result.RECORDED, said, video, take.picture)


def _why(end: str) -> str:
    """How a recording ended, in words."""
    if not end.startswith(_BEGINNING):
        return end
    message = end.removeprefix(_BEGINNING)
    meaning = f" ({_MEANINGS[message]})" if message in _MEANINGS else ""
    return f"the page cannot be loaded: {message}{meaning}"
