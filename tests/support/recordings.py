"""Stacks of recordings on the emulator, for tests with the real CLI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.emulator import Emulator, eventually
from tests.support.engine.resources import name_of
from tests.support.promise import PROMISE
from tests.support.pulumi_cli import Stack, Stacks

TYPE = "pulumi-python:dynamic/trtc:WebRecording"
SDK_APP_ID = 1400000000
# How long a started recording may stay unseen: the emulator's delay, and what the provider is told.
START_DELAY = "0.2"
START_WINDOW = "3"


def inputs(**changed: Any) -> dict[str, Any]:
    """The inputs of a recording; `changed` replaces some, and None takes one out."""
    given = {
        "record_url": "https://example.com/page",
        "sdk_app_id": SDK_APP_ID,
        "storage_params": {
            "cloud_storage": {
                "vendor": 0,
                "region": "ap-singapore",
                "bucket": "webrecord-1234589",
                "access_key": "AKIDexample",
                "secret_key": "example-secret-key",
            }
        },
        "web_record_video_params": {"width": 1280, "height": 720, "format": "mp4"},
        **changed,
    }
    return {key: value for key, value in given.items() if value is not None}


def program(*more: str, **recordings: Mapping[str, Any]) -> str:
    """A program that declares recordings of these inputs, and keeps each in a variable of its name.

    Args:
        more: Further lines.
    """
    lines = [declared(name, given) for name, given in recordings.items()]
    return "\n".join(("import pulumi", "import pulumi_trtc as trtc", *lines, *more, ""))


def declared(name: str, given: Mapping[str, Any], options: str = "") -> str:
    """The line of a program that declares one recording; `options` as ResourceOptions takes them."""
    opts = f", opts=pulumi.ResourceOptions({options})" if options else ""
    return f"{name} = trtc.WebRecording({name!r}, **{given!r}{opts})"


def urn_of(name: str, *, stack: str = "dev", project: str = "test") -> str:
    """The URN of a recording without a parent."""
    return f"urn:pulumi:{stack}::{project}::{TYPE}::{name}"


# Options of an `up` that replaces "lecture" though nothing has changed.
FORCED = ("--replace", urn_of("lecture"))


def settings(emu: Emulator) -> dict[str, str]:
    """The config of a stack that records on this emulator."""
    return {"trtc:site": "emulator", "trtc:endpoint": emu.address, "trtc:startWindow": START_WINDOW}


def new_stack(stacks: Stacks, emu: Emulator, text: str, **options: str) -> Stack:
    """A stack of a program that records on this emulator."""
    stack = stacks.new(text, **options)
    stack.config(settings(emu))
    return stack


def saved(stack: Stack) -> dict[str, str]:
    """The TaskIds in the state, by the recordings' names."""
    return {name_of(one["urn"]): one["id"] for one in stack.resources(TYPE)}


def runs_exactly(emu: Emulator, stack: Stack, *names: str) -> dict[str, str]:
    """The promise: what runs is what is declared, each in the state. Returns the TaskIds by name."""
    kept = [one for one in stack.resources(TYPE) if not one.get("external")]
    tasks = {name_of(one["urn"]): one["id"] for one in kept}
    assert sorted(tasks) == sorted(names), kept
    assert len(kept) == len(tasks), kept
    assert sorted(tasks.values()) == sorted(task_ids(emu.running())), f"not kept: {PROMISE}\n{emu.tasks()}"
    return tasks


def task_ids(tasks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Their TaskIds."""
    return [task["task_id"] for task in tasks]


def calls(emu: Emulator) -> list[str]:
    """What changed something, in the order in which it came: "Start" or "Stop", and the TaskId."""
    changing = [one for one in emu.requests() if one["action"] != "DescribeWebRecord" and one["code"] == ""]
    return [f"{one['action'].removesuffix('WebRecord')} {one['task_id']}" for one in changing]


def all_recording(emu: Emulator) -> None:
    """Wait until every accepted recording records."""
    eventually(lambda: not emu.tasks("accepted") + emu.tasks("loading"), "all recordings past their start")
