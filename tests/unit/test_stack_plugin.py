"""What a state says of the plugin's recordings, and whose the running update's stack is."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_trtc.errors import NoEvidence
from pulumi_trtc.stack.cli import StackReader
from pulumi_trtc.stack.running_cli import RunningCli
from pulumi_trtc.stack.state import hide_owner, parse_export, with_owner
from tests.support.clock import ManualClock

OWNER = {
    "stack": "organization/demo/dev",
    "urn": "urn::lecture",
    "recordId": "lecture-aaaaaaaaaaaaaaaaaaaa-0",
}
PROVIDER = "urn:pulumi:dev::demo::pulumi:providers:trtc::one"


def resource(**more: Any) -> dict[str, Any]:
    return {
        "urn": "urn:pulumi:dev::demo::trtc:index:WebRecording::lecture",
        "type": "trtc:index:WebRecording",
        "id": "task",
        "inputs": {"sdkAppId": 1, "__owner": OWNER},
        "outputs": {"__owner": OWNER},
        "provider": f"{PROVIDER}::1",
        **more,
    }


def export(*resources: dict[str, Any], pending: tuple[dict[str, Any], ...] = ()) -> str:
    operations = [{"type": "creating", "resource": one} for one in pending]
    return json.dumps({"deployment": {"resources": resources, "pending_operations": operations}})


def test_the_plugin_s_recordings_are_read_as_the_dynamic_provider_s() -> None:
    state = parse_export(export(resource(), pending=(resource(),)))
    (saved,), (pending,) = state.saved, state.pending
    assert (saved.inputs["owner"], saved.outputs["owner"], pending.inputs["owner"]) == (OWNER, OWNER, OWNER)
    assert (saved.provider, pending.provider) == (f"{PROVIDER}::1", f"{PROVIDER}::1")


def test_a_provider_s_settings_are_read_as_the_stack_s() -> None:
    inputs = {"site": "china", "version": "0.1.0", "__internal": {}, "startWindow": "3"}
    provider = {"urn": PROVIDER, "type": "pulumi:providers:trtc", "id": "1", "inputs": inputs}
    assert parse_export(export(provider)).providers == {
        f"{PROVIDER}::1": {"trtc:site": "china", "trtc:startWindow": "3"}
    }


def test_an_owner_is_hidden_and_found_again() -> None:
    assert hide_owner({"owner": 1, "a": 2}) == {"__owner": 1, "a": 2}
    assert with_owner({"__owner": 1, "a": 2}) == {"owner": 1, "a": 2}


STACKS = [
    {"name": "dev", "current": False, "url": "https://app.example.com/acme/demo/dev"},
    {"name": "friends/prod", "current": True, "url": "https://app.example.com/friends/demo/prod"},
    {"name": "lost", "current": False},
]


def organization(told: str | None, backend: str, stacks: Any = STACKS, **environ: str) -> str:
    class Cli(StackReader):
        def run(self, *arguments: str) -> str:
            if arguments[0] == "whoami":
                return json.dumps({"url": backend})
            if stacks is None:
                raise subprocess.CalledProcessError(1, ["pulumi", *arguments], stderr="no")
            return json.dumps(stacks)

    cli = RunningCli("pulumi", stack=told, found=True)
    return Cli(ManualClock(), environ, cli, ThreadPoolExecutor(1)).organization()


@pytest.mark.parametrize(
    ("told", "backend", "found"),
    [
        (None, "file:///state", "organization"),
        ("dev", "s3://bucket", "organization"),
        ("acme/demo/dev", "https://app.example.com", "acme"),
        ("acme/dev", "https://app.example.com", "acme"),
        ("dev", "https://app.example.com/somebody", "acme"),
        (None, "https://app.example.com/somebody", "friends"),
    ],
)
def test_whose_the_stack_is(told: str | None, backend: str, found: str) -> None:
    assert organization(told, backend) == found


def test_the_environment_names_the_stack_where_the_command_does_not() -> None:
    assert organization(None, "https://app.example.com", PULUMI_STACK="acme/demo/dev") == "acme"
    assert organization(None, "https://app.example.com", PULUMI_STACK="dev") == "acme"


@pytest.mark.parametrize("stacks", [None, [], [STACKS[2]]])
def test_where_nobody_tells_whose_it_is_nothing_is_guessed(stacks: Any) -> None:
    with pytest.raises(NoEvidence):
        organization("lost", "https://app.example.com", stacks)
