"""What a program marks as secret is in clear nowhere, nor is what is made of it; through both providers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.support import plugin_programs
from tests.support.emulator import Emulator
from tests.support.leaks import files_below, leaks
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import inputs, new_stack

BUCKET, WRONG = "markbucket7d3f-1234589", "MARKWRONG4c1e-1234589"
PREFIX, REGION = "markPrefix5b0a", "markRegion91fe "
MARKERS = {"bucket": BUCKET, "wrong bucket": WRONG, "prefix": PREFIX, "region": REGION.strip()}
OUTPUT = "storageLocation"


class Secret(str):
    """In a program's text: a value that it marks as secret."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"pulumi.Output.secret({super().__repr__()})"


@attrs.frozen
class Way:
    """How recordings are declared: a program of one, with these values in its storage, and this option."""

    program: Callable[[dict[str, Any], str], str]
    prepare: Callable[[Stack], Stack]


def dynamic(storage: dict[str, Any], when_ended: str) -> str:
    kept = {**inputs()["storage_params"]["cloud_storage"], **storage}
    given = inputs(storage_params={"cloud_storage": kept}, when_ended=when_ended)
    lines = ("import pulumi", "import pulumi_trtc as trtc", f"one = trtc.WebRecording('one', **{given!r})")
    return "\n".join((*lines, "pulumi.export('where', one.storage_location)", ""))


def plugin(storage: dict[str, Any], when_ended: str) -> str:
    named = {"fileNamePrefix" if key == "file_name_prefix" else key: value for key, value in storage.items()}
    kept = {**plugin_programs.inputs()["storageParams"]["cloudStorage"], **named}
    one = plugin_programs.declared("one", storageParams={"cloudStorage": kept}, whenEnded=when_ended)
    return plugin_programs.program(one)


WAYS = {
    "dynamic": Way(dynamic, lambda stack: stack),
    "plugin": Way(plugin, plugin_programs.with_plugin),
}
# What the plugin hands back secret, tests/unit/test_plugin_wire.py tries too.
NAMES = ("dynamic", pytest.param("plugin", marks=pytest.mark.soak))


@pytest.mark.parametrize("name", NAMES)
def test_what_a_program_marks_is_hidden_with_all_that_is_made_of_it(
    name: str, stacks: Stacks, emu: Emulator
) -> None:
    way = WAYS[name]
    stack = way.prepare(new_stack(stacks, emu, ""))

    def kept() -> Any:
        (one,) = stack.resources("WebRecording")
        return one["outputs"][OUTPUT]

    bucket, prefix = {"bucket": Secret(BUCKET)}, {"file_name_prefix": ["plain", Secret(PREFIX)]}
    stack.write(way.program(bucket | prefix, "keep"))
    stack.preview("--diff")
    stack.preview("--json", "--show-replacement-steps")
    stack.up()
    assert set(kept()) > {"ciphertext"}, kept()
    stack.write(way.program(bucket | prefix, "restart"))
    assert "updated" in stack.up("--diff").text
    assert set(kept()) > {"ciphertext"}, kept()
    stack.refresh("--diff")
    assert set(kept()) > {"ciphertext"}, kept()
    for alone in (bucket, prefix):
        stack.write(way.program(alone, "restart"))
        stack.up("--diff")
        assert set(kept()) > {"ciphertext"}, kept()
    stack.write(way.program({"bucket": Secret(WRONG), "region": Secret(REGION)}, "keep"))
    wrong = stack.preview("--diff", check=False)
    assert "storageParams.cloudStorage.bucket: must be" in wrong.text
    assert "storageParams.cloudStorage.region: must be" in wrong.text
    for command in (("export",), ("output", "--json"), ("history", "--json")):
        stack.run("stack", *command)
    places = files_below(stack.folder.parent)
    assert any(path.endswith("dev.json") for path in places), "the state is among them"
    assert leaks(places, MARKERS) == []


@pytest.mark.parametrize("name", NAMES)
def test_where_nothing_is_marked_the_location_is_shown(name: str, stacks: Stacks, emu: Emulator) -> None:
    stack = WAYS[name].prepare(new_stack(stacks, emu, WAYS[name].program({}, "keep")))
    stack.up()
    (one,) = stack.resources("WebRecording")
    assert one["outputs"][OUTPUT] == f"cos://webrecord-1234589/{one['id']}/"
