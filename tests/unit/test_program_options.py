"""Pulumi's options that cannot do for a recording what they promise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks

from pulumi_trtc import WebRecording

INPUTS: dict[str, Any] = {
    "record_url": "https://example.com/",
    "sdk_app_id": 1400000000,
    "storage_params": {"cloud_vod": {"tencent_vod": {}}},
}


class Declared(Mocks):
    """Keeps the names of what was declared."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.names.append(args.name)
        return args.name, args.inputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args.token)


def run(declare: Callable[[], list[WebRecording]]) -> None:
    async def to_the_end() -> None:
        for recording in declare():
            await recording.urn.future()

    asyncio.run(to_the_end())


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda line, recording: lines.append(f"{recording._name}|{line}"))
    return lines


@pytest.mark.parametrize("name", ["lecture", "{} ü %s"])
def test_what_would_lose_a_recording_is_refused_all_at_once(name: str) -> None:
    mocks = Declared()

    def declare() -> list[WebRecording]:
        set_mocks(mocks)
        other = WebRecording("other", **INPUTS)
        opts = pulumi.ResourceOptions(import_="task", deleted_with=other)
        with pytest.raises(pulumi.RunError) as caught:
            WebRecording(name, **INPUTS, opts=opts)
        imported, forgotten = str(caught.value).splitlines()
        assert imported.startswith(f"{name}: the option import_ cannot be used here: ")
        assert "adopt" in imported
        assert forgotten.startswith(f"{name}: the option deleted_with cannot be used here: ")
        assert "retain_on_delete" in forgotten
        return [other]

    run(declare)
    assert mocks.names == ["other"]


def test_what_has_no_effect_is_told_beside_the_recording_and_of_the_rest_nothing(warned: list[str]) -> None:
    useless = pulumi.ResourceOptions(
        replace_on_changes=["*"], custom_timeouts=pulumi.CustomTimeouts(create="1m"), protect=True
    )
    useful = pulumi.ResourceOptions(
        ignore_changes=["*"], retain_on_delete=True, delete_before_replace=True, replace_on_changes=[]
    )

    def declare() -> list[WebRecording]:
        set_mocks(Declared())
        return [
            WebRecording("lecture", **INPUTS, opts=useless),
            WebRecording("useful", **INPUTS, opts=useful),
            WebRecording("plain", **INPUTS),
            WebRecording.get("found", "task"),
        ]

    run(declare)
    assert [line.partition(" has no effect here: ")[0] for line in warned] == [
        "lecture|lecture: the option replace_on_changes",
        "lecture|lecture: the option custom_timeouts",
    ]
