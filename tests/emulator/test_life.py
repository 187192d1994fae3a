"""A recording's life through the official SDK: accepted, recording, ended."""

from __future__ import annotations

from functools import partial

import pytest

from tests.support.emulator import Emulator, StartEmulator, eventually
from tests.support.sdk import code_of, describe, sdk_client, start, stop

APP = 1400000000


def test_start_describe_stop(emu: Emulator) -> None:
    client = sdk_client(emu)
    task_id = start(client, RecordId="lecture-1")
    emu.advance(3600)
    by_task = describe(client, TaskId=task_id)
    assert (by_task.Status, by_task.RecordId) == (1, "lecture-1")
    by_record = describe(client, SdkAppId=APP, RecordId="lecture-1")
    assert (by_record.Status, by_record.TaskId) == (1, task_id)
    assert stop(client, task_id)
    assert code_of(describe, client, TaskId=task_id) == "FailedOperation.TaskNotExist"
    assert code_of(describe, client, SdkAppId=APP, RecordId="lecture-1") == "FailedOperation.TaskNotExist"
    assert code_of(stop, client, task_id) == "FailedOperation.TaskNotExist"


def test_the_api_pages_example_arrives_as_it_was_sent(emu: Emulator) -> None:
    start(sdk_client(emu))
    (request,) = emu.requests("StartWebRecord")
    assert request["code"] == ""
    assert request["body"] == {
        "RecordUrl": "https://web-record-xxxxx.cos.ap-xxx.myqcloud.com/xxxx/xxx.mp4",
        "StorageParams": {
            "CloudStorage": {
                "Vendor": 0,
                "Bucket": "webrecord-1234589",
                "Region": "ap-singapore",
                "AccessKey": "***",
                "SecretKey": "***",
                "FileNamePrefix": ["record", "video"],
            }
        },
        "MaxDurationLimit": 3600,
        "WebRecordVideoParams": {"Width": 1280, "Height": 720, "Format": "mp4"},
        "SdkAppId": APP,
    }


def test_a_task_id_needs_care_in_urls_and_paths_as_the_real_ones_do(emu: Emulator) -> None:
    task_id = start(sdk_client(emu))
    assert len(task_id) > 90
    assert "+" in task_id
    assert "/" in task_id


def test_before_it_begins_it_is_not_seen_and_cannot_be_stopped(emu: Emulator) -> None:
    client = sdk_client(emu)
    task_id = start(client, RecordId="early")
    assert code_of(describe, client, TaskId=task_id) == "FailedOperation.TaskNotExist"
    assert code_of(describe, client, SdkAppId=APP, RecordId="early") == "FailedOperation.TaskNotExist"
    assert code_of(stop, client, task_id) == "FailedOperation.TaskNotExist"
    emu.advance(3600)
    assert describe(client, TaskId=task_id).Status == 1


def test_it_begins_by_itself_after_the_start_delay(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--start-delay", "0.2")
    task_id = start(sdk_client(emulator))
    eventually(lambda: emulator.task(task_id)["state"] == "recording", "the recording")
    task = emulator.task(task_id)
    assert task["started_ms"] - task["created_ms"] >= 200


def test_a_record_id_is_taken_from_the_acceptance_to_the_end(emu: Emulator) -> None:
    client = sdk_client(emu)
    first = start(client, RecordId="one")
    assert code_of(start, client, RecordId="one") == "FailedOperation.TaskExist"
    emu.advance(3600)
    assert code_of(start, client, RecordId="one") == "FailedOperation.TaskExist"
    other_app = start(client, RecordId="one", SdkAppId=APP + 1)
    stop(client, first)
    second = start(client, RecordId="one")
    assert len({first, second, other_app}) == 3
    emu.advance(3600)
    assert describe(client, SdkAppId=APP, RecordId="one").TaskId == second


@pytest.mark.parametrize("record_id", [None, ""])
def test_without_a_record_id_each_start_is_a_task(emu: Emulator, record_id: str | None) -> None:
    client = sdk_client(emu)
    first, second = (start(client, RecordId=record_id) for _ in range(2))
    emu.advance(3600)
    assert first != second
    assert describe(client, TaskId=first).RecordId == ""


def test_an_ended_record_id_can_be_kept_taken(start_emulator: StartEmulator) -> None:
    never = start_emulator("--start-delay", "0", "--record-id-reuse", "no")
    for_a_while = start_emulator("--start-delay", "0", "--task-exist-after-end", "1000")
    for emulator in (never, for_a_while):
        client = sdk_client(emulator)
        task_id = start(client, RecordId="one")
        eventually(partial(emulator.tasks, "recording"), "the recording")
        stop(client, task_id)
        assert code_of(start, client, RecordId="one") == "FailedOperation.TaskExist"
        emulator.advance(1000)
    assert code_of(start, sdk_client(never), RecordId="one") == "FailedOperation.TaskExist"
    assert start(sdk_client(for_a_while), RecordId="one")


def test_it_ends_at_its_time_limit(emu: Emulator) -> None:
    # Real time passes too: the looks lie some minutes beside the limits.
    client = sdk_client(emu)
    limited = start(client, MaxDurationLimit=1800)
    longest = start(client, MaxDurationLimit=None)
    emu.advance(3600 + 1000)
    assert describe(client, TaskId=limited).Status == 1
    emu.advance(800)
    assert code_of(describe, client, TaskId=limited) == "FailedOperation.TaskNotExist"
    assert emu.task(limited)["reason"] == "limit"
    emu.advance(86400 - 1800 - 1000)
    assert describe(client, TaskId=longest).Status == 1
    emu.advance(1000)
    assert emu.task(longest)["reason"] == "limit"


def test_one_advance_passes_through_a_whole_life_at_its_times(emu: Emulator) -> None:
    task_id = start(sdk_client(emu), MaxDurationLimit=1800)
    emu.advance(100_000)
    task = emu.task(task_id)
    assert 3600 <= (task["started_ms"] - task["created_ms"]) / 1000 < 10_000
    assert 1800 <= (task["ended_ms"] - task["started_ms"]) / 1000 < 10_000
    assert [event["kind"] for event in task["events"]] == ["started", "limit", "ended", "finished"]


def test_a_page_that_cannot_be_reached_is_accepted_and_ends(emu: Emulator) -> None:
    client = sdk_client(emu)
    task_id = start(client, RecordId="gone", RecordUrl="https://page.invalid/x")
    emu.advance(3600)
    assert code_of(describe, client, TaskId=task_id) == "FailedOperation.TaskNotExist"
    task = emu.task(task_id)
    assert (task["state"], task["reason"], task["message"]) == ("ended", "failed", "Goto url timeout")
    assert start(client, RecordId="gone")
