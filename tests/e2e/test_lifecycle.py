"""What the engine does to recordings that nothing goes wrong with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.emulator import Emulator
from tests.support.pulumi_cli import Stack
from tests.support.recordings import (
    SDK_APP_ID,
    TYPE,
    all_recording,
    calls,
    inputs,
    program,
    runs_exactly,
    saved,
    urn_of,
)

MakeStack = Callable[..., Stack]

EXPORTS = """
for name in ("task_id", "request_id", "record_id", "status", "storage_location", "record_url", "sdk_app_id"):
    pulumi.export(name, getattr(lecture, name))
"""


def test_a_recording_from_preview_to_destroy(recorded: MakeStack, emu: Emulator) -> None:
    storage = {"cloud_vod": {"tencent_vod": {"sub_app_id": 1500000000}}}
    stack = recorded(program(lecture=inputs(storage_params=storage)) + EXPORTS)
    assert "+ 2 to create" in stack.preview().text
    assert emu.requests() == []

    assert "+ 2 created" in stack.up().text
    (task_id,) = runs_exactly(emu, stack, "lecture").values()
    (started,) = emu.requests("StartWebRecord")
    assert started["body"] == {
        "RecordUrl": "https://example.com/page",
        "SdkAppId": SDK_APP_ID,
        "StorageParams": {"CloudVod": {"TencentVod": {"SubAppId": 1500000000}}},
        "WebRecordVideoParams": {"Width": 1280, "Height": 720, "Format": "mp4"},
        "RecordId": started["record_id"],
    }
    assert stack.outputs() == {
        "task_id": task_id,
        "request_id": started["request_id"],
        "record_id": started["record_id"],
        "status": "recording",
        "storage_location": "vod://1500000000/",
        "record_url": "https://example.com/page",
        "sdk_app_id": SDK_APP_ID,
    }
    (resource,) = stack.resources(TYPE)
    assert resource["urn"] == resource["inputs"]["owner"]["urn"] == urn_of("lecture")

    stack.preview("--expect-no-changes")
    all_recording(emu)
    assert "2 unchanged" in stack.refresh("--expect-no-changes").text
    assert "- 2 deleted" in stack.destroy().text
    assert emu.running() == []
    assert len(emu.tasks()) == 1


@pytest.mark.soak
def test_a_changed_input_starts_the_new_recording_before_it_stops_the_old(
    recorded: MakeStack, emu: Emulator
) -> None:
    stack = recorded(program(lecture=inputs()))
    stack.up()
    old = runs_exactly(emu, stack, "lecture")["lecture"]
    stack.write(
        program(lecture=inputs(web_record_video_params={"width": 640, "height": 720, "format": "mp4"}))
    )
    shown = stack.preview("--diff").text
    assert "~ webRecordVideoParams: {" in shown
    assert "~ width : 1280 => 640" in shown
    assert "+-1 to replace" in shown
    assert len(calls(emu)) == 1

    stack.up()
    new = runs_exactly(emu, stack, "lecture")["lecture"]
    assert calls(emu) == [f"Start {old}", f"Start {new}", f"Stop {old}"]
    stack.preview("--expect-no-changes")


@pytest.mark.soak
def test_where_both_cannot_run_the_old_recording_stops_first(recorded: MakeStack, emu: Emulator) -> None:
    """A RecordId names one task, and two recorders cannot push to one stream."""
    cdn = {
        "publish_cdn_params": [{"publish_cdn_url": "rtmp://cdn.example.com/live/key", "is_tencent_cdn": 1}]
    }
    stack = recorded(program(given=inputs(record_id="mine"), relayed=inputs(**cdn)))
    stack.up()
    old = runs_exactly(emu, stack, "given", "relayed")
    stack.write(
        program(
            given=inputs(record_id="mine", max_duration_limit=3600),
            relayed=inputs(**cdn, max_duration_limit=3600),
        )
    )
    assert "+-2 replaced" in stack.up().text
    new = runs_exactly(emu, stack, "given", "relayed")
    done = calls(emu)
    for name in ("given", "relayed"):
        assert done.index(f"Stop {old[name]}") < done.index(f"Start {new[name]}")
    assert len(done) == 6
    assert emu.task(new["given"])["record_id"] == "mine"


@pytest.mark.soak
def test_ended_recordings_stay_or_start_again_as_the_program_says(recorded: MakeStack, emu: Emulator) -> None:
    stack = recorded(program(kept=inputs(max_duration_limit=1800), again=inputs(max_duration_limit=1800)))
    stack.up()
    old = runs_exactly(emu, stack, "kept", "again")
    stack.write(
        program(
            kept=inputs(max_duration_limit=1800, wait_until_recording=60),
            again=inputs(max_duration_limit=1800, when_ended="restart"),
        )
    )
    assert "~ 2 updated" in stack.up().text
    assert saved(stack) == old
    assert len(calls(emu)) == 2

    all_recording(emu)
    emu.advance(1900)
    assert emu.running() == []
    stack.refresh()
    assert saved(stack) == old
    assert [one["outputs"]["status"] for one in stack.resources(TYPE)] == ["ended", "ended"]
    assert "+-1 replaced" in stack.up().text
    assert saved(stack)["kept"] == old["kept"]
    assert [task["task_id"] for task in emu.running()] == [saved(stack)["again"]] != [old["again"]]
