"""Who may ask: TC3-HMAC-SHA256 on the wire, and everything that can be wrong with it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from tencentcloud.common.sign import Sign

from tests.support.emulator import SECRET_KEY, Emulator, StartEmulator
from tests.support.sdk import code_of, sdk_client, start, start_body
from tests.support.tc3 import headers_for, send, signature

BODY = json.dumps(start_body()).encode()
ACTION = "StartWebRecord"


def code_after(emulator: Emulator, **options: Any) -> str:
    return send(emulator, headers_for(emulator, ACTION, BODY, **options), BODY).code


def test_the_tests_own_signer_agrees_with_the_sdk() -> None:
    headers = {"content-type": "application/json", "host": "127.0.0.1:8647"}
    canonical = (
        "POST\n/\n\ncontent-type:application/json\nhost:127.0.0.1:8647\n\ncontent-type;host\n"
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # sha256 of {}
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"TC3-HMAC-SHA256\n1700000000\n2023-11-14/trtc/tc3_request\n{digest}"
    found = signature("key", 1700000000, headers, "content-type;host", b"{}")
    assert found == Sign.sign_tc3("key", "2023-11-14", "trtc", to_sign)


@pytest.mark.parametrize("unsigned_payload", [False, True])
def test_the_sdks_signature_is_accepted(emu: Emulator, unsigned_payload: bool) -> None:
    assert start(sdk_client(emu, unsigned_payload=unsigned_payload))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"unsigned_payload": True},
        {"signed": "content-type;host;x-tc-action"},
        {"signed": "content-type;host;x-tc-action;x-tc-region;x-tc-timestamp;x-tc-version"},
        {"content_type": "application/json; charset=utf-8"},
    ],
)
def test_what_other_clients_sign_is_accepted(emu: Emulator, options: dict[str, str | bool]) -> None:
    assert code_after(emu, **options) == ""


@pytest.mark.parametrize("skew", [-200, 200])
def test_some_minutes_of_skew_are_accepted(emu: Emulator, skew: int) -> None:
    assert code_after(emu, timestamp=int(time.time()) + skew) == ""


def test_header_values_may_be_signed_in_lower_case(emu: Emulator) -> None:
    headers = headers_for(emu, ACTION, BODY)
    signed = "content-type;host;x-tc-action"
    lower = {"content-type": "application/json", "host": emu.host, "x-tc-action": ACTION.lower()}
    found = signature(SECRET_KEY, int(headers["X-TC-Timestamp"]), lower, signed, BODY)
    scope = headers["Authorization"].split(",")[0]
    headers["Authorization"] = f"{scope}, SignedHeaders={signed}, Signature={found}"
    assert send(emu, headers, BODY).code == ""


def test_the_service_may_be_the_first_label_of_the_endpoint_as_some_sdks_read_it(emu: Emulator) -> None:
    assert code_after(emu, service=emu.host.split(".")[0]) == ""


def test_the_host_may_be_signed_without_its_port_as_some_sdks_do(emu: Emulator) -> None:
    headers = headers_for(emu, ACTION, BODY)
    signed = "content-type;host"
    bare = {"content-type": "application/json", "host": emu.host.split(":")[0]}
    found = signature(SECRET_KEY, int(headers["X-TC-Timestamp"]), bare, signed, BODY)
    scope = headers["Authorization"].split(",")[0]
    headers["Authorization"] = f"{scope}, SignedHeaders={signed}, Signature={found}"
    assert send(emu, headers, BODY).code == ""


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"secret_id": "AKIDsomebodyelse"}, "AuthFailure.SecretIdNotFound"),
        ({"secret_key": "wrong"}, "AuthFailure.SignatureFailure"),
        ({"service": "cvm"}, "AuthFailure.InvalidAuthorization"),
        ({"signed": "host"}, "AuthFailure.InvalidAuthorization"),
        ({"signed": "content-type"}, "AuthFailure.InvalidAuthorization"),
    ],
)
def test_a_wrong_signature_is_refused(emu: Emulator, options: dict[str, str], code: str) -> None:
    assert code_after(emu, **options) == code
    assert emu.tasks() == []


@pytest.mark.parametrize("skew", [-400, 400])
def test_more_than_five_minutes_of_skew_is_refused(emu: Emulator, skew: int) -> None:
    assert code_after(emu, timestamp=int(time.time()) + skew) == "AuthFailure.SignatureExpire"


def test_the_recordings_clock_does_not_expire_signatures(emu: Emulator) -> None:
    emu.advance(86400)
    assert code_after(emu) == ""


def test_a_replayed_request_with_another_body_action_or_time_is_refused(emu: Emulator) -> None:
    signed = "content-type;host;x-tc-action"
    headers = headers_for(emu, ACTION, BODY, signed=signed)
    assert send(emu, headers, BODY + b" ").code == "AuthFailure.SignatureFailure"
    assert send(emu, headers, BODY[:-1]).code == "AuthFailure.SignatureFailure"
    other_action = {**headers, "X-TC-Action": "StopWebRecord"}
    assert send(emu, other_action, BODY).code == "AuthFailure.SignatureFailure"
    later = {**headers, "X-TC-Timestamp": str(int(headers["X-TC-Timestamp"]) + 1)}
    assert send(emu, later, BODY).code == "AuthFailure.SignatureFailure"
    other_type = {**headers, "Content-Type": "text/plain"}
    assert send(emu, other_type, BODY).code == "AuthFailure.SignatureFailure"
    assert emu.tasks() == []


@pytest.mark.parametrize(
    "broken",
    [
        lambda value: value[:-1],
        lambda value: value + "0",
        lambda value: value.upper(),
        lambda value: value.replace("TC3-HMAC-SHA256", "TC3-HMAC-SHA1"),
        lambda value: value.replace("/tc3_request", ""),
        lambda value: value.replace("content-type;host", ""),
        lambda value: value.split(", Signature")[0],
        lambda value: value + ", Signature=" + "0" * 64,
        lambda _: "Basic QUtJRDpzZWNyZXQ=",
        lambda _: "SKIP",
        lambda _: "",
        lambda _: "TC3-HMAC-SHA256 " + "Credential=a/" * 500,
    ],
)
def test_a_broken_authorization_is_refused(emu: Emulator, broken: Callable[[str], str]) -> None:
    headers = headers_for(emu, ACTION, BODY)
    headers["Authorization"] = broken(headers["Authorization"])
    assert send(emu, headers, BODY).code == "AuthFailure.InvalidAuthorization"


def test_no_authorization_at_all_is_refused(emu: Emulator) -> None:
    headers = headers_for(emu, ACTION, BODY)
    del headers["Authorization"]
    assert send(emu, headers, BODY).code == "AuthFailure.InvalidAuthorization"


def test_a_service_that_is_no_text_is_refused(emu: Emulator) -> None:
    headers = {**headers_for(emu, ACTION, BODY, service="\xff"), "Host": "\xff.x"}
    assert send(emu, headers, BODY).code == "AuthFailure.SignatureFailure"
    assert [request["code"] for request in emu.requests()] == ["AuthFailure.SignatureFailure"]


@pytest.mark.parametrize("timestamp", ["x", "-1", "1e9", "99999999999", "٣", "1700000000.0"])
def test_a_timestamp_that_is_none_is_refused(emu: Emulator, timestamp: str) -> None:
    headers = {**headers_for(emu, ACTION, BODY), "X-TC-Timestamp": timestamp.encode().decode("latin-1")}
    assert send(emu, headers, BODY).code == "InvalidParameterValue"


def test_the_day_in_the_credential_must_be_the_timestamps(emu: Emulator) -> None:
    headers = headers_for(emu, ACTION, BODY)
    scope = headers["Authorization"].split("/")
    headers["Authorization"] = "/".join([scope[0], "2019-07-22", *scope[2:]])
    assert send(emu, headers, BODY).code == "AuthFailure.InvalidAuthorization"


def test_tokens_of_temporary_keys(start_emulator: StartEmulator) -> None:
    without = start_emulator()
    assert code_of(start, sdk_client(without, token="any")) == "AuthFailure.TokenFailure"
    emulator = start_emulator("--token", "current")
    assert start(sdk_client(emulator, token="current"))
    assert start(sdk_client(emulator))
    assert code_of(start, sdk_client(emulator, token="expired")) == "AuthFailure.TokenFailure"


def test_own_credentials_from_flags_and_environment(start_emulator: StartEmulator) -> None:
    flags = start_emulator("--secret-id", "AKIDmine", "--secret-key", "mine-key")
    named = {"TRTC_EMULATOR_SECRET_ID": "AKIDmine", "TRTC_EMULATOR_SECRET_KEY": "mine-key"}
    environment = start_emulator(env=named)
    for emulator in (flags, environment):
        assert start(sdk_client(emulator, secret_id="AKIDmine", secret_key="mine-key"))
        assert code_of(start, sdk_client(emulator)) == "AuthFailure.SecretIdNotFound"
        assert "mine-key" not in emulator.output()
        assert "AKIDmine" in emulator.output()
