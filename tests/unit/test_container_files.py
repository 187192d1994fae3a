"""The container's files and their page say what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

from trtc_emulator.settings.command_line import read_settings

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = (ROOT / "Containerfile").read_text()


def test_the_image_starts_the_emulator_with_arguments_that_it_has() -> None:
    (entry,) = re.findall(r"^ENTRYPOINT (.*)", CONTAINERFILE, re.MULTILINE)
    program, *arguments = json.loads(entry)
    settings = read_settings(arguments, {})
    assert (program, settings.host, settings.data) == ("trtc-emulator", "0.0.0.0", Path("/data"))
    assert f"EXPOSE {settings.port}\n" in CONTAINERFILE
    assert not settings.no_sandbox


def test_the_image_s_emulator_is_no_root_and_may_write_its_data() -> None:
    (user,) = re.findall(r"^USER (.*)", CONTAINERFILE, re.MULTILINE)
    before = CONTAINERFILE.partition(f"USER {user}")[0]
    assert f"useradd --create-home {user}" in before
    assert f"chown {user} /data" in before


def test_the_development_container_runs_a_verb_that_there_is() -> None:
    made = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    verb = made["postCreateCommand"].removeprefix("make ")
    assert re.search(rf"^{verb}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert made["forwardPorts"] == [read_settings([], {}).port]
    assert read_settings([], made["containerEnv"]).no_sandbox
