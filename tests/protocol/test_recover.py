"""`recover`: every running task of a stack is named, and only what it left over is stopped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.declared import BACKEND, OWNER, STACK, URN, inputs, record_id
from tests.support.emulator import Emulator
from tests.support.sdk import sdk_client, start
from tests.support.terminal import Told, cli_with, deployment, file_with, secret, set_, settings, told

RENAMED = "renamed-aaaaaaaaaaaaaaaaaaaa-0"


def recover(service: Emulator, tmp_path: Path, state: dict[str, Any], *more: str) -> Told:
    return told(arguments(service, tmp_path, state, *more))


def recover_with_cli(service: Emulator, tmp_path: Path, states: list[dict[str, Any]], *more: str) -> Told:
    """The same with a CLI that exports these states, one after another."""
    return told(["recover", *set_(settings(service)), *more], cli_with(tmp_path, states))


def arguments(service: Emulator, tmp_path: Path, state: dict[str, Any], *more: str) -> list[str]:
    return ["recover", *set_(settings(service)), *file_with(tmp_path, state), *more]


def running(service: Emulator) -> list[str]:
    return sorted(task["task_id"] for task in service.running())


def test_a_state_whose_recordings_are_as_it_says_asks_for_nothing(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId=record_id(0))
    found = subprocess.run(
        [sys.executable, "-m", "pulumi_trtc", *arguments(service, tmp_path, deployment(task_id))],
        capture_output=True,
        text=True,
        env={**service.env, "PULUMI_BACKEND_URL": BACKEND},
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert task_id in found.stdout
    assert "Nothing runs that should not" in found.stdout


def test_what_a_killed_update_left_is_named_and_stopped_only_on_request(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=record_id(0))
    left = start(sdk, RecordId=record_id(2))
    state = deployment(kept, (inputs(),))
    named = recover(service, tmp_path, state)
    assert named.returncode == 1
    assert left in named.stdout
    assert "--apply" in named.stdout
    assert running(service) == sorted([kept, left])
    applied = recover(service, tmp_path, state, "--apply")
    assert applied.returncode == 0, applied.stderr
    assert "refresh --clear-pending-creates" in applied.stdout
    assert running(service) == [kept]


def test_a_task_under_a_given_record_id_is_stopped_only_by_its_name(
    service: Emulator, tmp_path: Path
) -> None:
    task_id = start(sdk_client(service), RecordId="given")
    state = deployment(None, (inputs(recordId="given"),))
    found = recover(service, tmp_path, state, "--apply")
    assert found.returncode == 1
    assert "may be anybody's" in found.stdout
    assert "Nothing runs that should not" not in found.stdout
    assert running(service) == [task_id]
    assert recover(service, tmp_path, state, "--stop", task_id, "--apply").returncode == 0
    assert running(service) == []


def test_the_recordings_of_a_deleted_stack_are_stopped(service: Emulator, tmp_path: Path) -> None:
    start(sdk_client(service), RecordId=record_id(0))
    state = deployment(running(service)[0])
    assert recover(service, tmp_path, state, "--gone", "--apply").returncode == 0
    assert running(service) == []


def test_a_recording_that_a_deleted_stack_only_read_is_not_stopped(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId="of-another-stack")
    state = deployment(task_id)
    state["deployment"]["resources"][0] |= {"inputs": {}, "external": True}
    found = recover(service, tmp_path, state, "--gone", "--apply")
    assert found.returncode == 0, found.stderr
    assert f"task {task_id} (RecordId {record_id(0)}) runs; the stack only reads it" in found.stdout
    assert running(service) == [task_id]
    # One that it declares and reads as well is its own.
    state["deployment"]["resources"][:0] = deployment(task_id)["deployment"]["resources"]
    assert recover(service, tmp_path, state, "--gone", "--apply").returncode == 0
    assert running(service) == []


def test_a_recording_whose_state_is_lost_is_found_by_its_urn(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId=record_id(1))
    lost = ("--lost", URN, "--stack", STACK, "--sdk-app-id", "1400000000")
    found = recover(service, tmp_path, deployment(None), *lost, "--apply")
    assert task_id in found.stdout
    assert running(service) == []


def test_a_file_that_is_no_state_is_one_clear_line(service: Emulator, tmp_path: Path) -> None:
    found = recover(service, tmp_path, {"something": "else"})
    assert found.returncode == 2
    assert "no deployment" in found.stderr
    assert "Traceback" not in found.stderr


def test_every_application_and_record_id_that_a_state_names_is_asked(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=record_id(0))
    left = [
        start(sdk, RecordId=record_id(1)),
        start(sdk, RecordId=record_id(0), SdkAppId=1),
        start(sdk, RecordId=RENAMED, SdkAppId=1),
        start(sdk, RecordId=record_id(2), SdkAppId=2),
    ]
    renamed = {**inputs(sdkAppId=1), "owner": {**OWNER, "recordId": RENAMED}}
    state = deployment(kept, (inputs(sdkAppId=1), renamed, inputs(sdkAppId=2)))
    named = recover(service, tmp_path, state, "--apply")
    assert [one for one in left if one not in named.stdout] == []
    # No killed create could have started the first: it was let go.
    assert named.returncode == 1, named.stderr
    assert running(service) == sorted([kept, left[0]])


def test_what_an_update_could_not_look_at_is_looked_at(service: Emulator, tmp_path: Path) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=record_id(0))
    left = [start(sdk, RecordId="earlier-3"), start(sdk, RecordId="earlier-3", SdkAppId=1)]
    state = deployment(kept, unsettled=["earlier-3", "1/earlier-3"])
    named = recover(service, tmp_path, state, "--apply")
    assert [one for one in left if one not in named.stdout] == []
    assert named.returncode == 0, named.stderr
    assert running(service) == [kept]


def test_what_a_renamed_recording_started_under_its_new_name_is_found(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=RENAMED)
    left = start(sdk, RecordId=record_id(0))
    state = deployment(kept, recordId=RENAMED)
    state["deployment"]["resources"][0]["inputs"]["owner"] = {**OWNER, "recordId": RENAMED}
    # A file may be of another backend, whose stack of this name has recordings of its own.
    assert recover(service, tmp_path, state, "--apply").returncode == 0
    assert running(service) == sorted([kept, left])
    named = recover_with_cli(service, tmp_path, [state], "--apply")
    assert left in named.stdout
    assert running(service) == sorted([kept, left]), "it may have been let go"
    assert recover_with_cli(service, tmp_path, [state], "--stop", left, "--apply").returncode == 0
    assert running(service) == [kept]


def test_what_was_let_go_is_named_and_stays(service: Emulator, tmp_path: Path) -> None:
    sdk = sdk_client(service)
    kept, gone = start(sdk, RecordId=record_id(1)), start(sdk, RecordId=record_id(0))
    # The pending create is an earlier one's: a later attempt is saved.
    state = deployment(kept, (inputs(0),), recordId=record_id(1), __trtc={"attempt": 1, "checked": 1})
    found = recover(service, tmp_path, state, "--apply")
    assert found.returncode == 1
    assert gone in found.stdout
    assert running(service) == sorted([kept, gone])


def test_what_is_found_in_two_ways_is_one_finding(service: Emulator, tmp_path: Path) -> None:
    left = start(sdk_client(service), RecordId=record_id(4), SdkAppId=1)
    pending = (inputs(sdkAppId=1), inputs(sdkAppId=2), inputs(sdkAppId=1))
    state = deployment("ended", pending, unsettled=[f"1/{record_id(4)}"])
    found = recover(service, tmp_path, state, "--apply")
    assert found.stdout.count(f"task {left} ") == 1
    assert found.stdout.count("Stopped task") == 1


def test_what_an_update_has_stored_meanwhile_is_left_alone(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId=record_id(0))
    states = [deployment(None, (inputs(),)), deployment(task_id)]
    found = recover_with_cli(service, tmp_path, states, "--apply")
    assert found.returncode == 0, found.stderr
    assert task_id not in found.stdout
    assert running(service) == [task_id]


def test_while_an_update_starts_recordings_nothing_is_named_or_stopped(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=record_id(0))
    start(sdk, RecordId=record_id(1))
    states = [deployment(kept), deployment(kept, (inputs(),))]
    before = running(service)
    found = recover_with_cli(service, tmp_path, states, "--apply")
    assert found.returncode == 2
    assert "an update of the stack began" in found.stderr
    assert running(service) == before


def test_a_state_that_was_written_long_ago_is_not_waited_for(service: Emulator, tmp_path: Path) -> None:
    """What its updates started can be found by now."""
    sdk = sdk_client(service)
    state = deployment(start(sdk, RecordId=record_id(0)))
    left = start(sdk, RecordId=record_id(1))
    state["deployment"]["manifest"] = {"time": "2026-11-01T08:00:00.123456789Z"}
    found = recover_with_cli(service, tmp_path, [state], "--set", "trtc:startWindow=60")
    assert left in found.stdout
    assert "Waits" not in found.stderr


def test_a_secret_application_or_record_id_is_read_with_the_cli(service: Emulator, tmp_path: Path) -> None:
    sdk = sdk_client(service)
    left = start(sdk, RecordId=record_id(0))
    given = start(sdk, RecordId="given")
    state = deployment(
        None, (inputs(sdkAppId=secret(1400000000)), inputs(recordId=secret("given"), sdkAppId=1400000000))
    )
    found = recover_with_cli(service, tmp_path, [state])
    assert found.returncode == 1, found.stderr
    assert left in found.stdout
    assert f"task {given} (RecordId given) runs under a RecordId that a user gave" in found.stdout


@pytest.mark.parametrize(
    "changed", [{"sdkAppId": 1400000000}, {"recordId": "given"}], ids=lambda one: next(iter(one))
)
def test_a_file_with_encrypted_values_is_one_clear_line(
    service: Emulator, tmp_path: Path, changed: dict[str, Any]
) -> None:
    [key] = changed
    encrypted = {key: secret(changed[key], ciphertext="v1:x")}
    found = recover(service, tmp_path, deployment(None, (inputs(0, **encrypted),)))
    assert found.returncode == 2
    assert f"lecture: {key} is encrypted" in found.stderr
    assert "pulumi stack export --show-secrets" in found.stderr
    assert "Traceback" not in found.stderr
    shown = recover(service, tmp_path, deployment(None, (inputs(0, **{key: secret(changed[key])}),)))
    assert shown.returncode == 0, shown.stderr


def test_an_application_that_a_file_has_encrypted_can_be_given(service: Emulator, tmp_path: Path) -> None:
    left = start(sdk_client(service), RecordId=record_id(0))
    state = deployment(None, (inputs(sdkAppId=secret(1400000000, ciphertext="v1:x")),))
    found = recover(service, tmp_path, state, "--sdk-app-id", "1400000000")
    assert found.returncode == 1, found.stderr
    assert left in found.stdout
