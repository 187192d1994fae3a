"""Props to spec to the body of StartWebRecord."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from pulumi_trtc.inputs.body import (
    CloudVod,
    StorageKeys,
    StorageParams,
    TencentVod,
    WebRecordingSpec,
    spec_from_props,
    start_body,
)
from tests.support.inputs import PAGE_EXAMPLE, engine_props, page_props

KEYS = StorageKeys("config-id", "config-key")


def body_of(props: dict[str, Any], keys: StorageKeys | None = None) -> dict[str, Any]:
    return start_body(spec_from_props(props), keys, "web-1")


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


def test_settings_of_the_provider_stay_out_of_the_request() -> None:
    props = page_props(whenEnded="restart", waitUntilRecording=30.0, adopt="task")
    spec = spec_from_props(props)
    assert (spec.when_ended, spec.wait_until_recording, spec.adopt) == ("restart", 30, "task")
    assert start_body(spec, None, "web-1") == body_of(page_props())


def test_outputs_and_the_engine_s_keys_are_passed_over() -> None:
    extra = {"taskId": "t", "status": "recording", "owner": {"urn": "u"}, "__provider": "p"}
    assert spec_from_props({**page_props(), **extra}) == spec_from_props(page_props())


def test_unset_settings_have_the_provider_s_defaults() -> None:
    spec = spec_from_props(page_props())
    assert (spec.record_id, spec.when_ended, spec.wait_until_recording, spec.adopt) == (None, "keep", 0, None)


def test_keys_of_the_configuration_fill_in_for_keys_left_out() -> None:
    props = page_props(
        storageParams={"cloudStorage": {"vendor": 0, "region": "ap-singapore", "bucket": "b-1"}}
    )
    assert spec_from_props(props).needs_storage_keys
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
    assert not spec_from_props(page_props()).needs_storage_keys
    assert body_of(page_props(), KEYS) == body_of(page_props())


def test_vod_takes_no_storage_keys() -> None:
    props = page_props(storageParams={"cloudVod": {"tencentVod": {}}})
    assert not spec_from_props(props).needs_storage_keys
    assert body_of(props, KEYS)["StorageParams"] == {"CloudVod": {"TencentVod": {}}}


def test_an_empty_structure_is_sent_empty() -> None:
    body = body_of(page_props(webRecordVideoParams={}, publishCdnParams=[]))
    assert (body["WebRecordVideoParams"], body["PublishCdnParams"]) == ({}, [])


def test_the_record_id_to_send_is_the_caller_s() -> None:
    assert body_of(page_props(recordId="mine"))["RecordId"] == "web-1"


def test_nothing_shows_a_secret() -> None:
    props = page_props(
        recordUrl="https://h/?token=marker", publishCdnParams=[{"publishCdnUrl": "rtmp://h/a/marker"}]
    )
    props["storageParams"]["cloudStorage"] |= {"accessKey": "marker", "secretKey": "marker"}
    assert "marker" not in repr(spec_from_props(props))
    assert "marker" not in repr(StorageKeys("marker", "marker"))


def test_a_spec_cannot_be_changed() -> None:
    spec = WebRecordingSpec(
        record_url="https://h/",
        sdk_app_id=1,
        storage_params=StorageParams(cloud_vod=CloudVod(tencent_vod=TencentVod())),
    )
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        spec.sdk_app_id = 2  # type: ignore[misc]
