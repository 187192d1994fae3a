"""What a change of inputs asks of the engine."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_trtc.inputs.changes import Changes, compare
from pulumi_trtc.inputs.table import UNKNOWN, WEB_RECORDING
from tests.support.inputs import engine_props, page_props

CDN = [{"publishCdnUrl": "rtmp://cdn.example/live/key?sign=1", "isTencentCdn": 0}]


def test_the_same_inputs_change_nothing() -> None:
    assert compare(engine_props(page_props()), page_props()) == Changes()


def test_outputs_owner_and_the_engine_s_keys_never_count() -> None:
    state = {
        **page_props(),
        "taskId": "t",
        "requestId": "r",
        "status": "ended",
        "owner": {"urn": "a"},
        "__provider": "x",
    }
    assert compare(state, {**page_props(), "owner": {"urn": "b"}}) == Changes()


@pytest.mark.parametrize("key", [field.key for field in WEB_RECORDING.fields if not field.provider_only])
def test_every_input_of_the_api_replaces(key: str) -> None:
    assert compare(page_props(**{key: "old"}), page_props(**{key: "new"})).replaces == (key,)
    assert compare(page_props(**{key: "old"}), page_props(**{key: None})).replaces == (key,)
    assert compare(page_props(**{key: None}), page_props(**{key: "new"})).replaces == (key,)


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [("whenEnded", "restart", "when_ended"), ("waitUntilRecording", 30, "wait_until_recording")],
)
def test_settings_of_the_provider_update_in_place(key: str, value: Any, path: str) -> None:
    assert compare(page_props(), page_props(**{key: value})) == Changes(updates=(path,))


def test_an_explicit_default_is_a_change() -> None:
    assert compare(page_props(), page_props(readyTimeout=0)).replaces == ("readyTimeout",)


def test_a_nested_value_replaces_under_its_top_level_key() -> None:
    old = page_props(webRecordVideoParams={"width": 1280.0, "height": 720.0})
    assert compare(old, page_props(webRecordVideoParams={"width": 1280, "height": 720})) == Changes()
    new = page_props(webRecordVideoParams={"width": 1280, "height": 722})
    assert compare(old, new).replaces == ("webRecordVideoParams",)


def test_a_nested_none_is_the_same_as_nothing() -> None:
    new = page_props(webRecordVideoParams={"width": 2, "height": None})
    assert compare(page_props(webRecordVideoParams={"width": 2.0}), new) == Changes()


@pytest.mark.parametrize("value", [UNKNOWN, {"width": UNKNOWN}])
def test_what_a_preview_does_not_know_may_change(value: Any) -> None:
    old = page_props(webRecordVideoParams={"width": 2})
    assert compare(old, page_props(webRecordVideoParams=value)).replaces == ("webRecordVideoParams",)


def test_several_changes_come_in_the_table_s_order() -> None:
    new = page_props(sdkAppId=2, recordUrl="https://other.example/", whenEnded="restart")
    assert compare(page_props(), new) == Changes(
        ("recordUrl", "sdkAppId"), ("record_url", "sdk_app_id"), ("when_ended",)
    )


def test_the_new_recording_starts_first_where_both_can_run() -> None:
    new = page_props(recordUrl="https://other.example/")
    assert not compare(page_props(), new).stop_first
    assert not compare(page_props(recordId="a"), {**new, "recordId": "b"}).stop_first
    other = [{"publishCdnUrl": "rtmp://cdn.example/live/other"}]
    changed = compare(page_props(publishCdnParams=CDN), page_props(publishCdnParams=other))
    assert (changed.replaces, changed.stop_first) == (("publishCdnParams",), False)


def test_the_old_one_stops_first_under_the_same_record_id() -> None:
    new = page_props(recordId="a", recordUrl="https://other.example/")
    assert compare(page_props(recordId="a"), new) == Changes(("recordUrl",), ("record_url",), (), True)


@pytest.mark.parametrize(
    "address",
    [
        "rtmp://cdn.example/live/key?sign=1",
        "rtmp://cdn.example/live/key?sign=2",
        "rtmp://CDN.example:1935/live/key",
        "rtmp://user@cdn.example./live/key",
    ],
)
def test_the_old_one_stops_first_when_both_would_push_to_one_stream(address: str) -> None:
    new = page_props(
        sdkAppId=2, publishCdnParams=[{"publishCdnUrl": "rtmp://x/y/z"}, {"publishCdnUrl": address}]
    )
    assert compare(page_props(publishCdnParams=CDN), new).stop_first


@pytest.mark.parametrize(
    "address", [UNKNOWN, "rtmp://cdn.example:1936/live/key", "rtmp://cdn.example/live/key#2"]
)
def test_other_streams_do_not_keep_the_new_one_from_starting(address: Any) -> None:
    new = page_props(publishCdnParams=[{"publishCdnUrl": address}])
    assert not compare(page_props(publishCdnParams=CDN), new).stop_first


def test_an_update_in_place_stops_nothing() -> None:
    props = page_props(recordId="a", publishCdnParams=CDN)
    found = compare(props, {**props, "whenEnded": "restart"})
    assert (found.replaces, found.updates) == ((), ("when_ended",))


def test_adopting_the_recording_that_stands_in_the_state_is_no_change_of_it() -> None:
    old = {**page_props(), "taskId": "one"}
    assert compare(old, page_props(adopt="one")) == Changes(updates=("adopt",))


def test_adopting_another_one_replaces_and_waits_for_nothing() -> None:
    old = {**page_props(recordId="a", publishCdnParams=CDN), "taskId": "one"}
    new = page_props(recordId="a", publishCdnParams=CDN, adopt="two", sdkAppId=3)
    assert compare(old, new) == Changes(("sdkAppId", "adopt"), ("sdk_app_id", "adopt"))
    assert compare(old, {**new, "adopt": UNKNOWN}).replaces == ("sdkAppId", "adopt")


def test_an_adoption_that_stays_in_the_program_changes_nothing() -> None:
    """After the adopted recording ended and was started again, its TaskId is another one."""
    old = {**page_props(adopt="one"), "taskId": "two"}
    assert compare(old, page_props(adopt="one")) == Changes()
    assert compare(old, page_props()) == Changes(updates=("adopt",))
    again = compare({**old, "recordId": "a"}, page_props(adopt="one", recordId="a", sdkAppId=3))
    assert again == Changes(("sdkAppId",), ("sdk_app_id",), (), True)


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ({}, {"emulateMobileParams": {"mobileDeviceType": 0}}, ("emulate_mobile_params",)),
        (
            {"webRecordVideoParams": {"width": 2, "format": "hls"}},
            {"webRecordVideoParams": {"width": 4, "format": "mp4"}},
            ("web_record_video_params.width", "web_record_video_params.format"),
        ),
        (
            {"storageParams": {"cloudStorage": {"bucket": "a-1", "secretKey": "one"}}},
            {"storageParams": {"cloudStorage": {"bucket": "a-1", "secretKey": "two"}}},
            ("storage_params.cloud_storage.secret_key",),
        ),
        (
            {"storageParams": {"cloudStorage": {"bucket": "a-1"}}},
            {"storageParams": {"cloudVod": {"tencentVod": {}}}},
            ("storage_params.cloud_storage", "storage_params.cloud_vod"),
        ),
        (
            {"publishCdnParams": CDN},
            {"publishCdnParams": [{"publishCdnUrl": "rtmp://x/y/z", "isTencentCdn": 0}]},
            ("publish_cdn_params[0].publish_cdn_url",),
        ),
        ({"publishCdnParams": CDN}, {"publishCdnParams": [*CDN, *CDN]}, ("publish_cdn_params",)),
    ],
)
def test_each_difference_has_its_path_and_no_value(
    old: dict[str, Any], new: dict[str, Any], paths: tuple[str, ...]
) -> None:
    assert compare(page_props(**old), page_props(**new)).paths == paths


def test_true_is_not_one() -> None:
    assert compare(page_props(readyTimeout=1), page_props(readyTimeout=True)).replaces == ("readyTimeout",)
