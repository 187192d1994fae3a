"""What the page is told of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.support.sdk import start_body
from trtc_emulator.control.page_files import Found, scan
from trtc_emulator.control.page_view import EVENTS_SHOWN, event_text, recording, shown_page
from trtc_emulator.media.contract import RecordedFile
from trtc_emulator.request.masking import mask_body
from trtc_emulator.request.plan import read_plan
from trtc_emulator.settings.assumptions import Assumptions
from trtc_emulator.tasks.events import EndReason, Event, EventKind, State
from trtc_emulator.tasks.task import Task


def task(**changes: Any) -> Task:
    params = mask_body(start_body(**changes))
    plan = read_plan(params, Assumptions(odd_sizes="round"))
    return Task("id+1/2", 1, None, params["RecordUrl"], params, 3600, 1, 2, plan=plan)


def event(kind: EventKind, **fields: Any) -> Event:
    return Event(kind, "id+1/2", 777, seq=1, **fields)


def cdn(index: int, status: int, message: str = "") -> Event:
    return event(EventKind.CDN, index=index, status=status, message=message)


def view_of(shown: Task, *events: Event) -> dict[str, Any]:
    return recording(shown, events, Found())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "accepted"),
        ({"state": State.LOADING}, "loading"),
        ({"state": State.RECORDING}, "recording"),
        ({"state": State.ENDED}, "finishing"),
        ({"state": State.ENDED, "finished_ms": 5}, "ended"),
    ],
)
def test_the_states(changes: dict[str, Any], expected: str) -> None:
    assert view_of(attrs.evolve(task(), **changes))["state"] == expected


def test_what_was_accepted_under_other_rules_is_shown() -> None:
    odd = task(WebRecordVideoParams={"Width": 641, "Height": 0}, RecordUrl=f"http://{'x' * 9000}/")
    view = view_of(odd)
    assert (view["width"], view["height"], view["formats"]) == (640, 720, ["mp4"])


def test_relays_have_the_state_that_came_last() -> None:
    relayed = task(
        PublishCdnParams=[{"PublishCdnUrl": f"rtmp://{host}/app/KEY"} for host in ("a", "b:1", "c")]
    )
    view = view_of(relayed, cdn(0, 1), cdn(1, 1), cdn(0, 2), cdn(1, 4, "refused"))
    assert view["relays"] == [
        {"host": "a", "state": "running"},
        {"host": "b:1", "state": "failed"},
        {"host": "c", "state": "waiting"},
    ]
    assert view["events"][0]["text"] == "Relay to b:1 is failed: refused"


def test_the_last_events_come_first() -> None:
    files = [event(EventKind.FILE, file=RecordedFile(f"a_{number}.mp4", 1, 1, 2)) for number in range(20)]
    texts = [shown["text"] for shown in view_of(task(), *files)["events"]]
    assert texts[0] == "a_19.mp4 is complete"
    assert len(texts) == EVENTS_SHOWN


@pytest.mark.parametrize(
    ("happened", "text"),
    [
        (event(EventKind.STARTED), "Recording began"),
        (event(EventKind.ENDED, reason=EndReason.STOPPED), "Stopped by StopWebRecord"),
        (
            event(EventKind.ENDED, reason=EndReason.FAILED, message="Goto url timeout"),
            "Could not begin: Goto url timeout",
        ),
        (
            event(EventKind.ENDED, reason=EndReason.LIMIT, message="Over time limit"),
            "Ended at MaxDurationLimit",
        ),
        (cdn(7, 2), "Relay to CDN is running"),
        (
            event(EventKind.SCREENCAST, message="no display"),
            "Recorded from the browser's screencast: no display",
        ),
    ],
)
def test_events_in_words(happened: Event, text: str) -> None:
    assert event_text(happened, ["a"]) == text


@pytest.mark.parametrize(
    ("masked", "shown"),
    [
        ("https://example.com/a/b?***#***", "example.com/a/b"),
        ("http://127.0.0.1:80/", "127.0.0.1:80"),
    ],
)
def test_a_page_is_shown_without_its_query(masked: str, shown: str) -> None:
    assert shown_page(masked) == shown


def test_files_on_disk(tmp_path: Path) -> None:
    sizes = {"a_10.mp4": 1, "a_2.mp4": 2, "a_11.mp4.part": 4, "a.m3u8": 8, "a_00000.ts": 16, "a_00001.ts": 32}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(b"x" * size)
    for name in (".lock", ".thumbnail.jpg", "a_2.mp4.vod.json", ".b.mp4"):
        (tmp_path / name).write_bytes(b"x" * 1000)
    found = scan(tmp_path)
    assert found.mp4 == (("a_2.mp4", 2), ("a_10.mp4", 1))
    assert (found.size, found.playlist, found.segments) == (63, "a.m3u8", 2)
    assert found.thumbnail_ns == (tmp_path / ".thumbnail.jpg").stat().st_mtime_ns
    assert scan(tmp_path / "nowhere") == Found()


@pytest.mark.parametrize(("written", "level"), [("-12.5", -12.5), ("", None), (None, None)])
def test_a_level_is_shown_while_it_records(tmp_path: Path, written: str | None, level: float | None) -> None:
    if written is not None:
        (tmp_path / ".level").write_text(written)
    found = scan(tmp_path)
    shown = {
        state: recording(attrs.evolve(task(), state=state), [], found)["level"]
        for state in (State.RECORDING, State.ENDED)
    }
    assert shown == {State.RECORDING: level, State.ENDED: None}
