"""The example in each language is a stack that does what its README says, through the plugin."""

from __future__ import annotations

import json
import re

import pytest

from tests.support import languages
from tests.support.emulator import Emulator
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import settings

SECRETS = {"cosAccessKey": "AKIDexampleMarker", "cosSecretKey": "exampleSecretMarker"}
# The example of the API's page, with the SdkAppId that its text requires.
SENT = {
    "RecordUrl": "https://web-record-xxxxx.cos.ap-xxx.myqcloud.com/xxxx/xxx.mp4",
    "SdkAppId": 1400000000,
    "MaxDurationLimit": 3600,
    "WebRecordVideoParams": {"Width": 1280, "Height": 720, "Format": "mp4"},
}
STORED = {
    "Vendor": 0,
    "Bucket": "webrecord-1234589",
    "Region": "ap-singapore",
    "FileNamePrefix": ["record", "video"],
}


def changes(diff: str) -> list[str]:
    """The lines of a diff that say what of a resource changes."""
    return re.findall(r"^ +([+~-] .*)$", diff, re.MULTILINE)


def configured(stacks: Stacks, emu: Emulator, language: str) -> Stack:
    """The example's stack, that records on this emulator."""
    stack = languages.example(stacks, language)
    stack.config({**settings(emu), **SECRETS}, secret=True)
    return stack


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_an_example_comes_up(language: str, stacks: Stacks, emu: Emulator) -> None:
    stack = configured(stacks, emu, language)
    came_up = stack.up()
    [task] = emu.running()
    assert SENT.items() <= task["params"].items()
    assert STORED.items() <= task["params"]["StorageParams"]["CloudStorage"].items()
    state = stack.export()
    assert [one["id"] for one in state["resources"] if "WebRecording" in one["type"]] == [task["task_id"]]
    assert "Marker" not in came_up.text + json.dumps(state)


# What follows depends on no language as long as it sends the same, as the test above sees.
@pytest.mark.parametrize(
    "language",
    [pytest.param(one, marks=() if one == "yaml" else pytest.mark.soak) for one in languages.LANGUAGES],
)
def test_an_example_shows_a_changed_page_as_one_line_and_goes(
    language: str, stacks: Stacks, emu: Emulator
) -> None:
    stack = configured(stacks, emu, language)
    stack.up()
    [task] = emu.running()
    program = stack.folder / languages.LANGUAGES[language].program
    page = SENT["RecordUrl"]
    program.write_text(program.read_text().replace(str(page), "https://example.com/other"))
    assert changes(stack.preview("--diff").text) == [f'~ recordUrl: "{page}" => "https://example.com/other"']

    assert "unchanged" in stack.refresh().text
    assert [one["task_id"] for one in emu.running()] == [task["task_id"]]
    stack.destroy()
    assert emu.running() == []
