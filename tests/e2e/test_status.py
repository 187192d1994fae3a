"""`pulumi-trtc status` where the real CLI tells of the stack."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.emulator import SECRET_ID, SECRET_KEY, Emulator
from tests.support.pulumi_cli import Stack
from tests.support.recordings import all_recording, calls, declared, inputs, program, saved, settings
from tests.support.sdk import sdk_client, stop


def status(stack: Stack, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pulumi-trtc", "status", *arguments],
        cwd=stack.folder,
        env={**stack.env, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.soak
def test_status_of_a_stack_with_two_accounts(recorded: Callable[..., Stack], emu: Emulator) -> None:
    keys = {"trtc:secretId": SECRET_ID, "trtc:secretKey": SECRET_KEY}
    hidden = ", ".join(f"{key!r}: pulumi.Output.secret({value!r})" for key, value in keys.items())
    config = f"{{**{settings(emu)!r}, {hidden}}}"
    text = program(
        f"own = pulumi.ProviderResource('pulumi-python', 'own', {config})",
        declared("other", inputs(max_duration_limit=3600), "provider=own"),
        "trtc.WebRecording.get('seen', lecture.task_id)",
        lecture=inputs(record_url="https://example.com/page?token=TOP-SECRET"),
    )
    stack = recorded(text)
    stack.config(keys, secret=True)
    stack.up()
    all_recording(emu)
    before = calls(emu)

    found = status(stack)
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stderr == ""
    tasks = saved(stack)
    lines = found.stdout.splitlines()
    for name, task_id in tasks.items():
        assert any(line.split()[:2] == ["recording", name] and task_id in line for line in lines), name
    assert "for provider own at" in found.stdout
    for secret in (SECRET_ID, SECRET_KEY, "TOP-SECRET", "example-secret-key"):
        assert secret not in found.stdout

    stop(sdk_client(emu), tasks["other"])
    ended = status(stack, "--json")
    assert ended.returncode == 1, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    assert told["stack"] == "test/dev"
    assert {one["name"]: one["status"] for one in told["recordings"]} == {
        "other": "ended",
        "lecture": "recording",
        "seen": "recording",
    }

    encrypted = status(stack, PULUMI_CONFIG_PASSPHRASE="another")
    assert (encrypted.returncode, encrypted.stdout) == (2, "")
    assert "incorrect passphrase" in encrypted.stderr

    unknown = status(stack, "--stack", "no-such-stack")
    assert unknown.returncode == 2
    assert "no stack named" in unknown.stderr
    assert len(unknown.stderr.splitlines()) == 1
    assert calls(emu) == [*before, f"Stop {tasks['other']}"]
