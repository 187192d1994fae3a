"""Pulumi's options on recordings, as docs/options.md has them, and two accounts in one stack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import Emulator, emulator
from tests.support.engine.resources import name_of
from tests.support.pulumi_cli import Stack
from tests.support.recordings import (
    START_DELAY,
    TYPE,
    calls,
    declared,
    inputs,
    program,
    settings,
    task_ids,
)

MakeStack = Callable[..., Stack]
OTHER = {"TRTC_EMULATOR_SECRET_ID": "AKIDother", "TRTC_EMULATOR_SECRET_KEY": "other-account-marker"}

COMPONENT = """
class Room(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Room", name, opts=pulumi.ResourceOptions(providers=[other]))
        trtc.WebRecording("child", **{given!r}, opts=pulumi.ResourceOptions(parent=self))

Room("room")
"""


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Emulator]:
    """A service that takes another account's credentials alone."""
    with emulator(tmp_path / "account", "--start-delay", START_DELAY, env=OTHER) as found:
        yield found


def with_options(account: Emulator, limit: int, ended: str, more: str = "") -> str:
    """One recording for each option; both arguments change inputs of some."""
    config = {
        **settings(account),
        "trtc:secretId": OTHER["TRTC_EMULATOR_SECRET_ID"],
        "trtc:secretKey": OTHER["TRTC_EMULATOR_SECRET_KEY"],
    }
    changed = inputs(max_duration_limit=limit)
    useless = "replace_on_changes=['*'], custom_timeouts=pulumi.CustomTimeouts(create='1s')"
    return program(
        f"config = {config!r}",
        "config['trtc:secretKey'] = pulumi.Output.secret(config['trtc:secretKey'])",
        "other = pulumi.ProviderResource('pulumi-python', 'other', config)",
        declared("own", inputs(), "provider=other"),
        COMPONENT.format(given=inputs()),
        declared("ignored", changed, "ignore_changes=['max_duration_limit']"),
        declared("kept", inputs(when_ended=ended), useless),
        declared("triggered", inputs(), f"replacement_trigger={limit}"),
        declared("along", inputs(), "replace_with=[triggered]"),
        declared("hidden", changed, "hide_diffs=['maxDurationLimit']"),
        declared("secret", inputs(), "additional_secret_outputs=['record_url']"),
        more,
    )


def by_name(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The recordings of a state."""
    return {name_of(one["urn"]): one for one in state["resources"] if one["type"] == TYPE}


@pytest.mark.soak
def test_options_do_what_is_said_of_them(recorded: MakeStack, emu: Emulator, account: Emulator) -> None:
    stack = recorded(with_options(account, 3600, "keep"))
    told = stack.up().text
    for option in ("replace_on_changes", "custom_timeouts"):
        assert f"kept: the option {option} has no effect here: " in told
    state = stack.export()
    old = by_name(state)
    there = {name for name, one in old.items() if one["id"] in task_ids(account.running())}
    here = {name for name, one in old.items() if one["id"] in task_ids(emu.running())}
    assert (there, here) == ({"own", "child"}, old.keys() - {"own", "child"})
    assert OTHER["TRTC_EMULATOR_SECRET_KEY"] not in told + json.dumps(state)
    shown = {name for name, one in old.items() if one["outputs"]["recordUrl"] == "https://example.com/page"}
    assert shown == old.keys() - {"secret"}

    begun = len(calls(emu))
    stack.write(with_options(account, 7200, "restart"))
    told = stack.up("--diff").text
    new = by_name(stack.export())
    assert {name for name in old if old[name]["id"] != new[name]["id"]} == {"triggered", "along", "hidden"}
    assert len(calls(emu)) - begun == 6
    assert "7200" not in told
    assert new["kept"]["inputs"]["whenEnded"] == "restart"

    done = calls(emu), calls(account)
    lost = declared("lost", inputs(), "deleted_with=kept, import_='task'")
    stack.write(with_options(account, 7200, "restart", lost))
    result = stack.preview(check=False)
    assert result.status != 0
    for option in ("import_", "deleted_with"):
        assert f"lost: the option {option} cannot be used here: " in result.text
    assert "Traceback" not in result.text
    assert (calls(emu), calls(account)) == done

    stack.destroy()
    assert emu.running() + account.running() == []
