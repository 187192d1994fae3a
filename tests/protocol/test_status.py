"""`status` on the emulator: it asks with each provider's own configuration, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.declared import OWNER, URN, inputs, record_id
from tests.support.emulator import SECRET_ID, SECRET_KEY, Emulator
from tests.support.sdk import sdk_client, start, stop
from tests.support.terminal import Told, cli_with, deployment, file_with, secret, set_, settings, told

PROVIDER = "pulumi:providers:pulumi-python"
OWN = f"urn:pulumi:dev::demo::{PROVIDER}::default-own::1"
DEFAULT = f"urn:pulumi:dev::demo::{PROVIDER}::default_3_1::2"
KEYS = ("trtc:secretId", "trtc:secretKey")


@pytest.fixture
def task_id(service: Emulator) -> str:
    """A recording that runs."""
    return start(sdk_client(service), RecordId=record_id(0))


def with_provider(state: dict[str, Any], reference: str, config: dict[str, Any]) -> dict[str, Any]:
    """The state with a provider of its recordings."""
    urn, _, number = reference.rpartition("::")
    resources = state["deployment"]["resources"]
    changed = [{**one, "provider": reference} for one in resources]
    provider = {"urn": urn, "id": number, "type": PROVIDER, "inputs": config}
    return {"deployment": {**state["deployment"], "resources": [provider, *changed]}}


def status(service: Emulator, tmp_path: Path, state: dict[str, Any], *more: str) -> Told:
    return told(["status", *set_(settings(service)), *file_with(tmp_path, state), *more])


def changes(service: Emulator) -> list[str]:
    return [one["action"] for one in service.requests() if one["action"] == "StopWebRecord"]


def test_what_runs_is_status_0_and_what_has_ended_is_status_1(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    state = deployment(task_id, storageLocation="cos://webrecord-1234589/x/")
    runs = status(service, tmp_path, state)
    assert runs.returncode == 0, runs.stderr
    for part in (task_id, record_id(0), "cos://webrecord-1234589/x/", service.address, "stack configuration"):
        assert part in runs.stdout
    assert SECRET_KEY not in runs.stdout
    stop(sdk_client(service), task_id)
    asked = len(service.requests())
    ended = status(service, tmp_path, state, "--json")
    assert ended.returncode == 1, ended.stderr
    assert [one["status"] for one in json.loads(ended.stdout)["recordings"]] == ["ended"]
    assert [one["action"] for one in service.requests()[asked:]] == ["DescribeWebRecord"]


def test_an_end_that_an_update_has_acknowledged_counts_only_where_all_are_to_run(
    service: Emulator, tmp_path: Path
) -> None:
    state = deployment("ended", status="ended", __trtc={"acknowledged": True})
    seen = status(service, tmp_path, state)
    assert (seen.returncode, seen.stderr) == (0, "")
    assert "1 has ended (1 acknowledged)." in seen.stdout
    assert status(service, tmp_path, state, "--expect-running").returncode == 1
    assert service.requests() == []


def test_an_outage_is_status_2_for_each_and_told_with_advice(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    state = deployment(task_id)
    service.fault("error", "DescribeWebRecord", code="InternalError", next=100)
    found = status(service, tmp_path, state, "--set", "trtc:maxRetryTime=0")
    assert found.returncode == 2
    assert "unknown" in found.stdout
    assert "InternalError" in found.stdout
    assert "Traceback" not in found.stderr


def test_a_recording_at_another_place_is_not_asked_for(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    state = deployment(task_id, __trtc={"runsAt": "https://trtc.tencentcloudapi.com:443 (ap-beijing)"})
    found = status(service, tmp_path, state)
    assert found.returncode == 2
    assert "not asked: the configuration names http://127.0.0.1" in found.stdout
    assert "`trtc:site`" in found.stdout
    assert service.requests("DescribeWebRecord") == []


def test_what_does_not_say_where_it_runs_runs_where_its_stack_was_configured(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    state = with_provider(deployment(task_id), DEFAULT, {"trtc:site": "china"})
    state["deployment"]["resources"][1] |= {"inputs": {}, "external": True}
    found = status(service, tmp_path, state)
    assert found.returncode == 2
    assert "https://trtc.tencentcloudapi.com:443 (ap-guangzhou)" in found.stdout
    assert service.requests("DescribeWebRecord") == []
    there = with_provider(deployment(task_id), DEFAULT, {"trtc:endpoint": service.address})
    assert status(service, tmp_path, there).returncode == 0


def test_a_create_that_nobody_has_dealt_with_is_not_told(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    killed = status(service, tmp_path, deployment(None, [inputs()]))
    assert killed.returncode == 2
    assert "its create was interrupted, or is under way" in killed.stdout
    # A later update has dealt with it, and the engine's own trace of it is still there.
    state = deployment(task_id, [inputs(0)], __trtc={"attempt": 1, "checked": 1})
    assert status(service, tmp_path, state).returncode == 0


def test_what_was_replaced_does_not_count(service: Emulator, tmp_path: Path, task_id: str) -> None:
    state = deployment(task_id)
    old = deployment("old")["deployment"]["resources"][0] | {"delete": True}
    state["deployment"]["resources"].append(old)
    found = status(service, tmp_path, state, "--json")
    assert found.returncode == 0, found.stderr
    told_of = {
        one["taskId"]: (one["status"], one["replaced"]) for one in json.loads(found.stdout)["recordings"]
    }
    assert told_of == {task_id: ("recording", False), "old": ("ended", True)}


def test_what_is_only_read_is_asked_for_too(service: Emulator, tmp_path: Path, task_id: str) -> None:
    state = deployment(task_id)
    state["deployment"]["resources"][0] |= {"inputs": {}, "external": True}
    assert status(service, tmp_path, state).returncode == 0
    stop(sdk_client(service), task_id)
    found = status(service, tmp_path, state)
    assert found.returncode == 1
    assert "only read" in found.stdout


def test_each_provider_s_recordings_are_asked_for_with_its_own_configuration(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    """The stack's own is no matter, and its secrets are those of the state."""
    other = start(sdk_client(service), RecordId="other")
    own = with_provider(
        deployment(task_id), OWN, settings(service) | {key: secret(settings(service)[key]) for key in KEYS}
    )
    default = with_provider(
        deployment(other, __trtc={"runsAt": f"{service.address} (ap-singapore)"}), DEFAULT, {}
    )
    default["deployment"]["resources"][1] |= {"urn": f"{URN}-other"}
    state = {"deployment": {"resources": own["deployment"]["resources"] + default["deployment"]["resources"]}}
    env = cli_with(tmp_path, [state], settings(service), secret=KEYS)
    found = told(["status"], env)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "for provider default-own at" in found.stdout
    assert "for provider default at" in found.stdout
    assert SECRET_KEY not in found.stdout
    refused = told(["status"], cli_with(tmp_path, [state], settings(service), refusal="error: no passphrase"))
    assert refused.returncode == 2
    assert "no passphrase" in refused.stderr
    assert refused.stdout == ""


def test_a_passphrase_is_asked_for_only_where_a_secret_is_needed(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    config = {**settings(service), "trtc:storageSecretKey": "x", "app:token": "y"}
    refusal = "error: incorrect passphrase"
    state = deployment(task_id, recordId=secret("given"))
    env = cli_with(tmp_path, [state], config, secret=["app:token", "trtc:storageSecretKey"], refusal=refusal)
    found = told(["status"], env)
    assert found.returncode == 0, found.stderr
    assert "[secret]" in found.stdout
    env = cli_with(tmp_path, [state], config, secret=KEYS, refusal=refusal)
    refused = told(["status"], env)
    assert refused.returncode == 2
    for part in (
        "trtc:secretId, trtc:secretKey",
        "incorrect passphrase",
        "PULUMI_CONFIG_PASSPHRASE",
        "--set",
    ):
        assert part in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    keys = set_({key: value for key, value in settings(service).items() if key in KEYS})
    assert told(["status", *keys], env).returncode == 0


def test_the_configuration_of_another_project_is_not_taken_for_the_stack_s(
    service: Emulator, tmp_path: Path, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CLI itself shows it, for a stack of another project with the same name."""
    inside = tmp_path / "program"
    inside.mkdir()
    monkeypatch.chdir(inside)
    env = cli_with(tmp_path, [deployment(task_id)], settings(service))
    for name, code in (("other", 2), ("'demo'", 0)):
        (tmp_path / "Pulumi.yaml").write_text(f"runtime:\n  name: python\nname: {name} # it is\n")
        for verb in ("status", "recover"):
            assert told([verb], env).returncode == code
    (tmp_path / "Pulumi.yaml").write_text("name: other\n")
    refused = told(["status", "--stack", "organization/demo/dev"], env)
    assert "the stack is of the project demo" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_file_is_asked_with_the_configuration_in_it(
    service: Emulator, tmp_path: Path, task_id: str
) -> None:
    def file(keys: dict[str, Any]) -> list[str]:
        state = with_provider(deployment(task_id), DEFAULT, settings(service) | keys)
        return ["status", *file_with(tmp_path, state)]

    shown = told(file({key: secret(settings(service)[key]) for key in KEYS}))
    assert shown.returncode == 0, shown.stderr
    encrypted = file({key: secret("", ciphertext="v1:x") for key in KEYS})
    refused = told(encrypted)
    assert refused.returncode == 2
    assert "--show-secrets" in refused.stderr
    given = told([*encrypted, "--set", f"trtc:secretId={SECRET_ID}", "--set", f"trtc:secretKey={SECRET_KEY}"])
    assert given.returncode == 0, given.stderr


def test_without_credentials_it_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    found = told(["status", *file_with(tmp_path, deployment("task"))])
    assert found.returncode == 2
    assert "not asked" in found.stdout
    assert "There are no Tencent Cloud API credentials. Looked" in found.stdout


def test_a_stack_without_recordings(service: Emulator, tmp_path: Path) -> None:
    state: dict[str, Any] = {"deployment": {"manifest": {}}}
    assert status(service, tmp_path, state).stdout == "No recordings in the stack.\n"
    assert status(service, tmp_path, state).returncode == 0
    assert status(service, tmp_path, state, "--expect-running").returncode == 1


@pytest.mark.parametrize(
    "text", ["", "not JSON", "[]", "3", '{"something": "else"}', '{"deployment": {"resources": [7]}}', "\xff"]
)
def test_what_is_no_state_is_one_clear_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "state.json"
    file.write_text(text, "latin-1")
    found = told(["status", "--file", str(file)])
    assert found.returncode == 2
    assert "not what `pulumi stack export` prints" in found.stderr
    assert len(found.stderr.splitlines()) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_a_shell_of_windows_wrote(
    service: Emulator, tmp_path: Path, task_id: str, encoding: str
) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps(deployment(task_id)), encoding)
    assert told(["status", *set_(settings(service)), "--file", str(file)]).returncode == 0


def test_a_command_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    found = told(["status"], {"PATH": str(tmp_path)})
    assert found.returncode == 2
    assert "there is no `pulumi` on PATH" in found.stderr
    assert "--file" in found.stderr
    missing = told(["status", "--file", str(tmp_path / "missing.json")])
    assert missing.returncode == 2
    assert "missing.json: No such file" in missing.stderr


def test_nothing_is_ever_stopped(service: Emulator, tmp_path: Path, task_id: str) -> None:
    """What status tells of, an owner of another stack may have: it is asked for and left."""
    left = start(sdk_client(service), RecordId=record_id(2))
    state = deployment(task_id, [inputs(1) | {"owner": {**OWNER}}])
    status(service, tmp_path, state)
    assert changes(service) == []
    assert {one["task_id"] for one in service.running()} == {task_id, left}
