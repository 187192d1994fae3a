"""The emulator's own routes: what they show, what they change, and whom they answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.emulator import ControlError, Emulator
from tests.support.sdk import sdk_client, start, start_body
from tests.support.tc3 import call, headers_for, send


def test_health(emu: Emulator) -> None:
    start(sdk_client(emu))
    assert emu.health() == {
        "status": "ok",
        "media": "none",
        "browser": None,
        "picture": None,
        "tasks": {"accepted": 1, "loading": 0, "recording": 0, "ended": 0},
    }


def test_reset_makes_it_as_if_new(emu: Emulator) -> None:
    start(sdk_client(emu), RecordId="one")
    emu.fault("error", code="InternalError", skip=1)
    emu.advance(100_000)
    emu.reset()
    assert emu.tasks() == emu.requests() == emu.faults() == []
    assert emu.control("GET", "clock")["offset_ms"] == 0
    assert start(sdk_client(emu), RecordId="one")


def test_tasks_tell_the_whole_life(emu: Emulator) -> None:
    task_id = start(sdk_client(emu), RecordId="one", SdkAppId=7)
    emu.advance(3600)
    (task,) = emu.tasks()
    assert (task["task_id"], task["record_id"], task["sdk_app_id"]) == (task_id, "one", 7)
    assert (task["state"], task["reason"], task["ended_ms"]) == ("recording", None, None)
    assert task["events"][0].keys() >= {"kind", "seq", "at_ms"}
    assert task["params"]["MaxDurationLimit"] == 3600
    assert emu.tasks("recording") == [task]
    assert emu.tasks("ended") == []


def test_requests_are_logged_in_order_with_what_was_answered(emu: Emulator) -> None:
    client = sdk_client(emu)
    task_id = start(client, RecordId="one")
    call(emu, "StopWebRecord", {"TaskId": task_id})
    call(emu, "Nonsense", {})
    send(emu, {"X-TC-Action": "StartWebRecord", "Host": emu.host}, b"{}")
    rows = [(r["action"], r["record_id"], r["task_id"], r["code"], r["handled"]) for r in emu.requests()]
    assert rows == [
        ("StartWebRecord", "one", task_id, "", True),
        ("StopWebRecord", None, task_id, "FailedOperation.TaskNotExist", False),
        ("Nonsense", None, None, "InvalidAction", False),
        ("StartWebRecord", None, None, "MissingParameter", False),
    ]
    assert len({r["request_id"] for r in emu.requests()}) == 4
    assert [r["action"] for r in emu.requests("StopWebRecord")] == ["StopWebRecord"]


def test_no_secret_is_shown_whatever_the_request(emu: Emulator) -> None:
    marker = "MARKER0123456789"
    cos = start_body()["StorageParams"]["CloudStorage"]
    changes: list[dict[str, Any]] = [
        {"RecordUrl": f"https://{marker}:{marker}@host/?a={marker}#{marker}"},
        {"RecordUrl": f"ftp://{marker}@host:x/?{marker}"},
        {"RecordUrl": {"url": marker}},
        {"PublishCdnParams": [{"PublishCdnUrl": f"rtmp://host:1935/app/{marker}?{marker}"}]},
        {"PublishCdnParams": [f"rtmp://host/app/{marker}"]},
        {"PublishCdnParams": f"rtmp://host/app/{marker}"},
        {"StorageParams": {"CloudStorage": {**cos, "AccessKey": marker, "SecretKey": marker}}},
        {"StorageParams": {"CloudStorage": {**cos, "SecretKey": [marker]}}},
        {"StorageParams": {"CloudStorage": {**cos, "secretKey": marker, "Secret_Key": {"a": marker}}}},
        {"StorageParams": [{"SecretKey": marker}]},
        {"SecretKey": marker, "Token": marker},
    ]
    for change in changes:
        call(emu, "StartWebRecord", start_body(**change))
        call(emu, "StartWebRecord", start_body(**change), secret_key=marker)
    emu.advance(3600)
    shown = json.dumps([emu.requests(), emu.tasks(), emu.health()])
    assert len(emu.requests()) == 2 * len(changes)
    assert marker not in shown
    assert "TC3-HMAC" not in shown


def test_the_log_keeps_10000_requests_and_is_bounded(emu: Emulator) -> None:
    large = {"RecordUrl": "x" * 5_000_000, **{f"Name{n}": "x" for n in range(20_000)}}
    call(emu, "StartWebRecord", large)
    (request,) = emu.requests()
    assert len(json.dumps(request)) < 2000


def test_what_a_nested_body_takes_in_the_log_is_bounded_too(emu: Emulator) -> None:
    unknown = {f"{number:03}{'x' * 500}": "x" for number in range(256)}
    call(emu, "StartWebRecord", start_body(PublishCdnParams=[unknown] * 20, RecordId="one"))
    (request,) = emu.requests()
    assert len(json.dumps(request)) < 2000
    assert (request["record_id"], request["code"]) == ("one", "UnknownParameter")


def test_the_largest_body_that_the_api_takes_is_kept(emu: Emulator) -> None:
    text = "\u6587" * 512
    vod = {"MediaType": 0, "Procedure": text, "SessionContext": text, "SourceContext": text}
    cdn = [{"PublishCdnUrl": f"rtmp://{'a' * 63}.example/app/{number}"} for number in range(10)]
    body = start_body(
        RecordUrl=f"https://host/{'x' * 8000}",
        StorageParams={"CloudVod": {"TencentVod": vod}},
        PublishCdnParams=cdn,
    )
    call(emu, "StartWebRecord", body)
    (request,) = emu.requests()
    assert request["code"] == ""
    assert request["body"]["StorageParams"] == body["StorageParams"]
    assert len(request["body"]["PublishCdnParams"]) == 10


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"advance_s": -1},
        {"advance_s": "5"},
        {"advance_s": True},
        {"advance_s": 1e12},
        {"advance_s": 5, "x": 1},
    ],
)
def test_a_clock_that_cannot_be_moved_so_is_refused(emu: Emulator, body: Any) -> None:
    with pytest.raises(ControlError) as caught:
        emu.control("POST", "clock", body)
    assert caught.value.status == 400
    assert emu.control("GET", "clock")["offset_ms"] == 0


@pytest.mark.parametrize(
    "host", ["example.com", "127.0.0.1.example.com", "10.0.0.1", "", "[::2]", "localhost.example"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "requests"), ("POST", "reset"), ("DELETE", "faults")])
def test_another_name_for_this_machine_is_refused(emu: Emulator, host: str, method: str, path: str) -> None:
    start(sdk_client(emu))
    answer = send(emu, {"Host": host}, b"", method=method, path=f"/_emulator/{path}")
    assert answer.status == 403
    assert len(emu.tasks()) == 1


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "127.9.9.9"]
)
def test_the_names_of_this_machine_are_answered(emu: Emulator, host: str) -> None:
    answer = send(emu, {"Host": host.format(port=emu.port)}, b"", method="GET", path="/_emulator/health")
    assert answer.status == 200


def test_pages_of_other_sites_can_do_nothing(emu: Emulator) -> None:
    start(sdk_client(emu))
    beside = ("http://127.0.0.1:1", f"https://{emu.host}.example.com")
    for origin in ("https://example.com", "null", "http://[", *beside):
        answer = send(emu, {"Host": emu.host, "Origin": origin}, b"", path="/_emulator/reset")
        assert answer.status == 403
    assert len(emu.tasks()) == 1
    own = send(emu, {"Host": emu.host, "Origin": emu.address}, b"", path="/_emulator/reset")
    assert own.status == 200


def test_a_control_route_is_no_action_of_the_api(emu: Emulator) -> None:
    body = b"{}"
    answer = send(emu, headers_for(emu, "StartWebRecord", body), body, path="/_emulator/nothing")
    assert answer.status == 404
