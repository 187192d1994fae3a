"""A state that one version of the provider wrote and another one reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.emulator import Emulator
from tests.support.pulumi_cli import ROOT, Stack
from tests.support.recordings import TYPE, all_recording, calls, inputs, program, runs_exactly, saved
from tests.support.sdk import sdk_client, start

MakeStack = Callable[..., Stack]
STATES = Path(__file__).parent / "states"
# Says so when it is called, or the test could read the installed provider twice.
EDIT = """

def _edited(self, olds, news, check=WebRecordingProvider.check):
    _tell("edited: a check")
    return check(self, olds, news)


WebRecordingProvider.check = _edited
"""


def test_after_the_provider_s_code_was_edited_nothing_changes(
    recorded: MakeStack, emu: Emulator, tmp_path: Path
) -> None:
    stack = recorded(program(lecture=inputs()))
    stack.up()
    (before,) = stack.resources(TYPE)
    edited = tmp_path / "edited/pulumi_trtc"
    shutil.copytree(ROOT / "provider/pulumi_trtc", edited, ignore=shutil.ignore_patterns("__pycache__"))
    with (edited / "dynamic.py").open("a") as file:
        file.write(EDIT)
    stack.env["PYTHONPATH"] = str(edited.parent)

    assert "edited: a check" in stack.up("--expect-no-changes").text
    (after,) = stack.resources(TYPE)
    assert after["inputs"]["__provider"] == before["inputs"]["__provider"]
    assert after["id"] == before["id"]
    runs_exactly(emu, stack, "lecture")
    stack.destroy()
    assert emu.running() == []


def test_a_stack_of_the_first_release_goes_on(recorded: MakeStack, emu: Emulator) -> None:
    """The state is what 0.1.0 wrote but for the paths of the machine; its tasks are started here."""
    stack, old = _of_the_first_release(recorded, emu, page="https://example.com/page?token=plain-then")
    stack.refresh("--expect-no-changes")
    assert "unchanged" in stack.up("--expect-no-changes").text
    assert len(calls(emu)) == len(old), "nothing was started or stopped"
    (lecture,) = (one for one in stack.resources(TYPE) if one["urn"].endswith("::lecture"))
    assert "plain-then" not in json.dumps(lecture["inputs"]), "its page is secret from now on"
    assert "plain-then" not in stack.run("stack", "output", "--json").text
    assert stack.outputs() == {"page": "https://example.com/page?token=plain-then"}
    stack.destroy()
    assert emu.running() == []


def test_a_create_that_the_first_release_was_killed_in_is_dealt_with(
    recorded: MakeStack, emu: Emulator
) -> None:
    stack, _ = _of_the_first_release(recorded, emu)
    # An import would take the pending operations away.
    (file,) = (stack.backend / ".pulumi/stacks").rglob("dev.json")
    state = json.loads(file.read_text())
    resources = state["checkpoint"]["latest"]["resources"]
    (killed,) = (one for one in resources if one["urn"].endswith("::vod"))
    resources.remove(killed)
    left = killed.pop("id")
    del killed["outputs"]
    state["checkpoint"]["latest"]["pending_operations"] = [{"type": "creating", "resource": killed}]
    file.write_text(json.dumps(state))
    kept = saved(stack)

    # Its page is a secret, so nobody can tell whether the killed create asked for the same.
    assert f"vod: stopped task {left}" in stack.up().text
    now = saved(stack)
    assert now["lecture"] == kept["lecture"]
    assert sorted(now.values()) == sorted(one["task_id"] for one in emu.running())
    stack.up("--expect-no-changes")


def _of_the_first_release(
    recorded: MakeStack, emu: Emulator, page: str = "https://example.com/page"
) -> tuple[Stack, dict[str, Any]]:
    """The stack that 0.1.0 made, with its recordings, and the outputs that it stored of each.

    Args:
        page: What the one records whose page is no secret in the state.
    """
    state = json.loads((STATES / "v0.1.0.json").read_text())
    old = {one["id"]: one["outputs"] for one in state["deployment"]["resources"] if one["type"] == TYPE}
    client = sdk_client(emu)
    tasks = {task_id: start(client, RecordId=out["recordId"]) for task_id, out in old.items()}
    all_recording(emu)
    (provider,) = (one for one in state["deployment"]["resources"] if "pulumi:providers" in one["type"])
    config = provider["inputs"]
    text = (STATES / "v0.1.0.py").read_text()
    stack = recorded(text.replace('"https://example.com/page"', repr(page)))
    stack.config({**config, "trtc:endpoint": emu.address})
    here = _renamed(state, {**tasks, config["trtc:endpoint"]: emu.address, "https://example.com/page": page})
    (stack.folder / "state.json").write_text(json.dumps(here))
    stack.run("stack", "import", "--file", "state.json")
    assert sorted(saved(stack).values()) == sorted(tasks.values())
    return stack, old


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same with other names in all texts."""
    if isinstance(value, dict):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
    return value
