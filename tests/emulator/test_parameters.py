"""Every parameter of StartWebRecord: what is refused, with which code, and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.emulator import Emulator, StartEmulator, eventually
from tests.support.page_files import shown
from tests.support.sdk import code_of, sdk_client, start, start_body
from tests.support.tc3 import call, headers_for, send

COS = start_body()["StorageParams"]["CloudStorage"]
LONG = "a" * 32


def cos(**changes: Any) -> dict[str, Any]:
    return {"StorageParams": {"CloudStorage": {k: v for k, v in {**COS, **changes}.items() if v is not None}}}


def vod(**fields: Any) -> dict[str, Any]:
    return {"StorageParams": {"CloudVod": {"TencentVod": fields}}}


def video(**fields: Any) -> dict[str, Any]:
    return {"WebRecordVideoParams": fields}


def cdn(*urls: str) -> dict[str, Any]:
    return {"PublishCdnParams": [{"PublishCdnUrl": url} for url in urls]}


REFUSED = [
    # missing
    ({"RecordUrl": None}, "MissingParameter", "RecordUrl"),
    ({"SdkAppId": None}, "MissingParameter", "SdkAppId"),
    ({"StorageParams": None}, "MissingParameter", "StorageParams"),
    ({"StorageParams": {}}, "MissingParameter.CloudStorage", "StorageParams.CloudStorage"),
    ({"StorageParams": {"CloudVod": {}}}, "MissingParameter", "StorageParams.CloudVod.TencentVod"),
    *[
        (cos(**{name: None}), f"MissingParameter.{name}", f"StorageParams.CloudStorage.{name}")
        for name in ("Vendor", "Region", "Bucket", "AccessKey", "SecretKey")
    ],
    (cos(SecretKey=""), "MissingParameter.SecretKey", "StorageParams.CloudStorage.SecretKey"),
    ({"PublishCdnParams": [{}]}, "MissingParameter", "PublishCdnParams.0.PublishCdnUrl"),
    # unknown
    ({"RecordURL": "x"}, "UnknownParameter", "RecordURL"),
    (cos(Prefix="x"), "UnknownParameter", "StorageParams.CloudStorage.Prefix"),
    (vod(Foo=1), "UnknownParameter", "StorageParams.CloudVod.TencentVod.Foo"),
    ({"PublishCdnParams": [{"Url": "x"}]}, "UnknownParameter", "PublishCdnParams.0.Url"),
    ({"EmulateMobileParams": {"Device": 1}}, "UnknownParameter", "EmulateMobileParams.Device"),
    # types
    *[({"SdkAppId": value}, "InvalidParameter", "SdkAppId") for value in ("1", 1.0, True, [1], 2**63)],
    ({"RecordUrl": 5}, "InvalidParameter", "RecordUrl"),
    ({"StorageParams": []}, "InvalidParameter", "StorageParams"),
    (cos(FileNamePrefix="x"), "InvalidParameter", "StorageParams.CloudStorage.FileNamePrefix"),
    (cos(FileNamePrefix=[None]), "InvalidParameter", "StorageParams.CloudStorage.FileNamePrefix.0"),
    ({"PublishCdnParams": {"PublishCdnUrl": "rtmp://a/b/c"}}, "InvalidParameter", "PublishCdnParams"),
    ({"MaxDurationLimit": 3600.5}, "InvalidParameter", "MaxDurationLimit"),
    # ranges
    ({"SdkAppId": 0}, "InvalidParameter.SdkAppId", "SdkAppId"),
    ({"SdkAppId": 2**32}, "InvalidParameter.SdkAppId", "SdkAppId"),
    *[
        ({"MaxDurationLimit": n}, "InvalidParameter.OutOfRange", "MaxDurationLimit")
        for n in (1799, 86401, -1)
    ],
    *[({"ReadyTimeout": n}, "InvalidParameter.OutOfRange", "ReadyTimeout") for n in (-1, 61)],
    *[(video(Width=n), "InvalidParameter.OutOfRange", "WebRecordVideoParams.Width") for n in (-2, 1922, 641)],
    *[(video(Height=n), "InvalidParameter.OutOfRange", "WebRecordVideoParams.Height") for n in (-2, 1082, 1)],
    *[
        (
            video(MaxMediaFileDuration=n),
            "InvalidParameter.OutOfRange",
            "WebRecordVideoParams.MaxMediaFileDuration",
        )
        for n in (0, 1441)
    ],
    *[
        ({"EmulateMobileParams": {name: 2}}, "InvalidParameter.OutOfRange", f"EmulateMobileParams.{name}")
        for name in ("MobileDeviceType", "ScreenOrientation")
    ],
    (cos(Vendor=1), "InvalidParameter.OutOfRange", "StorageParams.CloudStorage.Vendor"),
    *[
        (vod(MediaType=n), "InvalidParameter.OutOfRange", "StorageParams.CloudVod.TencentVod.MediaType")
        for n in (2, 4, 5, -1)
    ],
    (vod(ExpireTime=-1), "InvalidParameter.OutOfRange", "StorageParams.CloudVod.TencentVod.ExpireTime"),
    (
        {"PublishCdnParams": [{"PublishCdnUrl": "rtmp://a/b/c", "IsTencentCdn": 2}]},
        "InvalidParameter.OutOfRange",
        "PublishCdnParams.0.IsTencentCdn",
    ),
    # forms
    ({"RecordId": LONG}, "InvalidParameter", "RecordId"),
    ({"RecordId": "é" * 16}, "InvalidParameter", "RecordId"),
    ({"RecordId": "a b"}, "InvalidParameter", "RecordId"),
    *[
        ({"RecordUrl": url}, "InvalidParameter", "RecordUrl")
        for url in ("ftp://a/b", "file:///etc/passwd", "data:text/html,x", "//a/b", "a.html", "", "http://")
    ],
    *[
        ({"RecordUrl": url}, "InvalidParameter", "RecordUrl")
        for url in (
            "http://[::1",
            "http://a:x/",
            "http://a b/",
            "http://a/\n",
            "http://a/\x00",
            "http://a/" + "a" * 9000,
        )
    ],
    (video(Format="MP4"), "InvalidParameter", "WebRecordVideoParams.Format"),
    (video(Format="flv"), "InvalidParameter", "WebRecordVideoParams.Format"),
    (
        {"StorageParams": {"CloudStorage": COS, "CloudVod": {"TencentVod": {}}}},
        "InvalidParameter",
        "StorageParams",
    ),
    *[
        (cos(Bucket=name), "InvalidParameter", "StorageParams.CloudStorage.Bucket")
        for name in ("..", "a/b", "a\\b", ".a", "a" * 64, "a\n")
    ],
    (cos(Region="ap singapore"), "InvalidParameter", "StorageParams.CloudStorage.Region"),
    *[
        (cos(FileNamePrefix=["ok", part]), "InvalidParameter", "StorageParams.CloudStorage.FileNamePrefix.1")
        for part in ("", "a/b", "..", "a b", "é", "a" * 129, "a\n")
    ],
    (cos(FileNamePrefix=["a" * 100] * 5), "InvalidParameter", "StorageParams.CloudStorage.FileNamePrefix"),
    *[
        (
            vod(UserDefineRecordId=text),
            "InvalidParameter",
            "StorageParams.CloudVod.TencentVod.UserDefineRecordId",
        )
        for text in ("a" * 65, "a b")
    ],
    *[
        (cdn("rtmp://a/b/c", url), "InvalidParameter", "PublishCdnParams.1.PublishCdnUrl")
        for url in ("rtmps://a/b", "https://a/b", "a/b", "rtmp:///b", "")
    ],
    (cdn(*["rtmp://a/b/c"] * 11), "InvalidParameter", "PublishCdnParams"),
]


@pytest.mark.parametrize(("changes", "code", "name"), REFUSED)
def test_what_is_refused(emu: Emulator, changes: dict[str, Any], code: str, name: str) -> None:
    answer = call(emu, "StartWebRecord", start_body(**changes))
    assert answer.status == 200
    assert answer.code == code
    assert f"`{name}`" in answer.response["Error"]["Message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"MaxDurationLimit": 1800},
        {"MaxDurationLimit": 86400},
        {"ReadyTimeout": 0},
        {"ReadyTimeout": 60},
        {"RecordId": "a" * 31},
        {"RecordId": "A-z_0"},
        {"RecordUrl": "http://127.0.0.1:8080/page?a=b#c"},
        {"RecordUrl": "HTTPS://Example.com"},
        {"RecordUrl": "http://[::1]/"},
        video(),
        video(Width=0, Height=0),
        video(Width=1920, Height=1080, Format="hls", MaxMediaFileDuration=1440),
        video(Width=2, Height=2, MaxMediaFileDuration=1),
        {"EmulateMobileParams": {}},
        {"EmulateMobileParams": {"MobileDeviceType": 1, "ScreenOrientation": 1}},
        cos(FileNamePrefix=[]),
        cos(FileNamePrefix=None),
        vod(),
        vod(Procedure="p", ExpireTime=0, StorageRegion="ap-singapore", ClassId=-1, SubAppId=1),
        vod(SessionContext="s", SourceContext="c", MediaType=3, UserDefineRecordId="a" * 64),
        cdn(*["rtmp://host/app/key?sign=1"] * 10),
        {"PublishCdnParams": []},
        {"PublishCdnParams": [{"PublishCdnUrl": "rtmp://a/b/c", "IsTencentCdn": 0}]},
    ],
)
def test_what_is_accepted(emu: Emulator, changes: dict[str, Any]) -> None:
    answer = call(emu, "StartWebRecord", start_body(**changes))
    assert answer.code == "", answer.response
    assert set(answer.response) == {"TaskId", "RequestId"}


def test_a_null_counts_as_left_out(emu: Emulator) -> None:
    body = {**start_body(), "RecordId": None, "ReadyTimeout": None, "PublishCdnParams": None}
    assert call(emu, "StartWebRecord", body).code == ""


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("DescribeWebRecord", {}, "MissingParameter.TaskId"),
        ("DescribeWebRecord", {"SdkAppId": 1}, "MissingParameter.TaskId"),
        ("DescribeWebRecord", {"RecordId": "a"}, "MissingParameter.SdkAppId"),
        ("DescribeWebRecord", {"RecordId": LONG, "SdkAppId": 1}, "InvalidParameter"),
        ("DescribeWebRecord", {"RecordId": "a", "SdkAppId": 0}, "InvalidParameter.SdkAppId"),
        ("DescribeWebRecord", {"RecordId": "a", "SdkAppId": 1}, "FailedOperation.TaskNotExist"),
        ("DescribeWebRecord", {"TaskId": "a" * 94}, "FailedOperation.TaskNotExist"),
        ("DescribeWebRecord", {"TaskId": "no task!"}, "InvalidParameter.TaskId"),
        ("DescribeWebRecord", {"TaskId": ""}, "InvalidParameter.TaskId"),
        ("DescribeWebRecord", {"TaskId": 5}, "InvalidParameter"),
        ("DescribeWebRecord", {"TaskID": "a"}, "UnknownParameter"),
        ("StopWebRecord", {}, "MissingParameter"),
        ("StopWebRecord", {"TaskId": "a" * 94}, "FailedOperation.TaskNotExist"),
        ("StopWebRecord", {"TaskId": "a" * 257}, "InvalidParameter.TaskId"),
        ("StopWebRecord", {"TaskId": "a", "RecordId": "b"}, "UnknownParameter"),
    ],
)
def test_describe_and_stop(emu: Emulator, action: str, params: dict[str, Any], code: str) -> None:
    assert call(emu, action, params).code == code


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"RecordUrl": NaN}',
        b'{"SdkAppId": ' + b"9" * 5000 + b"}",
        b'{"RecordId": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"a=b&c=d",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    ],
)
def test_a_body_that_is_no_json_object_is_refused(emu: Emulator, body: bytes) -> None:
    answer = send(emu, headers_for(emu, "StartWebRecord", body), body)
    assert (answer.status, answer.code) == (200, "InvalidParameter")


def test_an_empty_body_lacks_its_parameters(emu: Emulator) -> None:
    assert send(emu, headers_for(emu, "StartWebRecord", b""), b"").code == "MissingParameter"


def test_a_value_is_never_repeated_where_it_may_be_secret(emu: Emulator) -> None:
    marker = "MARKER-0123456789"
    for changes in (
        {"RecordUrl": f"ftp://{marker}/"},
        cdn(f"https://{marker}/"),
        cos(Bucket=f"{marker}/"),
        {"SdkAppId": marker},
        cos(AccessKey=[marker]),
        {"RecordUrl": f"http://[{marker}/"},
    ):
        answer = call(emu, "StartWebRecord", start_body(**changes))
        assert answer.code.startswith("InvalidParameter")
        assert marker not in answer.body.decode()


def test_odd_sizes_can_be_rounded_instead(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--odd-sizes", "round")
    assert call(emulator, "StartWebRecord", start_body(**video(Width=641, Height=361))).code == ""


def test_a_recording_that_names_no_format_can_be_hls(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--default-format", "hls")
    task_id = start(sdk_client(emulator), **video(Width=640))
    assert shown(emulator, task_id)["formats"] == ["hls"]


def test_applications_of_the_account(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--sdk-app-id", "1400000000", "--sdk-app-id", "7")
    assert call(emulator, "StartWebRecord", start_body()).code == ""
    assert call(emulator, "StartWebRecord", start_body(SdkAppId=7)).code == ""
    code = call(emulator, "StartWebRecord", start_body(SdkAppId=8)).code
    assert code == "FailedOperation.SdkAppIdNotUnderAppId"


def test_a_message_never_breaks_its_line(emu: Emulator) -> None:
    answer = call(emu, "StartWebRecord", {**start_body(), "a\nb" * 200: 1})
    message = answer.response["Error"]["Message"]
    assert answer.code == "UnknownParameter"
    assert "\n" not in message
    assert len(message) < 300
    assert json.loads(answer.body)


def test_the_site_in_china_has_codes_that_the_international_one_lacks(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--site", "china")
    client = sdk_client(emulator, region="ap-beijing")
    assert code_of(start, client, RecordId=LONG) == "InvalidParameter.RecordId"
    assert code_of(start, client, **cdn("rtmps://a/b")) == "InvalidParameter.PublishCdnUrls"
    assert code_of(start, client, PublishCdnParams=[{}]) == "MissingParameter.PublishCdnUrls"


def test_what_the_vendors_texts_say_in_two_ways(start_emulator: StartEmulator) -> None:
    flags = ("--longest-duration", "36000", "--describe-record-id", "no", "--concurrency-limit", "1")
    code = "FailedOperation.RestrictedConcurrency"
    emulator = start_emulator(*flags, "--concurrency-code", code, "--start-delay", "0")
    client = sdk_client(emulator)
    assert code_of(start, client, MaxDurationLimit=36001) == "InvalidParameter.OutOfRange"
    task_id = start(client, RecordId="mine", MaxDurationLimit=None)
    assert code_of(start, client) == code
    eventually(lambda: emulator.task(task_id)["state"] == "recording", "the beginning")
    assert set(call(emulator, "DescribeWebRecord", {"TaskId": task_id}).response) == {"Status", "RequestId"}
    emulator.advance(36000)
    assert emulator.task(task_id)["reason"] == "limit"
