"""What a rehearsal makes of pages: takes, files and the contact sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from pulumi_trtc.rehearse import sheet
from pulumi_trtc.rehearse.declared import Declared
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.output import LISTING, SHEET, Output, stems
from pulumi_trtc.rehearse.take import Outcome, Result, Takes
from tests.support.clock import ManualClock
from tests.support.recordings import urn_of


@attrs.define
class FakeEmulator:
    """Pages load in a second; one whose address ends with "bad" cannot, one with "hang" never does."""

    clock: ManualClock
    at_once: list[int] = attrs.field(factory=list)
    stopped: list[str] = attrs.field(factory=list)
    _tasks: dict[str, dict[str, Any]] = attrs.field(factory=dict)

    def start(self, body: Mapping[str, Any]) -> str:
        task_id = str(body["RecordUrl"]).rpartition("/")[2]
        began = int(self.clock.monotonic() * 1000) + 1000
        self._tasks[task_id] = {
            "state": "loading",
            "began_ms": began,
            "end": None,
            "mp4": [],
            "thumbnail": None,
        }
        return task_id

    def stop(self, task_id: str) -> None:
        self.stopped.append(task_id)
        mp4 = [{"url": f"/{task_id}.mp4"}]
        self._tasks[task_id] |= {"state": "ended", "mp4": mp4, "end": "Stopped", "ended_ms": self._now()}

    def recordings(self) -> Mapping[str, Mapping[str, Any]]:
        for task_id, task in self._tasks.items():
            if task["state"] == "loading" and task["began_ms"] <= self._now() and task_id != "hang":
                failed = {"state": "ended", "end": "Could not begin: Goto url timeout"}
                runs = {"state": "recording", "thumbnail": f"/{task_id}.jpg", "width": 640, "height": 360}
                task.update(failed if task_id == "bad" else runs)
        self.at_once.append(sum(task["state"] != "ended" for task in self._tasks.values()))
        return {name: {**task, "now_ms": self._now()} for name, task in self._tasks.items()}

    def get(self, path: str) -> bytes:
        return path.encode()

    def _now(self) -> int:
        return int(self.clock.monotonic() * 1000)


def made(tmp_path: Path, *declared: Declared, at_once: int = 2) -> tuple[FakeEmulator, list[Outcome]]:
    """What came of some recordings, whose videos are kept in a folder."""
    clock = ManualClock()
    emulator = FakeEmulator(clock)
    told: list[Outcome] = []
    takes = Takes(
        emulator,
        clock,
        seconds=4,
        at_once=at_once,
        keep=Output(tmp_path).write,
        pictures=tmp_path,
        tell=lambda _, outcome: told.append(outcome),
    )
    outcomes = takes.make(declared, [one.name for one in declared])
    assert sorted(map(id, told)) == sorted(map(id, outcomes))
    return emulator, outcomes


def page(name: str) -> Declared:
    return Declared(urn_of(name), {"recordUrl": f"https://example.com/{name}"})


def test_each_page_is_recorded_for_so_long_and_a_few_at_a_time(tmp_path: Path) -> None:
    emulator, outcomes = made(tmp_path, *(page(name) for name in "abcde"))
    assert [one.declared.name for one in outcomes] == list("abcde")
    assert {(one.result, one.said) for one in outcomes} == {(Result.RECORDED, "4 s of 640x360")}
    assert max(emulator.at_once) == 2
    assert emulator.stopped == list("abcde")
    assert (tmp_path / "a.mp4").read_bytes() == b"/a.mp4"
    assert outcomes[0].picture is not None
    assert outcomes[0].picture.read_bytes() == b"/a.jpg"


def test_a_page_that_cannot_be_loaded_holds_up_no_other(tmp_path: Path) -> None:
    later = Declared(urn_of("later"), why_not="known later")
    emulator, (bad, good, left) = made(tmp_path, page("bad"), page("good"), later, at_once=1)
    assert (bad.result, bad.video) == (Result.FAILED, None)
    assert bad.said.startswith("the page cannot be loaded: Goto url timeout (its server gives no answer")
    assert good.result is Result.RECORDED
    assert (left.result, left.said) == (Result.LEFT_OUT, "known later")
    assert emulator.stopped == ["good"]


def test_a_page_of_which_nothing_comes_is_given_up(tmp_path: Path) -> None:
    emulator, (hang,) = made(tmp_path, page("hang"))
    assert (hang.result, emulator.stopped) == (Result.FAILED, ["hang"])
    assert "nothing came of it" in hang.said


def test_files_have_names_that_every_system_takes() -> None:
    names = ["a/b", "a:b", "A-B", "../..", "", "课堂", "x" * 500, "-rf", "a-b-2"]
    found = stems(names)
    assert found == ["a-b", "a-b-2", "A-B-3", "recording", "recording-2", "课堂", "x" * 60, "rf", "a-b-2-2"]


def test_an_earlier_rehearsal_makes_room_and_nothing_else_does(tmp_path: Path) -> None:
    folder = tmp_path / "deep/left"
    first = Output.prepare(folder)
    first.write("a.mp4", b"video")
    first.write(SHEET, b"sheet")
    first.list({"recordings": [{"video": "a.mp4"}, {"video": "../../kept"}, {"video": None}]})
    (tmp_path / "kept").touch()
    (folder / "mine.txt").touch()
    Output.prepare(folder)
    assert {path.name for path in folder.iterdir()} == {LISTING, "mine.txt"}
    assert (tmp_path / "kept").exists()
    (folder / LISTING).unlink()
    with pytest.raises(CannotRehearse, match="holds other files"):
        Output.prepare(folder)
    assert (folder / "mine.txt").exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", json.dumps({"recordings": 1}), json.dumps({"recordings": [1]})]
)
def test_a_spoilt_list_of_an_earlier_rehearsal_is_no_hindrance(tmp_path: Path, text: str) -> None:
    (tmp_path / LISTING).write_text(text)
    Output.prepare(tmp_path).write("a.mp4", b"")
    assert (tmp_path / "a.mp4").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotRehearse, match=r"file/left: cannot be written to \(Not a directory\)"):
        Output.prepare(tmp_path / "file/left")


def test_the_sheet_shows_names_of_any_kind_and_hosts_alone() -> None:
    declared = Declared(urn_of("<script>&'\"课"), {"recordUrl": "https://example.com/p?tokenMarker"})
    text = sheet.page("app / dev", [Outcome(declared, Result.FAILED, "no <b>")])
    assert "&lt;script&gt;&amp;&#x27;&quot;课" in text
    assert "https://example.com…" in text
    assert "no &lt;b&gt;" in text
    assert "Marker" not in text


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 2, 1), (3, 3, 1), (5, 4, 2), (200, 4, 50)])
def test_the_sheet_is_as_large_as_its_pictures(count: int, columns: int, rows: int) -> None:
    assert sheet.size(count) == (16 + columns * 416, 72 + rows * (225 + 76 + 16))
