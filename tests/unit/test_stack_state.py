"""What a stack's saved state and history say of a recording."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from pulumi_trtc.stack.history import History, parse_history
from pulumi_trtc.stack.state import (
    UNREADABLE,
    PendingCreate,
    StackView,
    is_touched,
    parse_export,
    parse_stopping,
    view_of,
)
from tests.support.declared import URN, inputs, pending

TYPE = "pulumi-python:dynamic/trtc:WebRecording"
NOW = 1_800_000_000.0


def export(resources: list[Any] | None = None, operations: list[Any] | None = None) -> str:
    return json.dumps(
        {"version": 3, "deployment": {"resources": resources, "pending_operations": operations}}
    )


def resource(**changed: Any) -> dict[str, Any]:
    return {"urn": URN, "type": TYPE, "id": "task", "outputs": {"recordId": "r-0"}} | changed


def update(age: float, result: str = "succeeded", kind: str = "update") -> dict[str, Any]:
    stamp = datetime.fromtimestamp(NOW - age, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"kind": kind, "result": result, "endTime": stamp}


def viewed(entries: list[dict[str, Any]]) -> StackView:
    return view_of(export(), parse_history(json.dumps(entries), NOW), NOW)


def test_recordings_are_found_among_other_resources() -> None:
    saved, waiting = parse_export(export([{"urn": "x", "type": "pulumi:pulumi:Stack"}, resource()]))
    assert [(one.urn, one.task_id, one.record_id) for one in saved] == [(URN, "task", "r-0")]
    assert waiting == ()


def test_pending_creates_are_found_and_other_operations_are_not() -> None:
    operations = [{"type": kind, "resource": resource(inputs=inputs())} for kind in ("creating", "deleting")]
    assert [one.urn for one in parse_export(export(None, operations))[1]] == [URN]


def test_a_checkpoint_of_a_backend_is_read_as_well() -> None:
    text = json.dumps({"version": 3, "checkpoint": {"latest": {"resources": [resource()]}}})
    assert [one.task_id for one in parse_export(text)[0]] == ["task"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"deployment": 1}', '{"deployment": {"resources": [1]}}'])
def test_what_is_no_deployment_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own error is one, too
        parse_export(text)


@pytest.mark.parametrize(
    ("entries", "recent", "failed", "suspect"),
    [
        ([], False, False, False),
        ([update(3600)], False, False, False),
        ([update(5)], True, False, False),
        ([update(-5)], True, False, False),
        ([{"kind": "update", "result": "in-progress", "endTime": ""}, update(3600)], False, False, False),
        ([update(3600, "failed")], False, True, True),
        ([update(3600), update(7200, "failed")], False, True, False),
        ([update(3600, kind="refresh"), update(7200, "failed")], False, True, True),
        ([{"kind": "update", "result": "succeeded", "endTime": "soon"}], True, False, False),
    ],
)
def test_history_tells_what_may_run_unseen(
    entries: list[dict[str, Any]], recent: bool, failed: bool, suspect: bool
) -> None:
    seen = viewed(entries)
    assert (seen.recent, seen.failed, seen.is_suspect(None)) == (recent, failed, suspect)


@pytest.mark.parametrize(
    ("entries", "cleared", "undone"),
    [
        ([], False, False),
        ([update(9, kind="refresh"), update(3600)], True, False),
        ([update(9, "failed", kind="refresh"), update(3600)], True, False),
        ([update(3600), update(7200, kind="refresh")], False, False),
        ([update(9, "failed", kind="destroy"), update(3600)], False, True),
        ([update(9, "failed"), update(3600, "failed", kind="destroy")], False, True),
        ([update(9), update(3600, "failed", kind="destroy")], False, False),
        ([update(9, kind="destroy")], False, False),
    ],
)
def test_history_tells_what_was_taken_away_and_what_was_not(
    entries: list[dict[str, Any]], cleared: bool, undone: bool
) -> None:
    seen = viewed(entries)
    assert (seen.cleared, seen.may_be_stopped("task", None)) == (cleared, undone)


def test_a_recording_remembers_the_failed_update_that_it_was_looked_after_for() -> None:
    """An update may succeed that left it out (`--target`): success alone says nothing of it."""
    before = viewed([update(7200, "failed")])
    after = viewed([update(9), update(3600, "failed", kind="destroy"), update(7200, "failed")])
    assert not before.is_suspect(before.newest_failure)
    assert after.is_suspect(before.newest_failure)
    assert after.may_be_stopped("task", before.newest_failure)
    assert not after.is_suspect(after.newest_failure)
    assert viewed([update(9)]).newest_failure == ""
    assert after.is_suspect("")


def test_where_no_history_can_be_read_no_recording_is_suspect() -> None:
    seen = view_of(export(), History(), NOW)
    assert seen.failed
    assert seen.newest_failure == ""
    assert not seen.is_suspect("")
    assert not UNREADABLE.is_suspect("")


def test_a_deletion_that_was_killed_is_found() -> None:
    operations = [{"type": kind, "resource": resource(id=kind)} for kind in ("creating", "deleting")]
    assert parse_stopping(export(None, operations)) == {"deleting"}
    assert parse_stopping(export()) == frozenset()


@pytest.mark.parametrize(
    ("manifest", "touched"),
    [
        ({"time": "2027-01-15T07:59:30.123456789Z"}, True),
        ({"time": "2027-01-15T09:59:30.123456789+02:00"}, True),
        ({"time": "2027-01-15T07:58:30.123456789Z"}, False),
        ({"time": "0001-01-01T00:00:00Z"}, False),
        ({}, True),
        (None, True),
    ],
)
def test_a_state_tells_whether_it_was_written_just_now(manifest: object, touched: bool) -> None:
    assert is_touched(json.dumps({"deployment": {"manifest": manifest}}), NOW) == touched


def test_a_trace_tells_one_set_of_pending_creates_from_another() -> None:
    one, two = pending(), pending(recordUrl="https://example.com/2")
    traces = [StackView(pending=entries).trace_of(URN) for entries in ((), (one,), (two,), (one, two))]
    assert traces[0] == ""
    assert len(set(traces)) == 4
    assert StackView(pending=(two, one)).trace_of(URN) == traces[3]


def test_a_trace_stays_when_an_update_encrypts_the_secrets_anew() -> None:
    def encrypted(text: str) -> PendingCreate:
        secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": text}
        return pending(publishCdnParams=secret, storageParams={"cloudStorage": {"secretKey": secret}})

    first, again = (StackView(pending=(encrypted(text),)).trace_of(URN) for text in ("v1:one", "v1:two"))
    assert first == again
    assert StackView(pending=(encrypted("v1:one"), encrypted("v1:two"))).trace_of(URN) != first
