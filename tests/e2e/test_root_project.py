"""The project at the root, on the real CLI: recordings declared in the stack's config."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from project.schema import file_schema
from tests.support.emulator import Emulator
from tests.support.pulumi_cli import ROOT, Stack, Stacks
from tests.support.recordings import runs_exactly, task_ids

SECRET = "storage-key-marker"
STORAGE = {"cloud_storage": {"vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589"}}
PAGE = "https://example.com/page"
MODELINE = "# yaml-language-server: $schema=docs/recordings.schema.json"


@pytest.fixture
def stack(stacks: Stacks, tmp_path: Path) -> Stack:
    """A copy of the root project."""
    source = tmp_path / "root"
    shutil.copytree(ROOT / "project", source / "project")
    for name in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / name, source)
    return stacks.copy(source)


def declare(stack: Stack, emu: Emulator, *recordings: dict[str, Any], **defaults: Any) -> None:
    """Write the stack's settings file as a person does, for an editor with the schema; JSON is YAML."""
    file = stack.folder / "Pulumi.dev.yaml"
    salt = next(line for line in file.read_text().splitlines() if line.startswith("encryptionsalt"))
    config = {
        "trtc:endpoint": emu.address,
        "web-recordings:recordings": recordings,
        "web-recordings:defaults": defaults,
    }
    file.write_text(f"{MODELINE}\n{salt}\nconfig: {json.dumps(config)}\n")


def test_recordings_are_declared_without_python(stack: Stack, emu: Emulator) -> None:
    pages = [{"name": name, "record_url": f"{PAGE}/{name}"} for name in ("lobby", "stage")]
    declare(stack, emu, *pages, sdk_app_id=1400000000, storage_params=STORAGE)
    for number, name in enumerate(("access_key", "secret_key")):
        path = f"web-recordings:defaults.storage_params.cloud_storage.{name}"
        stack.run("config", "set", "--path", path, f"{SECRET}-{number}", "--secret")
    up = stack.up()
    tasks = runs_exactly(emu, stack, "lobby", "stage")
    outputs = stack.outputs()
    assert {name: output["task_id"] for name, output in outputs.items()} == tasks
    assert {task["record_url"] for task in emu.running()} == {f"{PAGE}/lobby", f"{PAGE}/stage"}
    settings = (stack.folder / "Pulumi.dev.yaml").read_text()
    assert SECRET not in up.text + json.dumps(stack.export()) + settings
    assert settings.startswith(MODELINE)
    jsonschema.validate(yaml.safe_load(settings), file_schema())
    stack.destroy()
    assert task_ids(emu.running()) == []


def test_what_is_set_as_a_secret_is_one_and_nothing_else(stack: Stack, emu: Emulator) -> None:
    marker, prefix = "bucket-marker-1234589", "prefix-marker"
    pages = [{"name": name, "record_url": f"{PAGE}/{name}"} for name in ("lobby", "stage")]
    declare(stack, emu, *pages, sdk_app_id=1400000000, storage_params=STORAGE)
    keys = "storage_params.cloud_storage"
    stack.run("config", "set", "--path", f"web-recordings:defaults.{keys}.access_key", SECRET, "--secret")
    stack.run("config", "set", "--path", f"web-recordings:defaults.{keys}.secret_key", SECRET, "--secret")
    stage = f"web-recordings:recordings[1].{keys}"
    stack.run("config", "set", "--path", f"{stage}.bucket", marker, "--secret")
    stack.run("config", "set", "--path", f"{stage}.file_name_prefix[0]", prefix, "--secret")
    up = stack.up()
    state = json.dumps(stack.export())
    assert not [one for one in (SECRET, marker, prefix) if one in up.text + state]
    kept = {one["urn"].rpartition("::")[2]: one["outputs"] for one in stack.resources("WebRecording")}
    assert kept["lobby"]["storageLocation"].startswith("cos://webrecord-1234589/")
    assert kept["lobby"]["recordUrl"] == f"{PAGE}/lobby"
    assert kept["stage"]["recordUrl"] == f"{PAGE}/stage"
    assert "ciphertext" in kept["stage"]["storageLocation"]
    # Of another file nobody knows which of its values are secret.
    (stack.folder / "Pulumi.dev.yaml").rename(stack.folder / "elsewhere.yaml")
    stack.up("--config-file", "elsewhere.yaml")
    assert marker not in json.dumps(stack.export())
    hidden = [one["inputs"]["recordUrl"] for one in stack.resources("WebRecording")]
    assert all("ciphertext" in one for one in hidden)


def test_wrong_config_is_told_at_once_without_a_traceback(stack: Stack, emu: Emulator) -> None:
    declare(stack, emu, {"nam": "lobby"}, {"name": "stage", "url": PAGE}, sdk_app=1)
    result = stack.preview(check=False)
    assert result.status != 0
    for problem in (
        "the recordings in Pulumi.dev.yaml cannot be declared:",
        "defaults.sdk_app: there is no such input; did you mean sdk_app_id?",
        "recordings[0].name: must be a text that names the recording, is missing",
        "recordings[1].url: there is no such input",
    ):
        assert problem in result.text
    assert "Traceback" not in result.text
    assert emu.requests() == []
