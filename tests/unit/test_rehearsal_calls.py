"""A rehearsal's preview: it writes down what is seen, and no call of it can do harm."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.dynamic import Config, ConfigureRequest

from pulumi_trtc.dynamic import WebRecordingProvider
from pulumi_trtc.errors import Rehearsed
from pulumi_trtc.lifecycle.rehearsal import VARIABLE
from tests.support.declared import URN, inputs
from tests.support.engine.resources import in_clear

CDN = [{"publishCdnUrl": "rtmp://live.example.com/app/key-Marker"}]
# Enough to reach the real service, if anybody did.
REAL = {"trtc:site": "intl", "trtc:secretId": "AKIDMarker", "trtc:secretKey": "keyMarker", "trtc:typo": "x"}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "declared.jsonl"


@pytest.fixture
def provider(written: Path, monkeypatch: pytest.MonkeyPatch) -> WebRecordingProvider:
    monkeypatch.setenv(VARIABLE, str(written))
    made = WebRecordingProvider()
    made.configure(ConfigureRequest(Config(REAL, "test")))
    return made


def lines(written: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.read_text().splitlines()]


def test_only_what_is_seen_is_written_down(provider: WebRecordingProvider, written: Path) -> None:
    seen: dict[str, Any] = {"webRecordVideoParams": {"width": 640.0, "height": 360.0}, "readyTimeout": 5.0}
    given = inputs(publishCdnParams=CDN, adopt="task-1", recordId="mine", **seen)
    checked = provider.check({}, given)
    assert checked.failures == []
    assert in_clear(checked.inputs) == given
    assert lines(written) == [
        {"urn": URN, "inputs": {"recordUrl": given["recordUrl"], **seen}, "unknown": []}
    ]
    assert "Marker" not in written.read_text()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_what_only_an_update_knows_is_named(provider: WebRecordingProvider, written: Path) -> None:
    unknown = pulumi.output.Unknown()  # type: ignore[no-untyped-call]
    size = {"width": unknown, "height": 360}
    provider.check({}, inputs(recordUrl=unknown, webRecordVideoParams=size))
    (line,) = lines(written)
    assert line["unknown"] == ["recordUrl", "webRecordVideoParams"]
    assert line["inputs"] == {}


def test_a_recording_that_is_only_read_is_not_looked_for(provider: WebRecordingProvider) -> None:
    found = provider.read("task-1", {})
    assert found.id == "task-1"
    assert found.outs == {"taskId": "task-1", "status": "recording"}


def test_nothing_is_started_changed_or_stopped(provider: WebRecordingProvider) -> None:
    given = inputs()
    for call in (
        lambda: provider.create(given),
        lambda: provider.diff("task-1", given, given),
        lambda: provider.update("task-1", given, given),
        lambda: provider.delete("task-1", given),
    ):
        with pytest.raises(Rehearsed, match=VARIABLE):
            call()
