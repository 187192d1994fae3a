"""The policy pack of examples/policy on the real CLI."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import plugin_programs
from tests.support.emulator import Emulator
from tests.support.plugin_programs import with_plugin
from tests.support.pulumi_cli import ROOT, Stack
from tests.support.recordings import inputs, program, runs_exactly

MARKER = "secret-marker"
CDN = [{"publish_cdn_url": f"rtmp://elsewhere.example.com/live/{MARKER}"}]
ALLOWED = {
    "cloud_storage": {
        **{"vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589"},
        "file_name_prefix": ["lectures"],
    }
}
LATER = """
later = lecture.task_id.apply(lambda _: "other-1")
bucket = {"vendor": 0, "region": "ap-singapore", "bucket": later, "file_name_prefix": ["a"]}
trtc.WebRecording(
    "later",
    record_url="https://example.com/page",
    sdk_app_id=1400000000,
    storage_params={"cloud_storage": bucket},
    max_duration_limit=3600,
)
trtc.WebRecording.get("read", lecture.task_id)
"""
CONFIG = {
    "allowed-buckets": {"buckets": ["webrecord-1234589"]},
    "longest-duration": {"seconds": 3600},
    "allowed-cdn-hosts": {"hosts": ["live.example.com"]},
    "number-of-recordings": {"most": 2},
    "cost-of-recordings": {"most": 2},
    "allowed-regions": {"region": ["ap-singapore"]},
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The pack in a form that the tests' language host can run."""
    folder = tmp_path / "pack"
    shutil.copytree(ROOT / "examples/policy", folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    settings = (folder / "PulumiPolicy.yaml").read_text().partition("runtime:")[0]
    (folder / "PulumiPolicy.yaml").write_text(f"{settings}runtime: packs\n")
    host = folder / "bin" / "pulumi-language-packs"
    host.parent.mkdir()
    host.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tests.support.pack_host "$@"\n')
    host.chmod(0o755)
    return folder


def configured(pack: Path, config: dict[str, Any]) -> tuple[str, ...]:
    (pack / "config.json").write_text(json.dumps(config))
    return "--policy-pack", str(pack), "--policy-pack-config", str(pack / "config.json")


def judged_by(stack: Stack, pack: Path) -> None:
    stack.env["PATH"] = os.pathsep.join([str(pack / "bin"), stack.env["PATH"]])


def test_recordings_through_the_plugin_are_judged_too(
    recorded: Callable[..., Stack], emu: Emulator, pack: Path
) -> None:
    cdn = [{"publishCdnUrl": f"rtmp://elsewhere.example.com/live/{MARKER}"}]
    lines = [plugin_programs.declared(name, publishCdnParams=cdn) for name in ("lecture", "hall", "lobby")]
    stack = with_plugin(recorded(plugin_programs.program(*lines)))
    judged_by(stack, pack)
    result = stack.preview(*configured(pack, CONFIG), check=False)
    assert result.status != 0
    for name in ("lecture", "hall", "lobby"):
        for policy in ("longest-duration", "allowed-cdn-hosts", "prefix-required", "keys-outside-program"):
            assert f"{policy}  (trtc:index:WebRecording: {name})" in result.text
    assert "3 recordings are declared; 2 are allowed" in result.text
    assert "together they cost up to " in result.text
    assert MARKER not in result.text
    assert emu.tasks() == []


def test_a_pack_judges_what_is_known_and_shows_no_value(
    recorded: Callable[..., Stack], emu: Emulator, pack: Path
) -> None:
    wrong = inputs(publish_cdn_params=CDN, record_url=f"https://example.com/{MARKER}")
    wrong["storage_params"]["cloud_storage"] |= {"access_key": MARKER, "secret_key": MARKER}
    stack = recorded(program(lecture=wrong) + LATER)
    judged_by(stack, pack)
    stack.env |= {"TRTC_STORAGE_ACCESS_KEY": "AKIDexample", "TRTC_STORAGE_SECRET_KEY": "example"}
    result = stack.preview(*configured(pack, CONFIG), check=False)
    assert result.status != 0
    told = result.text.partition("Policies:")[2]
    lines = [" ".join(line.split()) for line in told.splitlines()]
    recording = "(pulumi-python:dynamic/trtc:WebRecording: {})".format
    for policy, message in {
        "longest-duration": "maxDurationLimit: must be at most 3600 seconds; left out it is 86400",
        "allowed-cdn-hosts": "publishCdnParams[0].publishCdnUrl: its host must be live.example.com",
        "prefix-required": "storageParams.cloudStorage.fileNamePrefix: must name a folder",
    }.items():
        assert lines[lines.index(f"- [mandatory] {policy} {recording('lecture')}") + 2] == message
    assert "its configuration has region, and may have regions" in lines
    assert lines.count(f"- [mandatory] keys-outside-program {recording('lecture')}") == 2
    # Read ones are neither counted nor paid for, and what is not known yet is an advice.
    assert any(line.startswith("together they cost up to ") for line in lines)
    assert not any("recordings are declared" in line for line in lines)
    (advice,) = (number for number, line in enumerate(lines) if line.startswith("- [advisory]"))
    assert lines[advice] == f"- [advisory] allowed-buckets {recording('later')}"
    assert "not known yet: storageParams.cloudStorage.bucket; the update judges it" in lines[advice + 1]
    assert MARKER not in result.text
    assert emu.tasks() == []

    # With values in hand an update judges it, before anything is started there.
    stack.write(program(lecture=inputs(storage_params=ALLOWED, max_duration_limit=3600)) + LATER)
    right = {**CONFIG, "allowed-regions": {"regions": ["ap-singapore"]}}
    result = stack.up(*configured(pack, right), check=False)
    assert result.status != 0
    assert "storageParams.cloudStorage.bucket: must be webrecord-1234589" in result.text
    runs_exactly(emu, stack, "lecture")
