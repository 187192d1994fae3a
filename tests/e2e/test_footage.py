"""No footage is missed in a replacement, and an end is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import pages
from tests.support.emulator import Emulator, emulator
from tests.support.engine.resources import name_of
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import (
    FORCED,
    TYPE,
    all_recording,
    calls,
    inputs,
    program,
    runs_exactly,
    saved,
    settings,
)
from tests.support.sdk import sdk_client, start, stop

MakeStack = Callable[..., Stack]
LECTURE = program(lecture=inputs())
GONE = "https://gone.invalid/page"


def to_bucket(bucket: str) -> dict[str, Any]:
    """The inputs of a recording to this bucket."""
    given = inputs()
    given["storage_params"]["cloud_storage"]["bucket"] = bucket
    return given


@pytest.mark.parametrize(
    ("delay", "arguments"),
    [
        ("5", ()),
        pytest.param("0", (), marks=pytest.mark.soak),
        pytest.param("20", (), marks=pytest.mark.soak),
        pytest.param("5", FORCED, id="5-forced", marks=pytest.mark.soak),
    ],
)
def test_a_replacement_leaves_no_gap(
    stacks: Stacks, tmp_path: Path, delay: str, arguments: tuple[str, ...]
) -> None:
    """However long a recording takes to begin, and with the settings that a user has who sets none."""
    with emulator(tmp_path / "data", "--start-delay", delay) as emu:
        stack = stacks.new(LECTURE)
        stack.config({key: value for key, value in settings(emu).items() if key != "trtc:startWindow"})
        stack.up()
        all_recording(emu)
        old = saved(stack)["lecture"]
        if not arguments:
            stack.write(program(lecture=to_bucket("another-1234589")))
        stack.up(*arguments)
        new = runs_exactly(emu, stack, "lecture")["lecture"]
        assert new != old
        begun, ended = emu.task(new)["started_ms"], emu.task(old)["ended_ms"]
        assert begun is not None, "it had not begun when the old one was stopped"
        assert begun <= ended


@pytest.mark.soak
# By default a page is given a minute to begin.
@pytest.mark.parametrize("waiting", [{"wait_until_recording": 2}, {}], ids=str)
def test_a_page_that_cannot_be_loaded_ends_no_recording(
    recorded: MakeStack, emu: Emulator, waiting: dict[str, int]
) -> None:
    stack = recorded(program(lecture=inputs(), other=inputs()))
    stack.up()
    all_recording(emu)
    tasks = runs_exactly(emu, stack, "lecture", "other")
    stack.write(program(lecture=inputs(record_url=GONE, **waiting), other=inputs()))
    result = stack.up(check=False)
    assert result.status != 0, "nothing records the new page"
    assert "lecture" in result.text
    assert runs_exactly(emu, stack, "lecture", "other") == tasks
    stack.write(program(lecture=inputs(), other=inputs()))
    stack.up()
    assert runs_exactly(emu, stack, "lecture", "other") == tasks
    stack.preview("--expect-no-changes")


@pytest.mark.soak
@pytest.mark.parametrize("page", ["unset", "404", "forced"])
def test_a_page_that_a_browser_cannot_load(stacks: Stacks, tmp_path: Path, page: str) -> None:
    """With a real one; by default; and where only the page itself has changed."""
    replies: pages.Replies = {"/": pages.plain("00a000")}
    with (
        pages.serving(replies) as site,
        emulator(tmp_path / "data", "--media", "chromium", "--max-recordings", "2") as emu,
    ):
        stack = stacks.new(program(lecture=inputs(record_url=f"{site.url}/")))
        stack.config({key: value for key, value in settings(emu).items() if key != "trtc:startWindow"})
        stack.up()
        all_recording(emu)
        tasks = runs_exactly(emu, stack, "lecture")
        if page == "forced":
            replies["/"] = pages.Reply("broken", 500)
            result = stack.up(*FORCED, check=False)
        else:
            url = f"{site.url}/404" if page == "404" else "http://127.0.0.1:9/"
            stack.write(program(lecture=inputs(record_url=url)))
            result = stack.up(check=False)
        assert result.status != 0
        assert runs_exactly(emu, stack, "lecture") == tasks
        assert emu.task(tasks["lecture"])["state"] == "recording"


LOOKS = (("refresh", "--preview-only"), ("preview", "--refresh"))


def test_an_end_is_a_change_until_an_update_has_told_of_it(recorded: MakeStack, emu: Emulator) -> None:
    """One was stopped with the vendor's SDK or in its console, one has reached its limit, and one runs on."""
    stack = recorded(
        program(
            by_hand=inputs(max_duration_limit=86400),
            at_limit=inputs(max_duration_limit=1800),
            on=inputs(max_duration_limit=86400),
        )
    )
    stack.up()
    all_recording(emu)
    tasks = saved(stack)
    stop(sdk_client(emu), tasks["by_hand"])
    emu.advance(1860)
    done = calls(emu)
    # test_previews has what `refresh --preview-only` shows of an end.
    result = stack.preview("--refresh", "--expect-no-changes", check=False)
    assert result.status != 0, result.text
    assert "by_hand" in result.text
    assert "at_limit" in result.text

    shown = stack.refresh("--diff").text
    assert "~ 2 updated" in shown
    assert shown.count('"recording" => "ended"') == 2
    ended = {"by_hand": "ended", "at_limit": "ended", "on": "recording"}
    assert statuses(stack) == ended
    told = [line for line in stack.up().text.splitlines() if "ended" in line]
    assert any("by_hand" in line for line in told), told
    assert any("at_limit" in line for line in told), told
    assert saved(stack) == tasks
    for command in LOOKS:
        stack.run(*command, "--expect-no-changes")
    assert statuses(stack) == ended
    assert calls(emu) == done


def statuses(stack: Stack) -> dict[str, str]:
    """What the state says of each recording."""
    return {name_of(one["urn"]): one["outputs"]["status"] for one in stack.resources(TYPE)}


READING = (
    "import pulumi\nimport pulumi_trtc as trtc\nfound = trtc.WebRecording.get('found', '{}')\n"
    "pulumi.export('status', found.status)\n"
)


@pytest.mark.parametrize("ended", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_a_recording_that_is_read_must_run(recorded: MakeStack, emu: Emulator, ended: bool) -> None:
    task_id = "no-such-task"
    if ended:
        task_id = start(sdk_client(emu))
        all_recording(emu)
        stop(sdk_client(emu), task_id)
    stack = recorded(READING.format(task_id))
    result = stack.up(check=False)
    assert result.status != 0
    assert "found" in result.text
    assert task_id in result.text
    assert "Traceback" not in result.text


@pytest.mark.soak
def test_a_recording_that_is_read_and_ends_later_is_told_of(recorded: MakeStack, emu: Emulator) -> None:
    client = sdk_client(emu)
    task_id = start(client)
    all_recording(emu)
    stack = recorded(READING.format(task_id))
    stack.up()
    stop(client, task_id)
    result = stack.up(check=False)
    assert result.status != 0
    assert task_id in result.text
