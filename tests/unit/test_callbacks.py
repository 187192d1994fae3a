from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
from collections import UserDict
from email.message import Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.callbacks import (
    CallbackRefused,
    CdnStatus,
    Event,
    EventType,
    File,
    LimitStatus,
    PageStatus,
    StartStatus,
    parse,
    receive,
    verify,
)

KEY = "123654"
NOW = 1_700_000_000.0


def body(number: object, payload: object = None, group: int = 8, sent: object = int(NOW * 1000)) -> bytes:
    info = {"EventMsTs": 1_699_999_999_000, "TaskId": "task-1", "Payload": payload}
    return json.dumps(
        {"EventGroupId": group, "EventType": number, "CallbackTs": sent, "EventInfo": info}
    ).encode()


def signed(raw: bytes, key: str = KEY) -> dict[str, str]:
    sign = base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()
    return {"Content-Type": "application/json", "Sign": sign, "SdkAppId": "1400000000"}


def common(event: Event) -> tuple[int, int, int, int, str]:
    return event.group, event.type, event.sent_ms, event.at_ms, event.task_id


def test_a_signature_as_the_service_makes_it() -> None:
    """Made with `printf '{"a":1}' | openssl dgst -sha256 -hmac 123654 -binary | base64`."""
    raw = b'{"a":1}'
    sign = "Q2QjX6W9h5g1IHkg/OoT2jdQxrfuCwfHIBn8izJsy9g="
    assert verify(raw, sign, KEY)
    assert verify(raw, f" {sign}\n", KEY)
    for wrong in ("", "x", sign[:-1], sign.lower(), f"{sign}=", "é", "\udc80"):
        assert not verify(raw, wrong, KEY)
    assert not verify(raw + b" ", sign, KEY)
    assert not verify(raw, sign, "654321")
    assert not verify(raw, signed(raw, "")["Sign"], "")


@pytest.mark.parametrize(
    ("number", "payload", "fields", "ends"),
    [
        (801, {"Status": 1, "EventMessage": "Success"}, {"status": StartStatus.STARTED}, False),
        (801, {"Status": 2, "EventMessage": "Goto url timeout"}, {"message": "Goto url timeout"}, True),
        (801, {"Status": 3}, {"status": StartStatus.ABNORMAL_EXIT}, False),
        (801, {"Status": 4}, {"status": StartStatus.MIGRATED}, False),
        (801, {"Status": "5"}, {"status": StartStatus.EXCEPTION}, True),
        (801, {"Status": 9}, {"status": 9, "message": ""}, False),
        (801, {}, {"status": None}, False),
        (802, {"Status": 1, "EventMessage": "Success"}, {"status": 1}, True),
        (803, {"Status": 1}, {"status": PageStatus.REFRESHED}, False),
        (804, {"Status": 1, "EventMessage": "Over time limit"}, {"status": LimitStatus.OVER_TIME}, True),
        (804, {"Status": 2}, {"status": LimitStatus.OVERSIZED}, True),
        (
            310,
            {
                "Status": 0,
                "FileList": ["a.mp4", "b.mp4"],
                "FileMessage": [{"FileName": "a.mp4", "StartTimeStamp": "5", "EndTimeStamp": 9}],
            },
            {"status": 0, "files": (File("a.mp4", 5, 9), File("b.mp4"))},
            False,
        ),
        (
            311,
            {
                "Status": 0,
                "TencentVod": {
                    "FileId": "f",
                    "VideoUrl": "http://v",
                    "CacheFile": "c",
                    "StartTimeStamp": "1",
                    "EndTimeStamp": "2",
                },
            },
            {"status": 0, "files": (File("c", 1, 2, "f", "http://v"),)},
            False,
        ),
        (312, {"Status": 0}, {"type": EventType.VOD_STOP, "status": 0}, False),
        (
            401,
            {"Url": "rtmp://x/key-marker", "Status": 4, "ErrorCode": "7", "ErrorMsg": "no"},
            {"url": "rtmp://x/key-marker", "status": CdnStatus.FAILURE, "error_code": 7, "message": "no"},
            False,
        ),
        (999, {"New": True}, {"type": 999, "payload": {"New": True}}, False),
    ],
)
def test_each_event_is_read(number: int, payload: dict[str, Any], fields: dict[str, Any], ends: bool) -> None:
    raw = body(number, payload)
    event = receive(raw, signed(raw), KEY, NOW)
    assert common(event) == (8, number, int(NOW * 1000), 1_699_999_999_000, "task-1")
    assert {name: getattr(event, name) for name in fields} == fields
    assert event.is_end is ends
    assert "marker" not in repr(event), "a stream key in a log line"


@pytest.mark.parametrize(
    ("message", "task_id", "at_ms"),
    [
        ({"TaskId": "t_StartTimeMs_1717156238963", "EventMsTs": 5}, "t", 5),
        ({"TaskId": "a_StartTimeMs_x", "EventTsMs": "1622186275913"}, "a_StartTimeMs_x", 1622186275913),
        ({"TaskId": 717, "EventTs": "1622186275"}, "717", 1622186275000),
        ({"TaskId": "t", "EventMsTs": None, "EventTs": 17}, "t", 17000),
        ({"TaskId": "t", "EventMsTs": "soon", "EventTs": True}, "t", 0),
    ],
)
@pytest.mark.parametrize("number", [310, "310"])
def test_every_spelling_of_the_vendor_s_samples_is_borne(
    message: dict[str, Any], task_id: str, at_ms: int, number: object
) -> None:
    raw = json.dumps({"EventType": number, "CallbackTs": "1700000000000", "EventInfo": message}).encode()
    event = receive(raw, signed(raw), KEY, NOW)
    assert (event.type, event.task_id, event.at_ms, event.sent_ms) == (
        EventType.MP4_STOP,
        task_id,
        at_ms,
        1_700_000_000_000,
    )


def test_known_types_are_named() -> None:
    assert parse(body(801)).type is EventType.START


@pytest.mark.parametrize(
    "payload", [None, [], "x", {"Status": "1", "EventMessage": 1, "FileList": 3, "FileMessage": [1]}]
)
@pytest.mark.parametrize("number", [801, 802, 803, 804, 310, 311, 312, 401])
def test_a_payload_of_another_shape_is_still_an_event(number: int, payload: object) -> None:
    assert parse(body(number, payload)).task_id == "task-1"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no EventType"),
        (b"null", "no EventType"),
        (body("eight"), "no EventType"),
        (body("٣"), "no EventType"),
        (body(True), "no EventType"),
        (b'{"EventType": 801}', "no TaskId"),
        (b'{"EventType": 801, "EventInfo": {"TaskId": [7]}}', "no TaskId"),
    ],
)
def test_what_is_no_callback_says_why(raw: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        receive(raw, signed(raw), KEY, NOW)


@pytest.mark.parametrize(
    "headers", [{}, {"Sign": ""}, {"Sign": "forged"}, signed(b"another body"), signed(body(801), "k")]
)
def test_a_forged_callback_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(CallbackRefused, match="sign"):
        receive(body(801), headers, KEY, NOW)


def test_forged_nonsense_is_refused_before_it_is_read() -> None:
    with pytest.raises(CallbackRefused):
        receive(b"{", {"Sign": "x"}, KEY, NOW)


def handed_over(headers: dict[str, str]) -> dict[str, Any]:
    """The headers as frameworks hand them over."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    message = Message()
    for name, value in headers.items():
        message[name] = value
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return {
        "a dict": headers,
        "lower case": {name.lower(): value for name, value in headers.items()},
        "upper case": {name.upper(): value for name, value in headers.items()},
        "pairs": list(headers.items()),
        "an iterator": iter(list(headers.items())),
        "a dict of bytes": dict(raw),
        "ASGI": raw,
        "ASGI, lists": [list(pair) for pair in raw],
        "http.server": message,
        "another mapping": UserDict(headers),
        "WSGI": {"wsgi.version": (1, 0), "wsgi.errors": object(), **environ},
    }


@pytest.mark.parametrize("kind", handed_over({}))
def test_headers_come_as_any_framework_has_them(kind: str) -> None:
    raw = body(801, {"Status": 1})
    assert receive(raw, handed_over(signed(raw))[kind], KEY, NOW).task_id == "task-1"
    with pytest.raises(CallbackRefused, match="signature is wrong"):
        receive(raw, handed_over(signed(b"another"))[kind], KEY, NOW)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"headers": None}, "headers must be a mapping, or pairs of name and value; they are NoneType"),
        ({"headers": "Sign: x"}, "one of them is str"),
        ({"headers": [b"Sign"]}, "one of them is bytes"),
        ({"headers": {7: "x"}}, "a header's name must be str; it is int"),
        ({"headers": {"Sign": ["x"]}}, "the header Sign must be str; it is list"),
        ({"body": "{}"}, "body must be bytes; it is str"),
        ({"body": {"EventType": 801}}, "body must be bytes; it is dict"),
        ({"key": b"123654"}, "key must be str; it is bytes"),
        ({"key": None}, "key must be str; it is NoneType"),
        ({"now": None}, "now must be float; it is NoneType"),
        ({"now": "1700000000"}, "now must be float; it is str"),
        ({"max_age": "300"}, "max_age must be float; it is str"),
    ],
)
def test_a_wrong_type_is_named(wrong: dict[str, Any], told: str) -> None:
    raw = body(801)
    with pytest.raises(TypeError, match=told):
        receive(**{"body": raw, "headers": signed(raw), "key": KEY, "now": NOW, **wrong})


@pytest.mark.parametrize("away", [-299, 0, 299])
def test_a_fresh_one_is_taken(away: int) -> None:
    raw = body(801, {"Status": 1}, sent=int((NOW + away) * 1000))
    assert receive(raw, signed(raw), KEY, NOW).task_id == "task-1"


@pytest.mark.parametrize(
    "sent", [int((NOW - 301) * 1000), int((NOW + 301) * 1000), None, 0, 10**400, -(10**400)]
)
def test_a_stale_one_is_refused(sent: int | None) -> None:
    raw = body(801, {"Status": 1}, sent=sent)
    with pytest.raises(CallbackRefused, match="300 s away"):
        receive(raw, signed(raw), KEY, NOW)


def test_without_a_key_nothing_can_be_genuine() -> None:
    raw = body(801)
    with pytest.raises(ValueError, match="key is empty"):
        receive(raw, signed(raw, ""), "", NOW)


@given(
    raw=st.one_of(
        st.binary(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(
            lambda value: json.dumps(
                {"EventType": 801, "EventInfo": {"TaskId": "t", "Payload": value}}
            ).encode()
        ),
        st.builds(
            body,
            st.integers() | st.floats(),
            st.dictionaries(st.sampled_from(["Status", "FileList"]), st.none()),
        ),
    )
)
def test_whatever_comes_is_an_event_or_one_of_two_errors(raw: bytes) -> None:
    with contextlib.suppress(CallbackRefused, ValueError):
        assert isinstance(receive(raw, signed(raw), KEY, NOW), Event)
