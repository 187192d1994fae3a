"""`recover`: every running task of a stack is named, and only what it left over is stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.declared import BACKEND, OWNER, URN, derived, inputs
from tests.support.emulator import SECRET_ID, SECRET_KEY, Emulator, emulator
from tests.support.sdk import sdk_client, start

TYPE = "pulumi-python:dynamic/trtc:WebRecording"
CLI = """#!{python}
import json, pathlib, sys

form = "ciphertext" if "--show-secrets" in sys.argv else "plaintext"
states = sorted(pathlib.Path("{exports}").glob("*.json"))
if sys.argv[1] == "config":
    print("{{}}")
else:
    hide = lambda value: {{key: inner for key, inner in value.items() if key != form}}
    print(json.dumps(json.loads(states[0].read_text(), object_hook=hide)))
    if len(states) > 1:
        states[0].unlink()
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Emulator]:
    with emulator(tmp_path / "data", "--start-delay", "0") as running:
        yield running


def deployment(
    task_id: str | None, pending: tuple[dict[str, Any], ...] = (), **outputs: Any
) -> dict[str, Any]:
    resource = {
        "urn": URN,
        "type": TYPE,
        "id": task_id,
        "inputs": inputs(),
        "outputs": {"recordId": derived() + "0", **outputs},
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
    return run(service, "--file", str(file), *more)


def recover_with_cli(
    service: Emulator, tmp_path: Path, states: list[dict[str, Any]], *more: str
) -> subprocess.CompletedProcess[str]:
    """The same with a CLI that exports these states, one after another."""
    exports = tmp_path / "exports"
    exports.mkdir()
    for number, state in enumerate(states):
        (exports / f"{number}.json").write_text(json.dumps(state))
    cli = tmp_path / "bin" / "pulumi"
    cli.parent.mkdir()
    cli.write_text(CLI.format(python=sys.executable, exports=exports))
    cli.chmod(0o755)
    return run(service, *more, PATH=f"{cli.parent}{os.pathsep}{service.env['PATH']}")


def run(service: Emulator, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "trtc:endpoint": service.address,
        "trtc:secretId": SECRET_ID,
        "trtc:secretKey": SECRET_KEY,
        "trtc:startWindow": "0",
    }
    pairs = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    return subprocess.run(
        [sys.executable, "-m", "pulumi_trtc", "recover", *pairs, *arguments],
        capture_output=True,
        text=True,
        env={**service.env, "PULUMI_BACKEND_URL": BACKEND, **env},
        timeout=120,
        check=False,
    )


def secret(value: Any, **form: str) -> dict[str, Any]:
    """A secret as a state holds it; in clear where it is exported with --show-secrets."""
    hidden = form or {"plaintext": json.dumps(value), "ciphertext": "v1:x"}
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", **hidden}


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
    assert told.returncode == 1
    assert "may be anybody's" in told.stdout
    assert "Nothing runs that should not" not in told.stdout
    assert running(service) == [task_id]
    assert recover(service, tmp_path, state, "--stop", task_id, "--apply").returncode == 0
    assert running(service) == []


def test_the_recordings_of_a_deleted_stack_are_stopped(service: Emulator, tmp_path: Path) -> None:
    start(sdk_client(service), RecordId=derived() + "0")
    state = deployment(running(service)[0])
    assert recover(service, tmp_path, state, "--gone", "--apply").returncode == 0
    assert running(service) == []


def test_a_recording_that_a_deleted_stack_only_read_is_not_stopped(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId="of-another-stack")
    state = deployment(task_id)
    state["deployment"]["resources"][0] |= {"inputs": {}, "external": True}
    told = recover(service, tmp_path, state, "--gone", "--apply")
    assert told.returncode == 0, told.stderr
    assert f"task {task_id} (RecordId {derived()}0) runs; the stack only reads it" in told.stdout
    assert running(service) == [task_id]
    # One that it declares and reads as well is its own.
    state["deployment"]["resources"][:0] = deployment(task_id)["deployment"]["resources"]
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


def test_every_application_and_record_id_that_a_state_names_is_asked(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=derived() + "0")
    left = [
        start(sdk, RecordId=derived() + "1"),
        start(sdk, RecordId=derived() + "0", SdkAppId=1),
        start(sdk, RecordId="renamed-0", SdkAppId=1),
        start(sdk, RecordId=derived() + "2", SdkAppId=2),
    ]
    renamed = {**inputs(sdkAppId=1), "owner": {**OWNER, "recordId": "renamed-0"}}
    state = deployment(kept, (inputs(sdkAppId=1), renamed, inputs(sdkAppId=2)))
    named = recover(service, tmp_path, state)
    assert named.returncode == 1, named.stderr
    assert [one for one in left if one not in named.stdout] == []
    assert recover(service, tmp_path, state, "--apply").returncode == 0
    assert running(service) == [kept]


def test_what_an_update_could_not_look_at_is_looked_at(service: Emulator, tmp_path: Path) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=derived() + "0")
    left = [start(sdk, RecordId="earlier-3"), start(sdk, RecordId="earlier-3", SdkAppId=1)]
    state = deployment(kept, unsettled=["earlier-3", "1/earlier-3"])
    named = recover(service, tmp_path, state)
    assert named.returncode == 1, named.stderr
    assert [one for one in left if one not in named.stdout] == []
    assert recover(service, tmp_path, state, "--apply").returncode == 0
    assert running(service) == [kept]


def test_what_a_renamed_recording_started_under_its_new_name_is_found(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId="renamed-0")
    left = start(sdk, RecordId=derived() + "0")
    state = deployment(kept, recordId="renamed-0")
    state["deployment"]["resources"][0]["inputs"]["owner"] = {**OWNER, "recordId": "renamed-0"}
    # A file may be of another backend, whose stack of this name has recordings of its own.
    assert recover(service, tmp_path, state, "--apply").returncode == 0
    assert running(service) == sorted([kept, left])
    assert recover_with_cli(service, tmp_path, [state], "--apply").returncode == 0
    assert running(service) == [kept]


def test_what_is_found_in_two_ways_is_one_finding(service: Emulator, tmp_path: Path) -> None:
    left = start(sdk_client(service), RecordId=derived() + "4", SdkAppId=1)
    pending = (inputs(sdkAppId=1), inputs(sdkAppId=2), inputs(sdkAppId=1))
    state = deployment("ended", pending, unsettled=[f"1/{derived()}4"])
    told = recover(service, tmp_path, state, "--apply")
    assert told.stdout.count(f"task {left} ") == 1
    assert told.stdout.count("Stopped task") == 1


def test_what_an_update_has_stored_meanwhile_is_left_alone(service: Emulator, tmp_path: Path) -> None:
    task_id = start(sdk_client(service), RecordId=derived() + "0")
    states = [deployment(None, (inputs(),)), deployment(task_id)]
    told = recover_with_cli(service, tmp_path, states, "--apply")
    assert told.returncode == 0, told.stderr
    assert task_id not in told.stdout
    assert running(service) == [task_id]


def test_while_an_update_starts_recordings_nothing_is_named_or_stopped(
    service: Emulator, tmp_path: Path
) -> None:
    sdk = sdk_client(service)
    kept = start(sdk, RecordId=derived() + "0")
    start(sdk, RecordId=derived() + "1")
    states = [deployment(kept), deployment(kept, (inputs(),))]
    before = running(service)
    told = recover_with_cli(service, tmp_path, states, "--apply")
    assert told.returncode == 2
    assert "an update of the stack began" in told.stderr
    assert running(service) == before


def test_a_secret_application_or_record_id_is_read_with_the_cli(service: Emulator, tmp_path: Path) -> None:
    sdk = sdk_client(service)
    left = start(sdk, RecordId=derived() + "0")
    given = start(sdk, RecordId="given")
    state = deployment(
        None, (inputs(sdkAppId=secret(1400000000)), inputs(recordId=secret("given"), sdkAppId=1400000000))
    )
    told = recover_with_cli(service, tmp_path, [state])
    assert told.returncode == 1, told.stderr
    assert left in told.stdout
    assert f"task {given} (RecordId given) runs under a RecordId that a user gave" in told.stdout


@pytest.mark.parametrize(
    "changed", [{"sdkAppId": 1400000000}, {"recordId": "given"}], ids=lambda one: next(iter(one))
)
def test_a_file_with_encrypted_values_is_one_clear_line(
    service: Emulator, tmp_path: Path, changed: dict[str, Any]
) -> None:
    [key] = changed
    encrypted = {key: secret(changed[key], ciphertext="v1:x")}
    told = recover(service, tmp_path, deployment(None, (inputs(**encrypted),)))
    assert told.returncode == 2
    assert URN in told.stderr
    assert "pulumi stack export --show-secrets" in told.stderr
    assert "Traceback" not in told.stderr
    shown = recover(service, tmp_path, deployment(None, (inputs(**{key: secret(changed[key])}),)))
    assert shown.returncode == 0, shown.stderr


def test_an_application_that_a_file_has_encrypted_can_be_given(service: Emulator, tmp_path: Path) -> None:
    left = start(sdk_client(service), RecordId=derived() + "0")
    state = deployment(None, (inputs(sdkAppId=secret(1400000000, ciphertext="v1:x")),))
    told = recover(service, tmp_path, state, "--sdk-app-id", "1400000000")
    assert told.returncode == 1, told.stderr
    assert left in told.stdout
