"""What programs write, and the props that it becomes."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import attrs
import pulumi
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from pulumi_trtc import (
    CdnProvider,
    CloudStorageArgs,
    CloudStorageVendor,
    CloudVodArgs,
    EmulateMobileParamsArgs,
    McuPublishCdnParamArgs,
    MediaType,
    MobileDeviceType,
    ScreenOrientation,
    StorageParamsArgs,
    TencentVodArgs,
    WebRecordVideoParamsArgs,
)
from pulumi_trtc.inputs.check import check
from pulumi_trtc.program.to_props import to_props
from tests.support.inputs import PAGE_EXAMPLE, page_props


@attrs.frozen
class Secret:
    """A value that arrives as a secret."""

    value: Any


@attrs.frozen
class Later:
    """A value that arrives as an Output that is no secret."""

    value: Any


def props_of(**inputs: Any) -> Any:
    """The props, with each Output shown as what it holds."""
    return asyncio.run(_resolved(inputs))


async def _resolved(inputs: dict[str, Any]) -> Any:
    # Outputs belong to the event loop in which they are made.
    return await _shown(to_props({name: make() if callable(make) else make for name, make in inputs.items()}))


async def _shown(value: Any) -> Any:
    if isinstance(value, pulumi.Output):
        inner = await _shown(await value.future())
        return Secret(inner) if await value.is_secret() else Later(inner)
    if isinstance(value, dict):
        return {key: await _shown(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [await _shown(inner) for inner in value]
    return value


def carried(props: dict[str, Any]) -> Any:
    """The props as the engine hands them to the provider."""
    sent = struct_pb2.Struct()
    sent.update(asyncio.run(rpc.serialize_property(props, [], None)))
    return rpc.deserialize_properties(sent)


COS: dict[str, Any] = {
    "vendor": 0,
    "region": "ap-singapore",
    "bucket": "b-1",
    "access_key": "id",
    "secret_key": "key",
}
COS_PROPS = {
    **{key: COS[key] for key in ("vendor", "region", "bucket")},
    "accessKey": Secret("id"),
    "secretKey": Secret("key"),
}


def test_classes_become_the_state_s_keys() -> None:
    assert props_of(
        record_url="https://h/",
        storage_params=StorageParamsArgs(cloud_storage=CloudStorageArgs(**COS, file_name_prefix=("a", "b"))),
        publish_cdn_params=[
            McuPublishCdnParamArgs(publish_cdn_url="rtmp://h/a/b", is_tencent_cdn=CdnProvider.OTHER)
        ],
        web_record_video_params=WebRecordVideoParamsArgs(width=2, max_media_file_duration=5),
        emulate_mobile_params=EmulateMobileParamsArgs(
            mobile_device_type=MobileDeviceType.TABLET, screen_orientation=ScreenOrientation.LANDSCAPE
        ),
        wait_until_recording=5,
    ) == {
        "recordUrl": "https://h/",
        "storageParams": {"cloudStorage": {**COS_PROPS, "fileNamePrefix": ["a", "b"]}},
        "publishCdnParams": [{"publishCdnUrl": Secret("rtmp://h/a/b"), "isTencentCdn": 0}],
        "webRecordVideoParams": {"width": 2, "maxMediaFileDuration": 5},
        "emulateMobileParams": {"mobileDeviceType": 1, "screenOrientation": 1},
        "waitUntilRecording": 5,
    }  # fmt: skip


@pytest.mark.parametrize("key", ["access_key", "accessKey", "AccessKey"])
def test_dicts_may_have_the_names_of_python_the_state_or_the_api(key: str) -> None:
    storage = {key: "id"}
    for outer, inner in (("cloud_storage", storage), ("cloudStorage", storage), ("CloudStorage", storage)):
        assert props_of(storage_params={outer: inner}) == {
            "storageParams": {"cloudStorage": {"accessKey": Secret("id")}}
        }


def test_the_api_s_own_example_can_be_pasted() -> None:
    props = props_of(**PAGE_EXAMPLE, sdk_app_id=1400000000)
    storage = props["storageParams"]["cloudStorage"]
    assert (storage["accessKey"], storage["secretKey"]) == (Secret("AKxxxxxx"), Secret("Idxxxxxx"))
    storage.update(accessKey="AKxxxxxx", secretKey="Idxxxxxx")
    assert props == page_props()


def test_integers_of_an_enum_are_plain_integers() -> None:
    vod = CloudVodArgs(tencent_vod=TencentVodArgs(media_type=MediaType.HLS_AND_MP4))
    props = props_of(storage_params={"cloud_vod": vod}, ready_timeout=True)
    number = props["storageParams"]["cloudVod"]["tencentVod"]["mediaType"]
    assert (number, type(number)) == (3, int)
    assert props["readyTimeout"] is True


def test_none_is_left_out_but_not_in_a_list() -> None:
    cos = CloudStorageArgs(
        vendor=CloudStorageVendor.COS,
        region="r",
        bucket="b",
        file_name_prefix=["a", None],  # type: ignore[list-item]
    )
    assert props_of(record_id=None, storage_params={"cloud_storage": cos, "cloud_vod": None}) == {
        "storageParams": {
            "cloudStorage": {"vendor": 0, "region": "r", "bucket": "b", "fileNamePrefix": ["a", None]}
        }
    }


def test_outputs_stay_outputs_and_secrets_stay_secret() -> None:
    assert props_of(
        record_url=lambda: pulumi.Output.secret("https://h/"),
        sdk_app_id=lambda: pulumi.Output.from_input(5),
        web_record_video_params=lambda: {"width": pulumi.Output.from_input(2)},
        storage_params=lambda: {"cloud_storage": {"access_key": pulumi.Output.from_input("id")}},
    ) == {
        "recordUrl": Secret("https://h/"),
        "sdkAppId": Later(5),
        "webRecordVideoParams": {"width": Later(2)},
        "storageParams": {"cloudStorage": {"accessKey": Secret("id")}},
    }


@pytest.mark.parametrize("url", ["https://h/?token=x", "https://h/#x", "https://user@h/"])
def test_a_page_with_a_token_is_secret_however_it_comes(url: str) -> None:
    async def later() -> str:
        return url

    for make in (
        lambda: url,
        lambda: pulumi.Output.from_input(url),
        later,
        lambda: pulumi.Output.secret(url),
    ):
        assert props_of(RecordUrl=make) == {"recordUrl": Secret(url)}
    assert props_of(record_url=lambda: pulumi.Output.from_input("https://h/")) == {
        "recordUrl": Later("https://h/")
    }
    assert props_of(record_url=lambda: pulumi.Output.from_input(None)) == {"recordUrl": Later(None)}


def test_an_output_in_a_container_s_place_is_normalised_when_it_is_known() -> None:
    assert props_of(
        web_record_video_params=lambda: pulumi.Output.from_input({"max_media_file_duration": 5}),
        publish_cdn_params=lambda: pulumi.Output.from_input([{"PublishCdnUrl": "rtmp://h/a/b"}]),
    ) == {
        "webRecordVideoParams": Later({"maxMediaFileDuration": 5}),
        "publishCdnParams": Secret([{"publishCdnUrl": "rtmp://h/a/b"}]),
    }


def test_an_output_may_hold_an_input_class() -> None:
    made = props_of(
        storage_params=lambda: {
            "cloud_storage": pulumi.Output.from_input("b-1").apply(
                lambda bucket: CloudStorageArgs(vendor=0, region="r", bucket=bucket, access_key="id")
            )
        }
    )
    plain = {"vendor": 0, "region": "r", "bucket": "b-1", "accessKey": "id"}
    assert made == {"storageParams": {"cloudStorage": Secret(plain)}}


def test_awaitables_are_taken_as_outputs_are() -> None:
    async def value(of: Any) -> Any:
        return of

    made = props_of(
        storage_params=lambda: {"cloud_storage": value({"access_key": "id"}), "cloudVod": {}},
        publish_cdn_params=lambda: [{"publish_cdn_url": value("rtmp://h/a/b")}],
    )
    assert made == {
        "storageParams": {"cloudStorage": Secret({"accessKey": "id"}), "cloudVod": {}},
        "publishCdnParams": [{"publishCdnUrl": Secret("rtmp://h/a/b")}],
    }


def test_unknown_keys_stay_for_the_check_and_may_hold_a_secret() -> None:
    props = props_of(
        storage_params={"cloud_storge": COS, "cloud_storage": {"acces_key": "id"}},
        emulate_mobile_params={"zoom": 1},
        publish_cdn_param=["rtmp://h/a/b"],
        owner={"urn": "u"},
    )
    assert props == {
        "storageParams": {"cloud_storge": Secret(COS), "cloudStorage": {"acces_key": Secret("id")}},
        "emulateMobileParams": {"zoom": 1},
        "publish_cdn_param": Secret(["rtmp://h/a/b"]),
        "owner": {"urn": "u"},
    }


def test_a_key_given_twice_stays_as_it_was_spelled() -> None:
    assert props_of(record_id="a", recordId="b") == {"record_id": "a", "recordId": "b"}
    twice = {"AccessKey": "a", "access_key": "b"}
    assert props_of(storage_params={"cloud_storage": twice}) == {
        "storageParams": {"cloudStorage": {"accessKey": Secret("a"), "access_key": Secret("b")}}
    }


@pytest.mark.parametrize("value", ["rtmp://h/a/b", 5, {"publish_cdn_url": "rtmp://h/a/b"}])
def test_what_stands_in_the_place_of_secrets_is_secret(value: Any) -> None:
    assert props_of(publish_cdn_params=value) == {"publishCdnParams": Secret(value)}


def test_a_class_in_a_wrong_place_keeps_its_own_names_and_secrets() -> None:
    cos = CloudStorageArgs(**COS)
    assert props_of(storage_params={"cloud_vod": cos}, web_record_video_params=cos) == {
        "storageParams": {"cloudVod": COS_PROPS},
        "webRecordVideoParams": COS_PROPS,
    }


CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime.date(2025, 11, 13), "it is of the type date"),
        (b"x", "it is of the type bytes"),
        ({1}, "it is of the type set"),
        (float("nan"), "it is the number nan"),
        (float("inf"), "it is the number inf"),
        (10**400, "it is a number of more than 20 digits"),
        ("\ud800", "it is a string with halves of surrogate pairs"),
        ({5: object()}, "it is a dict"),
        (CYCLE, "it is a list"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_engine_cannot_carry_is_refused_by_the_check(value: Any, words: str) -> None:
    for key in ("readyTimeout", "recordId", "emulateMobileParams"):
        [fault] = check({**page_props(), **carried(props_of(**{key: value}))})
        assert fault.path.startswith(key)
        assert fault.reason.endswith(words) or words == "it is a dict"


def test_keys_are_always_text_that_can_be_sent() -> None:
    props = props_of(emulate_mobile_params={5: 1, "\ud800": 2})
    assert props == {"emulateMobileParams": {"5": 1, "\\ud800": 2}}
