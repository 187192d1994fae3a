"""HTTP itself: envelope, headers, methods, and what is no proper request."""

from __future__ import annotations

import gzip
import json
import re
import socket
from contextlib import ExitStack

import pytest

from tests.support.emulator import DEADLINE, Emulator, StartEmulator
from tests.support.sdk import sdk_client, start, start_body
from tests.support.tc3 import call, headers_for, send

BODY = json.dumps(start_body()).encode()


def raw(emulator: Emulator, data: bytes) -> bytes:
    """Send bytes and read until the emulator closes."""
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=DEADLINE) as connection:
        connection.sendall(data)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
        return received


def test_the_envelope(emu: Emulator) -> None:
    answer = call(emu, "StartWebRecord", start_body())
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert set(json.loads(answer.body)) == {"Response"}
    assert set(answer.response) == {"TaskId", "RequestId"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.response["RequestId"])
    refused = call(emu, "StopWebRecord", {})
    assert (refused.status, refused.headers["Content-Type"]) == (200, "application/json")
    assert set(refused.response) == {"Error", "RequestId"}
    assert set(refused.response["Error"]) == {"Code", "Message"}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("X-TC-Action", None, "MissingParameter"),
        ("X-TC-Version", None, "MissingParameter"),
        ("X-TC-Timestamp", None, "MissingParameter"),
        ("X-TC-Region", None, "MissingParameter"),
        ("X-TC-Action", "startWebRecord", "InvalidAction"),
        ("X-TC-Action", "StartMCUMixTranscode", "InvalidAction"),
        ("X-TC-Version", "2017-03-12", "NoSuchVersion"),
        ("X-TC-Region", "ap-guangzhou", "UnsupportedRegion"),
        ("X-TC-Region", "mars", "UnsupportedRegion"),
    ],
)
def test_the_common_parameters(emu: Emulator, name: str, value: str | None, code: str) -> None:
    headers = headers_for(emu, "StartWebRecord", BODY)
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    answer = send(emu, headers, BODY)
    assert answer.code == code
    assert value is not None or f"`{name.removeprefix('X-TC-')}`" in answer.response["Error"]["Message"]
    assert emu.tasks() == []


def test_the_regions_of_the_site_in_china(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--site", "china")
    for region in ("ap-beijing", "ap-guangzhou", "ap-shanghai"):
        assert start(sdk_client(emulator, region=region))
    headers = headers_for(emulator, "StartWebRecord", BODY)
    assert send(emulator, headers, BODY).code == "UnsupportedRegion"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_answered_with_the_apis_error(emu: Emulator, method: str) -> None:
    answer = send(emu, headers_for(emu, "StartWebRecord", BODY), BODY, method=method)
    assert (answer.status, answer.code) == (200, "UnsupportedProtocol")
    assert emu.tasks() == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_content_type_is_refused(emu: Emulator, content_type: str) -> None:
    assert call(emu, "StartWebRecord", start_body(), content_type=content_type).code == "InvalidRequest"


def test_a_body_over_10_mb_is_refused(emu: Emulator) -> None:
    body = b"{" + b" " * (10 * 1024 * 1024) + b"}"
    answer = send(emu, headers_for(emu, "StartWebRecord", body), body)
    assert (answer.status, answer.code) == (200, "RequestSizeLimitExceeded")


def test_a_body_just_below_is_read(emu: Emulator) -> None:
    body = BODY + b" " * (9 * 1024 * 1024)
    assert send(emu, headers_for(emu, "StartWebRecord", body), body).code == ""


def test_a_compressed_body_is_not_unpacked(emu: Emulator) -> None:
    body = gzip.compress(b"{" + b" " * 50_000_000 + b"}")
    headers = {**headers_for(emu, "StartWebRecord", body), "Content-Encoding": "gzip"}
    assert send(emu, headers, body).code == "InvalidParameter"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example:8647", "https://127.0.0.1.evil.example", "http://192.0.2.7", "null", "http://["],
)
def test_a_page_of_another_site_gets_nothing_though_its_name_leads_here(emu: Emulator, origin: str) -> None:
    """The public key can be read by everybody, and a page needs no leave to ask what has its own name."""
    headers = headers_for(emu, "StartWebRecord", BODY, host="evil.example:8647")
    assert send(emu, {**headers, "Origin": origin}, BODY).code == "UnauthorizedOperation"
    assert emu.tasks() == []


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("emulator:8647", None),
        ("localhost:8647", "http://localhost:8647"),
        ("127.0.0.1:8647", "http://localhost:3000"),
        ("emulator:8647", "http://[::1]:3000"),
    ],
)
def test_clients_under_any_name_and_pages_of_this_machine_are_answered(
    emu: Emulator, host: str, origin: str | None
) -> None:
    headers = headers_for(emu, "StartWebRecord", BODY, host=host)
    assert send(emu, {**headers, **({"Origin": origin} if origin else {})}, BODY).code == ""


HEAD = (
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-TC-Action: StartWebRecord\r\n"
)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"SPAM / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        HEAD + b"Content-Length: -5\r\n\r\n{}",
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nnothex\r\n{}",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nnothex\r\n",
        HEAD + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        HEAD
        + b"Connection: close\r\nX-TC-Token: \xff\xfe\r\nX-TC-Version: \xff\r\nContent-Length: 2\r\n\r\n{}",
        HEAD + b"Connection: close\r\nExpect: nothing\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_what_is_no_request_gets_no_500_and_leaves_no_trace_in_the_log(emu: Emulator, data: bytes) -> None:
    answer = raw(emu, data)
    assert answer.split(b" ", 2)[1] in (b"200", b"400", b"417")
    assert emu.health()["status"] == "ok"
    assert "Traceback" not in emu.output()


def test_a_body_that_does_not_come_ends_the_connection(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--body-timeout", "0.2")
    assert raw(emulator, HEAD + b"Content-Length: 100\r\n\r\n{") == b""
    assert raw(emulator, HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n") == b""
    assert [request["code"] for request in emulator.requests()] == ["no_body"] * 2


def test_many_idle_connections_hinder_nobody(emu: Emulator) -> None:
    with ExitStack() as stack:
        for _ in range(400):
            stack.enter_context(socket.create_connection(("127.0.0.1", emu.port), timeout=DEADLINE))
        half = stack.enter_context(socket.create_connection(("127.0.0.1", emu.port), timeout=DEADLINE))
        half.sendall(HEAD)
        assert start(sdk_client(emu))
