"""Each thing that is wrong with inputs: where, what the limit is, and the value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_trtc.inputs.check import Fault, check, findings
from pulumi_trtc.inputs.table import UNKNOWN
from pulumi_trtc.inputs.types import UNSUPPORTED
from tests.support.inputs import engine_props, page_props

VOD: dict[str, Any] = {"cloudVod": {"tencentVod": {}}}


def cos(**changed: Any) -> dict[str, Any]:
    storage = {**page_props()["storageParams"]["cloudStorage"], **changed}
    return page_props(
        storageParams={"cloudStorage": {key: value for key, value in storage.items() if value is not None}}
    )


def texts(props: Mapping[str, Any]) -> list[str]:
    return [str(fault) for fault in check(props)]


def warnings(props: Mapping[str, Any]) -> list[Fault]:
    return [fault for fault in findings(props) if fault.is_warning]


def test_nothing_is_wrong_with_the_page_s_example() -> None:
    assert check(page_props()) == ()
    assert check(engine_props(page_props())) == ()


def test_all_failures_come_at_once_with_their_paths() -> None:
    props = {
        "sdkAppId": "1400000000",
        "storageParams": {"cloudStorage": {"vendor": 1, "region": "ap-singapore", "bucket": "Web"}},
        "maxDurationLimit": 60,
        "publishCdnParams": [{"publishCdnUrl": "rtmp://h/a/b"}, {"publishCdnUrl": "https://h/a"}],
        "max_duraton": 1,
    }
    assert texts(props) == [
        "recordUrl: is required: The page to record.",
        "sdkAppId: must be an integer, 1..4294967295; it is a string: '1400000000'",
        "storageParams.cloudStorage.vendor: must be 0 (COS); it is 1",
        "storageParams.cloudStorage.bucket: must be <name>-<APPID> of lowercase letters, digits and -, "
        "such as webrecord-1234589; it is 'Web'",
        "maxDurationLimit: must be 1800..86400 seconds; it is 60",
        "publishCdnParams[1].publishCdnUrl: must begin with rtmp://",
        "max_duraton: is not an input of WebRecording; did you mean max_duration_limit?",
    ]


def test_what_is_required_also_where_the_page_s_table_says_no() -> None:
    assert [fault.path for fault in check({})] == ["recordUrl", "sdkAppId", "storageParams"]
    assert [fault.path for fault in check(page_props(storageParams={"cloudStorage": {}}))] == [
        f"storageParams.cloudStorage.{key}" for key in ("vendor", "region", "bucket")
    ]
    assert [fault.path for fault in check(page_props(publishCdnParams=[{}]))] == [
        "publishCdnParams[0].publishCdnUrl"
    ]


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        ({}, ["storageParams: needs one of cloudStorage, cloudVod"]),
        (
            {**page_props()["storageParams"], **VOD},
            ["storageParams: takes only one of cloudStorage, cloudVod"],
        ),
        (VOD, []),
        ({"cloudVod": {}}, ["storageParams.cloudVod.tencentVod: is required: Where in VOD the media goes."]),
    ],
)
def test_storage_is_cos_or_vod(storage: dict[str, Any], expected: list[str]) -> None:
    assert texts(page_props(storageParams=storage)) == expected


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("sdkAppId", (1, 4294967295, 1400000000.0), (0, -1, 4294967296, 1.5)),
        ("maxDurationLimit", (1800, 36000, 86400), (1799, 86401, 0)),
        ("readyTimeout", (0, 60), (-1, 61)),
        ("waitUntilRecording", (0, 600), (-1, 601)),
        ("recordId", ("a", "A-_9" * 7 + "abc"), ("", "a" * 32, "é", "a b", "a.b", "a\n")),
        ("whenEnded", ("keep", "restart"), ("", "Keep", "stop")),
        ("adopt", ("HMLm5+x/A=",), ("", "a b", "é")),
    ],
)
def test_limits_at_the_top(key: str, good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    for value in good:
        assert texts(page_props(**{key: value})) == []
    for value in bad:
        assert [fault.path for fault in check(page_props(**{key: value}))] == [key], value


@pytest.mark.parametrize(
    ("group", "key", "good", "bad"),
    [
        ("webRecordVideoParams", "width", (0, 2, 1920), (-2, 1921, 1922, 1279)),
        ("webRecordVideoParams", "height", (0, 2, 1080), (-2, 1081, 1082, 719)),
        ("webRecordVideoParams", "format", ("hls", "mp4"), ("", "MP4", "aac")),
        ("webRecordVideoParams", "maxMediaFileDuration", (1, 1440), (0, 1441)),
        ("emulateMobileParams", "mobileDeviceType", (0, 1), (2, -1)),
        ("emulateMobileParams", "screenOrientation", (0, 1), (2, -1)),
    ],
)
def test_limits_of_video_and_device(
    group: str, key: str, good: tuple[Any, ...], bad: tuple[Any, ...]
) -> None:
    for value in good:
        assert texts(page_props(**{group: {key: value}})) == []
    for value in bad:
        assert [fault.path for fault in check(page_props(**{group: {key: value}}))] == [f"{group}.{key}"], (
            value
        )


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("procedure", ("", "flow"), (1,)),
        ("expireTime", (0, 1767225600), (-1, 2**53)),
        ("storageRegion", ("ap-chongqing",), ("", "Chongqing")),
        ("classId", (0, 7), (-1,)),
        ("subAppId", (0, 1500000000), (-1, 2**53)),
        ("sessionContext", ("", "é" * 1000), ("x" * 1001, "\0", "\ud800")),
        ("sourceContext", ("", "x" * 250, "two\nlines"), ("x" * 251,)),
        ("mediaType", (0, 1, 3), (2, 4, -1)),
        ("userDefineRecordId", ("a" * 64,), ("", "a" * 65, "a.b")),
    ],
)
def test_limits_of_vod(key: str, good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    def props(value: Any) -> dict[str, Any]:
        return page_props(storageParams={"cloudVod": {"tencentVod": {key: value}}})

    for value in good:
        assert texts(props(value)) == []
    for value in bad:
        assert [fault.path for fault in check(props(value))] == [
            f"storageParams.cloudVod.tencentVod.{key}"
        ], value


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        (
            "region",
            ("ap-singapore", "ap-beijing-1", "ap-shanghai-fsi"),
            ("", "singapore", "AP-singapore", "ap-", "ap_x"),
        ),
        (
            "bucket",
            ("a-1", "examplebucket-1-1250000000", "1-newproject-1250000000"),
            ("", "webrecord", "-a-1", "a--", "A-1", "a_b-1", "a.b-1", "a-1/x", "a-x", "a-\u0661"),
        ),
        (
            "fileNamePrefix",
            (["a"], ["record", "V-_0"]),
            ([], ["a", ""], ["a/b"], ["é"], ["a", None], "a", [1]),
        ),
    ],
)
def test_limits_of_cos(key: str, good: tuple[Any, ...], bad: tuple[Any, ...]) -> None:
    path = f"storageParams.cloudStorage.{key}"
    for value in good:
        assert texts(cos(**{key: value})) == []
    for value in bad:
        faults = check(cos(**{key: value}))
        assert faults, value
        assert all(fault.path.startswith(path) for fault in faults), value


def test_a_bucket_s_host_name_has_at_most_60_characters() -> None:
    # COS's own example of 60: 123456789012345678901-1250000000.cos.ap-beijing.myqcloud.com
    fits = cos(bucket="123456789012345678901-1250000000", region="ap-beijing")
    assert texts(fits) == []
    [fault] = check(cos(bucket="1234567890123456789012-1250000000", region="ap-beijing"))
    assert fault.path == "storageParams.cloudStorage.bucket"
    assert "61 characters" in fault.reason
    assert texts(cos(bucket="1234567890123456789012-1250000000", region=UNKNOWN)) == []


def test_storage_keys_come_together() -> None:
    assert texts(cos(accessKey=None, secretKey=None)) == []
    [fault] = check(cos(secretKey=None))
    assert fault == Fault(
        "storageParams.cloudStorage.secretKey", "is missing: give both accessKey and secretKey, or neither"
    )
    assert [fault.path for fault in check(cos(accessKey=None))] == ["storageParams.cloudStorage.accessKey"]
    assert texts(cos(accessKey=UNKNOWN, secretKey=None)) == []


def test_only_mp4_is_split() -> None:
    path = "webRecordVideoParams.maxMediaFileDuration"

    def paths(storage: Any, **video: Any) -> list[str]:
        props = page_props(storageParams=storage, webRecordVideoParams={"maxMediaFileDuration": 60, **video})
        return [fault.path for fault in check(props)]

    on_cos = page_props()["storageParams"]
    assert paths(on_cos, format="mp4") == paths(on_cos) == paths(on_cos, format=UNKNOWN) == []
    assert paths(on_cos, format="hls") == [path]
    # With VOD the format has no effect.
    assert paths(VOD, format="hls") == []
    assert paths({"cloudVod": {"tencentVod": {"mediaType": 1.0}}}) == [path]
    assert paths({"cloudVod": {"tencentVod": {"mediaType": 3}}}) == []


def test_at_most_10_cdn_addresses() -> None:
    addresses = [{"publishCdnUrl": f"rtmp://h/a/{index}"} for index in range(11)]
    assert texts(page_props(publishCdnParams=addresses[:10])) == []
    assert texts(page_props(publishCdnParams=[])) == []
    assert texts(page_props(publishCdnParams=addresses)) == [
        "publishCdnParams: must have at most 10 McuPublishCdnParam; it has 11"
    ]


@pytest.mark.parametrize("value", [0, 1, 1.0])
def test_whose_cdn_it_is(value: Any) -> None:
    assert (
        texts(page_props(publishCdnParams=[{"publishCdnUrl": "rtmp://h/a/b", "isTencentCdn": value}])) == []
    )


@pytest.mark.parametrize("key", ["accessKey", "secretKey"])
@pytest.mark.parametrize(
    "value", ["has space", "é-umlaut", "tab\there", "", ["listed"], {"a": "dict"}, 12345, "nul\0"]
)
def test_storage_keys_are_checked_and_never_shown(key: str, value: Any) -> None:
    [fault] = check(cos(**{key: value}))
    assert fault.path == f"storageParams.cloudStorage.{key}"
    for shown in ("has space", "umlaut", "here", "listed", "12345", "nul"):
        assert shown not in fault.reason


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("sessionContext", "marker" * 200, "must be 0..1000 characters; it has 1200"),
        ("sourceContext", "marker" * 50, "must be 0..250 characters; it has 300"),
        ("sourceContext", 12345, "must be a string; it is a number"),
        ("procedure", 12345.5, "must be a string; it is a number"),
    ],
)
def test_of_a_free_text_only_the_length_is_shown(key: str, value: Any, reason: str) -> None:
    [fault] = check(page_props(storageParams={"cloudVod": {"tencentVod": {key: value}}}))
    assert fault.reason == reason


def test_of_a_page_that_is_no_string_only_the_kind_is_shown() -> None:
    assert texts(page_props(recordUrl=12345)) == ["recordUrl: must be a string; it is a number"]


def test_names_and_choices_are_shown() -> None:
    assert texts(page_props(recordId="a" * 32)) == [
        f"recordId: must be 1..31 of letters, digits, - and _; it is '{'a' * 32}'"
    ]
    assert texts(page_props(whenEnded="stop")) == ['whenEnded: must be "keep" or "restart"; it is \'stop\'']


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("720", "it is a string: '720'"),
        (True, "it is a boolean: True"),
        (1.5, "it is a number: 1.5"),
        (float("nan"), "it is a number: nan"),
        (float("-inf"), "it is a number: -inf"),
        (4096.0, "it is 4096"),
        (10**400, "it is a number of more than 20 digits"),
        (-(10**6000), "it is a number of more than 20 digits"),
        ([720], "it is a list"),
        ({"value": 720}, "it is a dict"),
        (b"720", "it is of the type bytes"),
        ("x" * 100, f"it is a string: '{'x' * 60}'… (100 characters)"),
        ("\0\n\ud800", r"it is a string: '\x00\n\ud800'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_wrong_values_of_an_integer(value: Any, words: str) -> None:
    [fault] = check(page_props(webRecordVideoParams={"height": value}))
    assert fault.path == "webRecordVideoParams.height"
    assert fault.reason.endswith(words)
    assert "even, 0..1080 pixels" in fault.reason


@pytest.mark.parametrize(
    ("props", "path", "words"),
    [
        (page_props(storageParams=[]), "storageParams", "must be a dict of StorageParams; it is a list"),
        (page_props(storageParams="cos"), "storageParams", "must be a dict of StorageParams; it is a string"),
        (page_props(publishCdnParams={}), "publishCdnParams", "must be a list; it is a dict"),
        (page_props(publishCdnParams="rtmp://h/a"), "publishCdnParams", "must be a list; it is a string"),
        (page_props(publishCdnParams=[None]), "publishCdnParams[0]", "it is None"),
        (page_props(recordId=5.0), "recordId", "must be a string; it is a number: 5.0"),
        (page_props() | {5: 1}, "[?]", "the key must be a string; it is a number"),
        (page_props(emulateMobileParams={None: 1}), "emulateMobileParams[?]", "it is None"),
        (
            page_props(readyTimeout={UNSUPPORTED: "of the type set"}),
            "readyTimeout",
            "it is of the type set",
        ),
        (
            page_props(emulateMobileParams={UNSUPPORTED: "of the type set"}),
            "emulateMobileParams",
            "of the type set",
        ),
        ([], "", "must be a dict of WebRecording; it is a list"),
    ],
)
def test_wrong_shapes(props: Any, path: str, words: str) -> None:
    [fault] = check(props)
    assert fault.path == path
    assert fault.reason.endswith(words)


@pytest.mark.parametrize(
    ("props", "text"),
    [
        (
            cos(regio="x"),
            "storageParams.cloudStorage.regio: is not an input of CloudStorage; did you mean region?",
        ),
        (
            cos(Buckett="x"),
            "storageParams.cloudStorage.Buckett: is not an input of CloudStorage; did you mean Bucket?",
        ),
        (
            page_props(bucket="x"),
            "bucket: is not an input of WebRecording; it belongs at storage_params.cloud_storage.bucket",
        ),
        (
            page_props(emulateMobileParams={"zoom_level": 1}),
            "emulateMobileParams.zoom_level: is not an input of EmulateMobileParams; "
            "it has mobile_device_type, screen_orientation",
        ),
        (page_props(record_url="x"), "record_url: is given twice, also as recordUrl"),
        (page_props(record_id="x"), "record_id: must be written recordId"),
        (
            page_props(emulateMobileParams={"__x": 1}),
            "emulateMobileParams.__x: is not an input of EmulateMobileParams",
        ),
        (page_props(**{"a\nb": 1}), r"['a\nb']: is not an input of WebRecording"),
        (
            page_props(**{"record" * 1000: 1}),
            f"['{('record' * 10)}'… (6000 characters)]: is not an input of WebRecording",
        ),
    ],
)
def test_keys_that_no_input_has(props: dict[str, Any], text: str) -> None:
    [fault] = texts(props)
    assert fault.startswith(text)


def test_the_engine_s_keys_and_the_owner_are_passed_over() -> None:
    assert texts(page_props(owner={"urn": "u"}, __provider="x", __internal=1)) == []


@pytest.mark.parametrize(
    "props",
    [
        page_props(recordUrl=UNKNOWN, sdkAppId=UNKNOWN, storageParams=UNKNOWN),
        page_props(storageParams={"cloudStorage": UNKNOWN}),
        page_props(storageParams={"cloudStorage": UNKNOWN, "cloudVod": UNKNOWN}),
        page_props(storageParams={"cloudStorage": UNKNOWN, **VOD}),
        page_props(storageParams={"cloudVod": {"tencentVod": UNKNOWN}}),
        cos(bucket=UNKNOWN, accessKey=UNKNOWN, secretKey=UNKNOWN, fileNamePrefix=["a", UNKNOWN]),
        page_props(publishCdnParams=UNKNOWN),
        page_props(publishCdnParams=[UNKNOWN, {"publishCdnUrl": UNKNOWN}, {"publishCdnUrl": UNKNOWN}]),
        page_props(webRecordVideoParams={"maxMediaFileDuration": UNKNOWN, "format": UNKNOWN}),
        page_props(emulateMobileParams={"mobileDeviceType": UNKNOWN}, recordId=UNKNOWN, adopt=UNKNOWN),
    ],
)
def test_what_a_preview_does_not_know_is_no_failure(props: dict[str, Any]) -> None:
    assert texts(props) == []


def test_a_duration_above_the_page_s_limit_is_a_warning() -> None:
    assert warnings(page_props(maxDurationLimit=36000.0)) == []
    [warning] = warnings(page_props(maxDurationLimit=36001.0))
    assert warning.path == "maxDurationLimit"
    assert "36001 seconds is above the 36000 seconds" in warning.reason
    assert warnings(page_props(maxDurationLimit=86401)) == []


def test_a_format_without_effect_is_a_warning() -> None:
    [warning] = warnings(page_props(storageParams=VOD))
    assert warning.path == "webRecordVideoParams.format"
    assert warnings(page_props(storageParams=VOD, webRecordVideoParams={"width": 2})) == []
    assert warnings(page_props()) == []


HIDDEN: dict[str, dict[str, Any]] = {
    "storageParams.cloudStorage.bucket": cos(bucket="MARKER"),
    "storageParams.cloudStorage.region": cos(region="MARKER!"),
    "storageParams.cloudStorage.fileNamePrefix": cos(fileNamePrefix=["a", "MARKER/"]),
    "storageParams": cos(bucket="MARKER", region="MARKER!", vendor="MARKER"),
    "recordId": page_props(recordId="MARKER " * 9),
    "sdkAppId": page_props(sdkAppId="MARKER"),
    "maxDurationLimit": page_props(maxDurationLimit=987654),
    "webRecordVideoParams": page_props(webRecordVideoParams={"width": 98765.4, "format": "MARKER"}),
    "whenEnded": page_props(whenEnded=[["MARKER"]]),
}


@pytest.mark.parametrize("path", HIDDEN)
def test_a_value_that_the_program_marks_as_secret_is_not_shown(path: str) -> None:
    props = HIDDEN[path]
    said, shown = findings(props, [path]), findings(props)
    assert [fault.path for fault in said] == [fault.path for fault in shown]
    assert said
    assert not [one for one in said if "MARKER" in str(one) or "98765" in str(one)]


def test_nor_is_one_in_a_warning() -> None:
    [warning] = findings(page_props(maxDurationLimit=40123), ["maxDurationLimit"])
    assert warning.is_warning
    assert "40123" not in warning.reason
