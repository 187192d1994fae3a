"""Create, read, update, replace and delete through the provider's own process."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.messages import UNKNOWN
from tests.support.world import DESCRIBE, START, STOP, World, Worlds, recording


def actions(world: World) -> list[str]:
    """What was asked of the service since it was reset, without looking."""
    return [one["action"] for one in world.emu.requests() if one["action"] != DESCRIBE]


def test_a_preview_sends_nothing(world: World) -> None:
    outcome = world.engine.preview(world.declared)
    assert outcome.steps == (("create", "lecture"),)
    assert world.emu.requests() == []


def test_wrong_inputs_are_refused_all_at_once_with_their_paths(world: World) -> None:
    wrong = recording(recordUrl="ftp://example.com", sdkAppId="x", maxDurationLimit=1.5, readyTimeout=61)
    wrong["storageParams"]["cloudStorage"] |= {"bucket": 7}
    # The engine stops at the first recording whose inputs are refused.
    world.declare(lecture=wrong, other=recording(recordId="ü" * 16))
    (first,) = world.engine.preview(world.declared).errors
    world.declare(other=world.declared["other"])
    (second,) = world.engine.preview(world.declared).errors
    for path in (
        "recordUrl: ",
        "sdkAppId: ",
        "maxDurationLimit: ",
        "readyTimeout: ",
        "storageParams.cloudStorage.bucket: ",
    ):
        assert path in first
    assert "recordId: " in second
    assert "Traceback" not in first + second
    assert "storage-secret-of-tests" not in first + second
    assert world.emu.requests() == []


def test_values_that_a_preview_does_not_know_are_no_failure(world: World) -> None:
    nested = recording(recordUrl=UNKNOWN)
    nested["storageParams"]["cloudStorage"]["bucket"] = UNKNOWN
    world.declare(lecture=nested, whole=recording() | {"storageParams": UNKNOWN, "sdkAppId": UNKNOWN})
    outcome = world.engine.preview(world.declared)
    assert outcome.good, outcome
    assert world.emu.requests() == []


def test_an_unknown_value_of_a_running_recording_is_previewed_as_a_replacement(world: World) -> None:
    world.good_up()
    world.declare(lecture=recording(recordUrl=UNKNOWN))
    assert world.engine.preview(world.declared).steps == (("replace", "lecture"),)


def test_create_sends_what_is_declared_and_saves_what_came(world: World) -> None:
    world.declare(lecture=recording(5, maxDurationLimit=3600, webRecordVideoParams={"width": 640}))
    world.good_up()
    (task,) = world.emu.running()
    (request,) = world.emu.requests()
    saved = world.saved()
    assert saved["id"] == task["task_id"] == saved["outputs"]["taskId"]
    assert (
        saved["outputs"]
        | {
            "requestId": request["request_id"],
            "recordId": task["record_id"],
            "status": "recording",
            "storageLocation": f"cos://webrecord-1234589/{task['task_id']}/",
            "maxDurationLimit": 3600,
        }
        == saved["outputs"]
    )
    assert request["body"].keys() == {
        "RecordUrl",
        "SdkAppId",
        "StorageParams",
        "RecordId",
        "MaxDurationLimit",
        "WebRecordVideoParams",
    }
    assert request["body"]["WebRecordVideoParams"] == {"Width": 640}
    world.destroy()


def test_a_setting_of_the_provider_is_updated_in_place(world: World) -> None:
    world.good_up()
    before = world.running()
    world.declare(lecture=recording(whenEnded="restart"))
    assert world.up().steps == (("update", "lecture"),)
    assert world.running() == before
    assert world.saved()["outputs"]["whenEnded"] == "restart"
    assert actions(world) == [START]


def test_a_changed_input_starts_the_new_one_before_the_old_one_stops(world: World) -> None:
    world.good_up()
    world.declare(lecture=recording(1))
    assert world.up().steps == (("replace", "lecture"),)
    assert actions(world) == [START, START, STOP]
    world.check()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"recordId": "mine"}, {"recordId": "mine", "maxDurationLimit": 3600}),
        pytest.param(
            {"publishCdnParams": [{"publishCdnUrl": "rtmp://a.example/live/s?sign=1"}]},
            {"publishCdnParams": [{"publishCdnUrl": "rtmp://a.example/live/s?sign=2"}]},
            marks=pytest.mark.soak,
        ),
    ],
    ids=["record-id", "stream"],
)
def test_what_cannot_run_twice_stops_first(
    world: World, before: dict[str, Any], after: dict[str, Any]
) -> None:
    world.declare(lecture=recording(**before))
    world.good_up()
    world.declare(lecture=recording(**after))
    assert world.up().steps == (("delete", "lecture"), ("replace", "lecture"))
    assert actions(world) == [START, STOP, START]
    world.check()


def test_a_refresh_shows_until_an_update_tells_it_that_a_recording_has_ended(world: World) -> None:
    world.declare(lecture=recording(whenEnded="keep", maxDurationLimit=1800))
    world.good_up()
    world.emu.advance(3600)
    for _ in range(2):
        assert world.refresh().changed == ("lecture",)
    assert world.saved()["outputs"]["status"] == "ended"
    assert world.up().steps == (("update", "lecture"),)
    assert world.refresh().changed == ()
    assert world.up().steps == (("same", "lecture"),)
    assert world.running() == []
    world.destroy()


def test_a_recording_that_has_ended_starts_again_if_the_program_says_so(world: World) -> None:
    world.declare(lecture=recording(whenEnded="restart", maxDurationLimit=1800))
    world.good_up()
    world.emu.advance(3600)
    world.refresh()
    assert world.up().steps == (("replace", "lecture"),)
    world.begun()
    world.check()
    world.destroy()


def test_a_refresh_of_what_runs_changes_nothing(world: World) -> None:
    world.good_up()
    before = world.saved()["outputs"]
    assert world.engine.refresh().good
    assert world.saved()["outputs"] == before
    assert world.up().steps == (("same", "lecture"),)


def test_an_ended_recording_can_be_deleted(world: World) -> None:
    world.good_up()
    world.engine.state.later()
    world.emu.advance(2 * 86400)
    world.destroy()


def test_a_recording_that_is_no_longer_declared_is_stopped(world: World) -> None:
    world.declare(lecture=recording(), other=recording(1))
    world.good_up()
    world.declare(other=recording(1))
    world.good_up()
    world.check()


def test_a_running_recording_is_adopted_and_then_owned(world: World, worlds: Worlds) -> None:
    first = worlds(stack="first")
    first.good_up()
    (task_id,) = first.running()
    world.declare(lecture=recording(adopt=task_id))
    outcome = world.good_up()
    assert f"lecture: adopts task {task_id}." in outcome.told
    assert world.running() == [task_id]
    world.destroy()


def test_waiting_until_it_records_ends_with_the_recording(world: World) -> None:
    world.declare(lecture=recording(waitUntilRecording=60))
    assert world.up().good
    assert [one["state"] for one in world.emu.tasks()] == ["recording"]


def test_a_page_that_cannot_be_loaded_fails_a_create_that_waits(world: World) -> None:
    world.declare(lecture=recording(recordUrl="https://example.invalid/", waitUntilRecording=2))
    outcome = world.up()
    assert not outcome.good
    assert "The recording did not begin" in outcome.errors[0]
    assert world.running() == []
    assert world.engine.state.resources == []
