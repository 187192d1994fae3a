"""`status` without a service: what it says of a recording, its exit status, and how it shows it."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.errors import ApiError, ConfigError, RunsElsewhere, TrtcError
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.service.api import Described
from pulumi_trtc.stack.state import SavedRecording
from pulumi_trtc.status.accounts import Account
from pulumi_trtc.status.ask import ask
from pulumi_trtc.status.report import Report, as_json, as_text
from pulumi_trtc.status.rows import Answer, Row, Status, exit_status, pending_row, row_of
from tests.support.clock import ManualClock
from tests.support.declared import PLACE, URN
from tests.support.fake_service import FakeService
from tests.support.terminal import secret

RUNS = Described(1, "task", "lecture-0", "request")
NOT_NOW = ApiError("DescribeWebRecord", "InternalError", "Try later", "req-1", task_id="task")


def saved(outputs: Mapping[str, Any] | None = None, **marks: Any) -> SavedRecording:
    kept = {
        "recordId": "lecture-0",
        "status": "recording",
        "maxDurationLimit": 7200.0,
        "storageLocation": "cos://webrecord-1234589/task/",
        "__trtc": {"startedAt": 1000.0, "runsAt": PLACE},
    }
    return SavedRecording(URN, "task", {"sdkAppId": 1}, {**kept, **(outputs or {})}, **marks)


def row(
    answer: Answer, outputs: Mapping[str, Any] | None = None, *, now: float = 2000.0, **marks: Any
) -> Row:
    return row_of(saved(outputs, **marks), answer, PLACE, now)


def named(name: str, status: Status, **more: Any) -> Row:
    return Row(f"{URN}-{name}", status, **more)


def report(*rows: Row, code: int = 0) -> Report:
    return Report("demo/dev", rows, [], 2000.0, code)


@pytest.mark.parametrize(
    ("answer", "status", "note", "advice"),
    [
        (RUNS, Status.RECORDING, "", ""),
        (attrs.evolve(RUNS, status=0), Status.RECORDING, "Status 0", ""),
        (None, Status.ENDED, "", ""),
        (NOT_NOW, Status.UNKNOWN, "InternalError (RequestId req-1)", "Try later"),
        (
            RunsElsewhere("lecture", URN, "task", PLACE, "https://there"),
            Status.UNKNOWN,
            "https://there",
            "--set",
        ),
        (ConfigError(("trtc:site: no",)), Status.UNKNOWN, "not asked", "trtc:site: no"),
    ],
)
def test_only_not_found_is_an_end(answer: Answer, status: Status, note: str, advice: str) -> None:
    found = row(answer)
    assert found.status is status
    assert note in found.note
    assert advice in found.advice
    assert (
        exit_status([found], expect_running=False) == {"ended": 1, "unknown": 2, "recording": 0}[status.value]
    )


def test_what_many_recordings_have_in_common_is_advised_once() -> None:
    failures = [attrs.evolve(NOT_NOW, task_id=f"task-{one}", request_id=f"req-{one}") for one in range(20)]
    text = as_text(report(*(row(one) for one in failures)))
    assert text.count("Try later") == 1
    assert all(f"RequestId req-{one})" in text for one in range(20))


@pytest.mark.parametrize(
    ("marks", "outputs", "now", "note"),
    [
        ({}, {}, 8200.0, "at its limit"),
        ({"stopped": True}, {}, 2000.0, "stopped to make room for its replacement, which did not start"),
        ({"read": True}, {}, 2000.0, "only read"),
        (
            {},
            {"status": "ended", "__trtc": {"acknowledged": True}},
            2000.0,
            "acknowledged by an update",
        ),
    ],
)
def test_an_end_is_told_with_what_is_known_of_it(
    marks: dict[str, Any], outputs: dict[str, Any], now: float, note: str
) -> None:
    assert row(None, outputs, now=now, **marks).note == note


ENDED, SEEN = named("a", Status.ENDED), named("b", Status.ENDED, acknowledged=True)
UNKNOWN, RUNNING = pending_row(URN), named("c", Status.RECORDING)
OLD = named("d", Status.ENDED, replaced=True)


@pytest.mark.parametrize(
    ("rows", "plain", "expecting"),
    [
        ([], 0, 1),
        ([RUNNING], 0, 0),
        ([RUNNING, OLD], 0, 0),
        ([OLD], 0, 1),
        ([RUNNING, SEEN], 0, 1),
        ([RUNNING, ENDED], 1, 1),
        ([RUNNING, UNKNOWN], 2, 2),
        ([ENDED, UNKNOWN], 1, 1),
        ([SEEN, UNKNOWN], 2, 1),
    ],
)
def test_the_exit_status_says_the_worst_that_is_known(rows: list[Row], plain: int, expecting: int) -> None:
    assert exit_status(rows, expect_running=False) == plain
    assert exit_status(rows, expect_running=True) == expecting


def test_ended_ones_come_first_and_each_has_a_line() -> None:
    replaced = row(RUNS, going=True)
    seen = named("Seen", Status.ENDED, acknowledged=True)
    rows = [replaced, row(RUNS), UNKNOWN, seen, named("a", Status.ENDED)]
    lines = as_text(report(*rows)).splitlines()
    assert [line.split()[:2] for line in lines[2:8]] == [
        ["STATUS", "NAME"],
        ["ended", "lecture-a"],
        ["ended", "lecture-Seen"],
        ["unknown", "lecture"],
        ["recording", "lecture"],
        ["recording", "lecture"],
    ]
    told = "recording  lecture       1970-01-01T00:16:40Z  1h43m  -"
    assert lines[6].startswith(told)
    for part in ("lecture-0", PLACE, "task", "cos://webrecord-1234589/task/"):
        assert part in lines[6]
    assert "replaced, and not stopped yet" in lines[7]
    assert "2 have ended (1 acknowledged), 1 is unknown, 1 is recording." in lines


def test_recordings_of_two_components_are_told_apart() -> None:
    component = URN.replace("::pulumi-python:", "::my:index:Hall$pulumi-python:")
    text = as_text(report(row(RUNS), attrs.evolve(row(RUNS), urn=component)))
    assert "  lecture  " in text
    assert "  my:index:Hall/lecture  " in text


def test_a_name_does_not_reach_the_terminal_s_controls() -> None:
    text = as_text(report(named("\x1b[2J\nended", Status.RECORDING), named("課堂", Status.RECORDING)))
    assert "\x1b" not in text
    assert "lecture-課堂" in text
    assert len([line for line in text.splitlines() if line.startswith("recording")]) == 2


def test_json_has_the_documented_keys_and_no_secret() -> None:
    marked = secret("TOP-SECRET")
    hidden = {"recordId": marked, "maxDurationLimit": secret(7200), "storageLocation": marked}
    told = json.loads(as_json(report(row(RUNS, hidden), row(None), code=1)))
    assert list(told) == ["version", "stack", "exitStatus", "counts", "asked", "recordings", "advice"]
    assert (told["version"], told["stack"], told["exitStatus"]) == (1, "demo/dev", 1)
    assert told["counts"] == {"ended": 1, "unknown": 0, "recording": 1}
    ended, recording = told["recordings"]
    assert ended == {
        "name": "lecture",
        "urn": URN,
        "status": "ended",
        "taskId": "task",
        "recordId": "lecture-0",
        "place": PLACE,
        "startedAt": "1970-01-01T00:16:40Z",
        "endsAt": "1970-01-01T02:16:40Z",
        "secondsLeft": None,
        "storageLocation": "cos://webrecord-1234589/task/",
        "acknowledged": False,
        "readOnly": False,
        "replaced": False,
        "note": None,
    }
    assert recording["recordId"] == recording["storageLocation"] == "[secret]"
    assert recording["endsAt"] is None
    assert "TOP-SECRET" not in json.dumps(told)


def test_every_key_of_the_json_is_documented() -> None:
    clock = ManualClock()
    asked = [account(FakeService(clock), clock)]
    told = json.loads(as_json(Report("demo/dev", [row(RUNS)], asked, 2000.0, 0)))
    keys = {*told, *told["counts"], *told["asked"][0], *told["recordings"][0]}
    document = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text()
    assert [key for key in keys if not re.search(f"`{key}(\\[\\])?`", document)] == []


def test_when_a_task_that_was_taken_over_was_started_is_not_claimed() -> None:
    found = row(RUNS, {"__trtc": {"startedAt": 1000.0, "runsAt": PLACE, "foreign": True}})
    assert (found.started_at, found.ends_at) == (None, None)
    assert row(RUNS).ends_at == 8200.0


def account(service: FakeService, clock: ManualClock) -> Account:
    lifecycle = Lifecycle(
        service, StartWindow(8.0, clock, 0.0, lambda _line: None), PLACE, lambda _line: None
    )
    return Account("default", "emulator", PLACE, PLACE, "environment", lifecycle)


def test_each_recording_is_asked_for_once_and_nothing_is_changed() -> None:
    clock = ManualClock()
    service = FakeService(clock, start_delay=0.0)
    task = service.start({"RecordId": "lecture-0", "SdkAppId": 1}).task_id
    before = len(service.calls)
    over = saved({"status": "ended"})
    recordings = [attrs.evolve(saved(), task_id=task), over, attrs.evolve(saved(), read=True)]
    answers = ask(recordings, {"": account(service, clock)}, clock, pytest.fail)
    assert isinstance(answers[0], Described)
    assert answers[1:] == [None, None]
    assert sorted(service.calls[before:]) == sorted(
        [("DescribeWebRecord", task), ("DescribeWebRecord", "task")]
    )


def test_where_nothing_can_be_asked_each_recording_is_told_why() -> None:
    failure: TrtcError = ConfigError(("trtc:site: no",))
    assert ask([saved(), saved()], {"": failure}, SystemClock(), pytest.fail) == [failure, failure]


class Slow(ManualClock):
    """Two seconds go by between any two looks."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks = itertools.count(step=2)

    def monotonic(self) -> float:
        return float(next(self._ticks))


def test_who_waits_is_told_how_far_it_is() -> None:
    told: list[str] = []
    ask([saved({"status": "ended"})] * 4, {}, Slow(), told.append)
    assert told
    assert all(line.endswith("of 4 recordings") for line in told)
