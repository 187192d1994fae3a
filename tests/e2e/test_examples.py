"""Every example is a stack that does what its README says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from tests.support.emulator import Emulator
from tests.support.languages import LANGUAGES
from tests.support.pulumi_cli import ROOT, Stacks
from tests.support.recordings import all_recording, settings

STORE = {"cosAccessKey": "AKIDexampleMarker", "cosSecretKey": "exampleSecretMarker"}
CDN = {
    "cdnUrls[0]": "rtmp://push.example.com/live/oneMarker",
    "cdnUrls[1]": "rtmp://cdn.example.org/live/twoMarker",
}
PAGES = {
    "sdkAppId": "1400000000",
    "bucket": "webrecord-1234589",
    "pages[0].name": "lobby",
    "pages[0].url": "https://example.com/lobby",
    "pages[1].name": "stage",
    "pages[1].url": "https://example.com/stage",
}


@attrs.frozen
class Example:
    """One folder, how it is configured, and what of its requests tells it from the others."""

    name: str
    sent: list[dict[str, Any]]
    config: Mapping[str, str] = attrs.field(factory=dict)
    secrets: Mapping[str, str] = attrs.field(factory=dict)
    environ: Mapping[str, str] = attrs.field(factory=dict)


EXAMPLES = [
    Example(
        "cos_mp4",
        [{"MaxDurationLimit": 3600, "WebRecordVideoParams": {"Width": 1280, "Height": 720, "Format": "mp4"}}],
        secrets=STORE,
    ),
    Example(
        "vod_cdn",
        [{"StorageParams": {"CloudVod": {"TencentVod": {"SubAppId": 1500000000, "MediaType": 3}}}}],
        secrets=CDN,
    ),
    Example(
        "fleet",
        [{"RecordUrl": "https://example.com/lobby"}, {"RecordUrl": "https://example.com/stage"}],
        config=PAGES,
        secrets=STORE,
    ),
    Example("callback_receiver", [{"RecordUrl": "https://example.com/lecture"}], secrets=STORE),
    Example(
        "phone",
        [{"EmulateMobileParams": {"MobileDeviceType": 0, "ScreenOrientation": 0}, "ReadyTimeout": 30}],
        secrets=STORE,
    ),
    Example(
        "keys_outside_state",
        [{"RecordUrl": "https://example.com/meeting"}],
        environ={
            "TRTC_STORAGE_ACCESS_KEY": "AKIDexampleMarker",
            "TRTC_STORAGE_SECRET_KEY": "exampleSecretMarker",
        },
    ),
]


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(
            one, id=one.name, marks=() if one.name in ("cos_mp4", "vod_cdn", "fleet") else pytest.mark.soak
        )
        for one in EXAMPLES
    ],
)
def test_an_example_comes_up_stays_and_goes(example: Example, stacks: Stacks, emu: Emulator) -> None:
    stack = stacks.copy(ROOT / "examples" / example.name)
    stack.env.update(example.environ)
    stack.config(settings(emu))
    for values, secret in ((example.config, False), (example.secrets, True)):
        if values:
            stack.config(values, secret=secret)
    came_up = stack.up()
    sent = [task["params"] for task in emu.running()]
    assert len(sent) == len(example.sent)
    for expected in example.sent:
        assert any(expected.items() <= one.items() for one in sent), sent
    task_ids = {one["id"] for one in stack.resources("WebRecording")}
    assert {task["task_id"] for task in emu.running()} == task_ids
    assert stack.preview("--expect-no-changes").status == 0
    seen = came_up.text + json.dumps(stack.export())
    assert "Marker" not in seen
    all_recording(emu)
    stack.destroy()
    assert emu.running() == []


def test_every_example_is_tried() -> None:
    """Those in other languages: see test_languages."""
    folders = {path.parent.name for path in (ROOT / "examples").glob("*/Pulumi.yaml")}
    assert folders == {one.name for one in EXAMPLES} | LANGUAGES.keys()
