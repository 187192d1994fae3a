"""Inputs to the body of StartWebRecord."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_trtc.inputs.body import StorageKeys, needs_storage_keys, start_body, storage_location
from tests.support.inputs import PAGE_EXAMPLE, engine_props, page_props

KEYS = StorageKeys("config-id", "config-key")


def body_of(props: dict[str, Any], keys: StorageKeys | None = None) -> dict[str, Any]:
    return start_body(props, keys, "web-1")


def test_the_page_s_example_comes_out_as_it_is_there() -> None:
    body = body_of(engine_props(page_props()))
    assert body == {**PAGE_EXAMPLE, "SdkAppId": 1400000000, "RecordId": "web-1"}
    # 3600.0 equals 3600 in Python, but is no integer on the wire.
    assert json.loads(json.dumps(body), parse_float=pytest.fail) == body


def test_every_input_reaches_the_wire_under_its_own_name() -> None:
    vod = {
        "procedure": "p",
        "expireTime": 0.0,
        "storageRegion": "ap-chongqing",
        "classId": 1.0,
        "subAppId": 2.0,
        "sessionContext": "",
        "sourceContext": "s",
        "mediaType": 3.0,
        "userDefineRecordId": "u",
    }
    props = page_props(
        storageParams={"cloudVod": {"tencentVod": vod}},
        webRecordVideoParams={"maxMediaFileDuration": 5.0},
        publishCdnParams=[
            {"publishCdnUrl": "rtmp://h/a/s", "isTencentCdn": 1.0},
            {"publishCdnUrl": "rtmp://h/a/t"},
        ],
        readyTimeout=0.0,
        emulateMobileParams={"mobileDeviceType": 0.0, "screenOrientation": 1.0},
        maxDurationLimit=None,
    )
    assert body_of(props) == {
        "RecordUrl": PAGE_EXAMPLE["RecordUrl"],
        "SdkAppId": 1400000000,
        "StorageParams": {
            "CloudVod": {
                "TencentVod": {
                    "Procedure": "p",
                    "ExpireTime": 0,
                    "StorageRegion": "ap-chongqing",
                    "ClassId": 1,
                    "SubAppId": 2,
                    "SessionContext": "",
                    "SourceContext": "s",
                    "MediaType": 3,
                    "UserDefineRecordId": "u",
                }
            }
        },
        "WebRecordVideoParams": {"MaxMediaFileDuration": 5},
        "PublishCdnParams": [
            {"PublishCdnUrl": "rtmp://h/a/s", "IsTencentCdn": 1},
            {"PublishCdnUrl": "rtmp://h/a/t"},
        ],
        "ReadyTimeout": 0,
        "EmulateMobileParams": {"MobileDeviceType": 0, "ScreenOrientation": 1},
        "RecordId": "web-1",
    }


def test_settings_of_the_provider_outputs_and_the_engine_s_keys_stay_out_of_the_request() -> None:
    settings = {"whenEnded": "restart", "waitUntilRecording": 30.0, "adopt": "task"}
    extra = {"taskId": "t", "status": "recording", "owner": {"urn": "u"}, "__provider": "p", "__trtc": {}}
    assert body_of({**page_props(**settings), **extra}) == body_of(page_props())


def test_keys_of_the_configuration_fill_in_for_keys_left_out() -> None:
    props = page_props(
        storageParams={"cloudStorage": {"vendor": 0, "region": "ap-singapore", "bucket": "b-1"}}
    )
    assert needs_storage_keys(props)
    storage = body_of(props, KEYS)["StorageParams"]["CloudStorage"]
    assert storage == {
        "Vendor": 0,
        "Region": "ap-singapore",
        "Bucket": "b-1",
        "AccessKey": "config-id",
        "SecretKey": "config-key",
    }
    assert set(body_of(props)["StorageParams"]["CloudStorage"]) == {"Vendor", "Region", "Bucket"}


def test_keys_of_the_program_win_over_the_configuration() -> None:
    assert not needs_storage_keys(page_props())
    assert body_of(page_props(), KEYS) == body_of(page_props())


def test_vod_takes_no_storage_keys() -> None:
    props = page_props(storageParams={"cloudVod": {"tencentVod": {}}})
    assert not needs_storage_keys(props)
    assert body_of(props, KEYS)["StorageParams"] == {"CloudVod": {"TencentVod": {}}}


def test_an_empty_structure_is_sent_empty() -> None:
    body = body_of(page_props(webRecordVideoParams={}, publishCdnParams=[]))
    assert (body["WebRecordVideoParams"], body["PublishCdnParams"]) == ({}, [])


def test_the_record_id_to_send_is_the_caller_s() -> None:
    assert body_of(page_props(recordId="mine"))["RecordId"] == "web-1"


@pytest.mark.parametrize(
    ("storage", "place"),
    [
        ({"cloudStorage": {"bucket": "b-1", "fileNamePrefix": ["x", "y"]}}, "cos://b-1/x/y/task/"),
        ({"cloudStorage": {"bucket": "b-1"}}, "cos://b-1/task/"),
        ({"cloudVod": {"tencentVod": {"subAppId": 2.0}}}, "vod://2/"),
        ({"cloudVod": {"tencentVod": {}}}, "vod://default/"),
    ],
)
def test_the_files_place_is_told(storage: dict[str, Any], place: str) -> None:
    assert storage_location({"storageParams": storage}, "task") == place


def test_nothing_shows_a_secret() -> None:
    assert "marker" not in repr(StorageKeys("marker", "marker"))
