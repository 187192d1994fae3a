"""`recover`: every running task of a stack is named, and only what it left over is stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.declared import OWNER, URN, derived, inputs
from tests.support.emulator import SECRET_ID, SECRET_KEY, Emulator, emulator
from tests.support.sdk import sdk_client, start

TYPE = "pulumi-python:dynamic/trtc:WebRecording"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Emulator]:
    with emulator(tmp_path / "data", "--start-delay", "0") as running:
        yield running


def deployment(task_id: str | None, pending: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    resource = {
        "urn": URN,
        "type": TYPE,
        "id": task_id,
        "inputs": inputs(),
        "outputs": {"recordId": derived() + "0"},
    }
    operations = [
        {"type": "creating", "resource": {"urn": URN, "type": TYPE, "inputs": one}} for one in pending
    ]
    return {"deployment": {"resources": [resource] if task_id else [], "pending_operations": operations}}


def recover(
    service: Emulator, tmp_path: Path, state: dict[str, Any], *more: str
) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state))
    settings = {
        "trtc:endpoint": service.address,
        "trtc:secretId": SECRET_ID,
        "trtc:secretKey": SECRET_KEY,
        "trtc:startWindow": "0",
    }
    pairs = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "pulumi_trtc", "recover", "--file", str(file), *pairs, *more]
    env = {**service.env, "PULUMI_BACKEND_URL": "file:///state"}
    return subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)


def running(service: Emulator) -> list[str]:
    return sorted(task["task_id"] for task in service.running())


def test_a_state_whose_recordings_are_as_it_says_asks_for_nothing(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId=derived() + "0")
    told = recover(service, tmp_path, deployment(task_id))
    assert told.returncode == 0, told.stderr
    assert task_id in told.stdout
    assert "Nothing runs that should not" in told.stdout


def test_what_a_killed_update_left_is_named_and_stopped_only_on_request(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=derived() + "0")
    left = start(sdk, RecordId=derived() + "2")
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
    told = recover(service, tmp_path, state, "--apply")
    assert "may be anybody's" in told.stdout
    assert running(service) == [task_id]
    assert recover(service, tmp_path, state, "--stop", task_id, "--apply").returncode == 0
    assert running(service) == []


def test_the_recordings_of_a_deleted_stack_are_stopped(service: Emulator, tmp_path: Path) -> None:
    start(sdk_client(service), RecordId=derived() + "0")
    state = deployment(running(service)[0])
    assert recover(service, tmp_path, state, "--gone", "--apply").returncode == 0
    assert running(service) == []


def test_a_recording_whose_state_is_lost_is_found_by_its_urn(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId=derived() + "1")
    lost = ("--lost", URN, "--stack", OWNER["stack"], "--sdk-app-id", "1400000000")
    told = recover(service, tmp_path, deployment(None), *lost, "--apply")
    assert task_id in told.stdout
    assert running(service) == []


def test_a_file_that_is_no_state_is_one_clear_line(service: Emulator, tmp_path: Path) -> None:
    told = recover(service, tmp_path, {"something": "else"})
    assert told.returncode == 2
    assert "no deployment" in told.stderr
    assert "Traceback" not in told.stderr
