"""What a reviewer reads: the plain preview of each kind of change, as golden files.

`GOLDEN=write` writes them, and the same previews in JSON for tests that need no CLI.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.support import golden
from tests.support.emulator import Emulator
from tests.support.pulumi_cli import ROOT, Stack
from tests.support.recordings import TYPE, all_recording, inputs, program, saved
from tests.support.sdk import sdk_client, stop

MakeStack = Callable[..., Stack]
TEXTS, STRUCTURED = Path(__file__).parent / "golden", ROOT / "tests/support/previews"
STORAGE = inputs()["storage_params"]["cloud_storage"]
FLEET = """
import pulumi_trtc as trtc

for number in range({count}):
    changed = {{"max_duration_limit": 40000}} if number in {changed} else {{}}
    trtc.WebRecording(f"room{{number}}", **{{**{inputs!r}, **changed}})
"""


def cdn(stream: str) -> list[dict[str, str]]:
    return [{"publish_cdn_url": f"rtmp://cdn.example.com/live/{stream}"}]


def storage(**changed: str) -> dict[str, Any]:
    return {"cloud_storage": {**STORAGE, **changed}}


BEFORE = {
    "bucket": inputs(),
    "page": inputs(),
    "key": inputs(),
    "cdn": inputs(publish_cdn_params=cdn("a")),
    "shared": inputs(publish_cdn_params=cdn("b")),
    "lecture": inputs(record_url="https://example.com/lecture"),
    "kept": inputs(),
    "restarted": inputs(when_ended="restart"),
}
AFTER = {
    **{name: given for name, given in BEFORE.items() if name != "lecture"},
    "bucket": inputs(storage_params=storage(bucket="another-1234589")),
    "page": inputs(record_url="https://example.com/page?token=x"),
    "key": inputs(storage_params=storage(access_key="AKIDnew", secret_key="new-secret-key")),
    "cdn": inputs(publish_cdn_params=cdn("c")),
    "shared": inputs(publish_cdn_params=cdn("b"), max_duration_limit=3600),
    "hall": inputs(record_url="https://example.com/lecture"),
    "new": inputs(record_url="https://example.com/new"),
}


def looks(stack: Stack, name: str, *arguments: str, structured: bool = True) -> None:
    """A preview is as its golden file says."""
    names = {task_id: f"<task of {recording}>" for recording, task_id in saved(stack).items()}
    golden.check(TEXTS / f"{name}.txt", golden.normalised(stack.preview(*arguments).text, names))
    if golden.WRITES and structured:
        text = stack.preview(*arguments, "--json", "--show-replacement-steps").text
        path = STRUCTURED / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(golden.normalised_json(text, names), indent=1) + "\n")


def test_each_kind_of_change_is_told_with_its_reason(recorded: MakeStack, emu: Emulator) -> None:
    stack = recorded(program(**BEFORE))
    looks(stack, "new")
    stack.up()
    stack.write(program(**AFTER))
    looks(stack, "changes")
    stack.write(program(**BEFORE, refused=inputs()))
    emu.fault("error", "StartWebRecord", code="FailedOperation.NotAbility", next=1)
    assert stack.up(check=False).status != 0
    stack.write(program(**BEFORE))
    looks(stack, "after-a-failed-update")
    stack.up()

    all_recording(emu)
    tasks = saved(stack)
    for name in ("kept", "restarted"):
        stop(sdk_client(emu), tasks[name])
    looks(stack, "ended", "--refresh")
    drift = stack.run("refresh", "--preview-only", "--expect-no-changes", check=False)
    assert drift.status != 0, "an end is a change"
    assert "kept: has ended" in drift.text


@pytest.mark.soak
def test_of_many_recordings_one_line_tells_a_kind(recorded: MakeStack) -> None:
    """Only the first one is started: a preview asks the service for none."""

    def fleet(count: int, changed: str) -> None:
        stack.write(FLEET.format(count=count, changed=changed, inputs=inputs()))

    def import_state(count: int) -> None:
        state = deepcopy(exported)
        resources = state["deployment"]["resources"]
        (first,) = (one for one in resources if one["type"] == TYPE)
        text = json.dumps(first)
        for number in range(1, count):
            resources.append(
                json.loads(text.replace(first["id"], f"task{number}").replace("room0", f"room{number}"))
            )
        (stack.folder / "state.json").write_text(json.dumps(state))
        stack.run("stack", "import", "--file", "state.json")

    stack = recorded("")
    fleet(1, "()")
    stack.up()
    exported = json.loads(stack.run("stack", "export").text)
    import_state(20)
    fleet(20, "(7,)")
    looks(stack, "one-of-20")
    import_state(40)
    fleet(40, "range(40)")
    looks(stack, "all-of-40", structured=False)
