"""Bodies that nobody would write: refused or accepted, never a crash, never a secret that shows."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sdk import start_body
from trtc_emulator.api.signature import Credentials, verify
from trtc_emulator.request.errors import ApiError
from trtc_emulator.request.forms import DESCRIBE, FORMS, START, STOP
from trtc_emulator.request.masking import MASK, mask_body
from trtc_emulator.request.params import read_start
from trtc_emulator.request.plan import Plan, read_plan
from trtc_emulator.request.shapes import parse, read
from trtc_emulator.settings.assumptions import Assumptions

MARKER = "MARKER0123456789"
FULL = start_body(
    RecordId="lecture",
    ReadyTimeout=5,
    PublishCdnParams=[{"PublishCdnUrl": "rtmp://host/app/key", "IsTencentCdn": 1}],
    EmulateMobileParams={"MobileDeviceType": 0, "ScreenOrientation": 1},
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["rtmp://a/b/c", "http://[", "https://a:b@c/?d#e", "\x00", "../..", MARKER]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
COMMON = settings(max_examples=150)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values in a body."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


PLACES = [path for path in places(FULL) if path]


def replaced(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    body = copy.deepcopy(FULL)
    target: Any = body
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return body


def refusal(read_it: Callable[[], object]) -> ApiError | None:
    """The refusal, whose code and text are fit to be sent; None is an acceptance."""
    try:
        read_it()
    except ApiError as error:
        found = error
    else:
        return None
    assert found.code.split(".")[0] in {"InvalidParameter", "MissingParameter", "UnknownParameter"}
    assert found.message.isprintable()
    return found


def start_refusal(body: bytes) -> ApiError | None:
    return refusal(lambda: read_start(read(FORMS[START], parse(body)), Assumptions()))


@COMMON
@given(st.sampled_from(PLACES), JSON)
def test_any_value_at_any_place_is_refused_or_accepted(path: tuple[Any, ...], value: Any) -> None:
    start_refusal(json.dumps(replaced(path, value)).encode())


@COMMON
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(body: bytes) -> None:
    assert start_refusal(body)


@COMMON
@given(JSON)
def test_any_json_is_read_or_refused_by_describe_and_stop(value: Any) -> None:
    for action in (DESCRIBE, STOP):
        refusal(partial(read, FORMS[action], value))


# Header values as aiohttp hands them on.
OCTETS = st.binary(max_size=20).map(lambda value: value.decode("utf-8", "surrogateescape"))


@COMMON
@given(OCTETS, OCTETS, OCTETS)
def test_any_octets_in_the_headers_of_an_unsigned_request_are_refused(
    service: str, rest: str, token: str
) -> None:
    headers = {
        "Host": f"{service}.{rest}",
        "Content-Type": rest,
        "X-TC-Timestamp": "1700000000",
        "X-TC-Token": token,
        "Authorization": f"TC3-HMAC-SHA256 Credential=id/2023-11-14/{service}/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={'0' * 64}",
    }
    with pytest.raises(ApiError) as caught:
        verify(headers, b"{}", Credentials("id", "key"), 1700000000)
    assert caught.value.code.startswith("AuthFailure.")


SECRET_PLACES = [
    path for path in PLACES if path[-1] in ("AccessKey", "SecretKey") or (path[-1] == "PublishCdnUrl")
]


@COMMON
@given(
    st.sampled_from(SECRET_PLACES),
    st.sampled_from(
        [
            MARKER,
            f"rtmp://host/app/{MARKER}",
            f"rtmp://u:{MARKER}@host/app/name",
            f"rtmp://[{MARKER}",
            f"{MARKER}:",
        ]
    ),
    st.sampled_from([lambda v: v, lambda v: [v], lambda v: {"a": v}, lambda v: [{"SecretKey": v}]]),
)
def test_a_secret_is_masked_whatever_its_form(path: tuple[Any, ...], value: str, wrap: Any) -> None:
    body = replaced(path, wrap(value))
    shown = json.dumps(mask_body(body))
    assert MARKER not in shown
    refused = start_refusal(json.dumps(body).encode())
    assert refused is None or MARKER not in refused.message


@COMMON
@given(JSON)
def test_anything_can_be_masked_and_written(value: Any) -> None:
    for body in (value, {"RecordUrl": value, "PublishCdnParams": value, "StorageParams": value}):
        json.dumps(mask_body(body), allow_nan=False)


@pytest.mark.parametrize("number", ["1.5", "1234567890", "1e400", "-1e400"])
def test_a_number_is_masked_where_it_may_be_a_secret(number: str) -> None:
    cos = f'{{"SecretKey": {number}, "AccessKey": {number}, "secretKey": {number}}}'
    masked = mask_body(parse(f'{{"StorageParams": {{"CloudStorage": {cos}}}, "Token": {number}}}'.encode()))
    hidden = {"SecretKey": MASK, "AccessKey": MASK, "secretKey": MASK}
    assert masked == {"StorageParams": {"CloudStorage": hidden}, "Token": MASK}


def test_a_number_that_no_json_has_is_masked() -> None:
    masked = mask_body(parse(b'{"SdkAppId": 1e400, "MaxDurationLimit": 3600.5}'))
    assert masked == {"SdkAppId": MASK, "MaxDurationLimit": 3600.5}


def test_a_plan_holds_nothing_that_is_masked() -> None:
    """A body of version 0.1's database is one that was masked."""
    plans = [read_plan(read(FORMS[START], body), Assumptions()) for body in (FULL, mask_body(FULL))]
    assert plans[0] == plans[1]
    assert Plan.from_json(json.loads(json.dumps(plans[0].to_json()))) == plans[0]
