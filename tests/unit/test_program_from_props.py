"""What programs read of a recording, under Pulumi's mocks: values in the types that were declared."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks

from pulumi_trtc import WebRecording
from pulumi_trtc.inputs.table import WEB_RECORDING
from tests.support.recordings import TYPE


class Echo(Mocks):
    """Answers as the provider does: the outputs are the inputs."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return "task", {**args.inputs, "taskId": "task", "status": "recording"}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args.token)


COS = {"vendor": 0, "region": "ap-singapore", "bucket": "b-1", "file_name_prefix": ["a"]}
VOD = {"media_type": 3, "sub_app_id": 1500000000, "class_id": 7, "expire_time": 0, "source_context": "5"}
EVERY: dict[str, Any] = {
    "record_url": "https://example.com/",
    "sdk_app_id": 1400000000,
    "storage_params": {"cloud_storage": COS, "cloud_vod": {"tencent_vod": VOD}},
    "web_record_video_params": {"width": 1280, "height": 720, "format": "mp4", "max_media_file_duration": 60},
    "max_duration_limit": 3600,
    "record_id": "5",
    "publish_cdn_params": [
        {"publish_cdn_url": "rtmp://h/a/1", "is_tencent_cdn": 0},
        {"publish_cdn_url": "rtmp://h/a/2", "is_tencent_cdn": 1},
    ],
    "ready_timeout": 0,
    "emulate_mobile_params": {"mobile_device_type": 1, "screen_orientation": 0},
    "when_ended": "keep",
    "wait_until_recording": 5,
    "adopt": "task",
}


class Lecture(WebRecording, module="trtc", name="WebRecording"):
    """A program's own kind of recording."""


def read_of(
    make: Callable[[], dict[str, Any]],
    *names: str,
    preview: bool = False,
    cls: type[WebRecording] = WebRecording,
) -> dict[str, tuple[Any, bool, bool]]:
    """Outputs of a recording by name: the value, whether it is known, and whether it is secret."""

    async def run() -> dict[str, tuple[Any, bool, bool]]:
        set_mocks(Echo(), preview=preview)
        recording = cls("lecture", **make())
        found = {}
        for name in names:
            output = getattr(recording, name)
            value = await output.future(with_unknowns=True)
            found[name] = value, await output.is_known(), await output.is_secret()
        return found

    return asyncio.run(run())


def shown(value: Any) -> str:
    """A value as a text in which 5, 5.0 and "5" differ."""
    return json.dumps(value, sort_keys=True)


def test_every_output_has_the_types_of_its_input() -> None:
    found = read_of(lambda: EVERY, *EVERY)
    assert EVERY.keys() == {field.name for field in WEB_RECORDING.fields}
    assert {name: shown(value) for name, (value, _, _) in found.items()} == {
        name: shown(value) for name, value in EVERY.items()
    }


def test_a_program_s_own_class_of_recordings_has_the_same_outputs() -> None:
    names = ("status", "sdk_app_id")
    found = read_of(lambda: EVERY, *names, cls=Lecture)
    assert [shown(found[name][0]) for name in names] == ['"recording"', "1400000000"]


def test_an_integer_can_be_counted_with_and_shown() -> None:
    found = read_of(lambda: EVERY, "max_duration_limit", "sdk_app_id")
    assert len(range(found["max_duration_limit"][0])) == 3600
    assert f"{found['sdk_app_id'][0]}" == "1400000000"


@pytest.mark.parametrize("name", ["max_duration_limit", "web_record_video_params", "publish_cdn_params"])
def test_a_secret_stays_secret_and_has_the_types_of_its_input(name: str) -> None:
    found = read_of(lambda: {**EVERY, name: pulumi.Output.secret(EVERY[name])}, name, "sdk_app_id")
    value, known, secret = found[name]
    assert (shown(value), known, secret) == (shown(EVERY[name]), True, True)
    assert found["sdk_app_id"] == (1400000000, True, False)


@pytest.mark.parametrize("preview", [False, True])
def test_what_is_left_out_is_none_and_a_preview_knows_it(preview: bool) -> None:
    def few() -> dict[str, Any]:
        none: pulumi.Output[Any] = pulumi.Output.from_input(None)  # as another recording's output may be
        required = {name: EVERY[name] for name in ("record_url", "sdk_app_id", "storage_params")}
        return {**required, "ready_timeout": none, "emulate_mobile_params": none, "when_ended": none}

    optional = EVERY.keys() - {"record_url", "sdk_app_id", "storage_params", "record_id"}
    found = read_of(few, *optional, preview=preview)
    assert found == dict.fromkeys(optional, (None, True, False))


def test_of_what_a_preview_does_not_know_in_part_the_rest_is_known() -> None:
    def made() -> dict[str, Any]:
        later: pulumi.Output[Any] = pulumi.Output.from_input(1).apply(lambda _: pulumi.UNKNOWN)
        return {
            **EVERY,
            "max_duration_limit": later,
            "web_record_video_params": {"width": 2, "height": later},
        }

    found = read_of(made, "max_duration_limit", "web_record_video_params", "sdk_app_id", preview=True)
    assert not found["max_duration_limit"][1]
    video, known, _ = found["web_record_video_params"]
    assert (shown(video["width"]), known) == ("2", False)
    assert shown(found["sdk_app_id"][0]) == "1400000000"


def test_what_is_no_integer_stays_as_it_is() -> None:
    wrong = {"max_duration_limit": 1.5, "ready_timeout": True, "web_record_video_params": {"other": 2.0}}
    found = read_of(lambda: {**EVERY, **wrong}, *wrong)
    assert shown({name: value for name, (value, _, _) in found.items()}) == shown(wrong)


@pytest.mark.parametrize("name", ["lecture", "Vorlesung ünd::1"])
def test_a_recording_tells_its_own_urn(name: str) -> None:
    async def run() -> tuple[str, str]:
        set_mocks(Echo())
        recording = WebRecording(name, **EVERY)
        owner = await recording.owner.future()  # type: ignore[attr-defined]
        urn = await pulumi.create_urn(name, TYPE).future()
        assert urn is not None
        return owner["urn"], urn

    told, urn = asyncio.run(run())
    assert told == urn


@pytest.mark.parametrize(("url", "secret"), [("https://h/?token=x", True), ("https://h/page", False)])
def test_a_page_with_a_token_is_a_secret_output_whatever_the_engine_says_of_it(
    url: str, secret: bool
) -> None:
    def of_a_state_of_the_first_release() -> dict[str, Any]:
        return {**EVERY, "record_url": url}

    for preview in (True, False):
        found = read_of(of_a_state_of_the_first_release, "record_url", preview=preview)
        assert found["record_url"] == (url, True, secret)


def test_a_page_that_a_preview_does_not_know_stays_unknown() -> None:
    def unknown() -> dict[str, Any]:
        known: asyncio.Future[bool] = asyncio.get_event_loop().create_future()
        known.set_result(False)
        value: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        value.set_result(pulumi.output.UNKNOWN)
        return {**EVERY, "record_url": pulumi.Output(set(), value, known)}

    value, is_known, _ = read_of(unknown, "record_url", preview=True)["record_url"]
    assert (pulumi.output.contains_unknowns(value), is_known) == (True, False)
