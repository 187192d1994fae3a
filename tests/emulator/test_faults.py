"""Every fault, as the official SDK meets it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.support.emulator import ControlError, Emulator, eventually
from tests.support.sdk import code_of, describe, sdk_client, start, start_body, stop
from tests.support.tc3 import call

# What the SDK makes of an answer that never came, or came in pieces.
NETWORK = {"ClientNetworkError", "ConnectionError", "ChunkedEncodingError", "ServerNetworkError"}


@pytest.mark.parametrize(
    "code",
    [
        "FailedOperation.NotAbility",
        "FailedOperation.NotAllowed",
        "FailedOperation.SdkAppIdNotUnderAppId",
        "FailedOperation.TaskExist",
        "ResourceInsufficient.RequestRejection",
        "InternalError",
        "InternalError.DBError",
        "RequestLimitExceeded",
        "AuthFailure.TokenFailure",
        "UnauthorizedOperation.SdkAppId",
    ],
)
@pytest.mark.parametrize("handled", [False, True])
def test_an_error_of_the_api_handled_or_not(emu: Emulator, code: str, handled: bool) -> None:
    emu.fault("error", "StartWebRecord", code=code, next=1, handled=handled)
    client = sdk_client(emu)
    assert code_of(start, client, RecordId="one") == code
    assert len(emu.tasks()) == int(handled)
    (request,) = emu.requests()
    assert (request["code"], request["fault"], request["handled"]) == (code, "error", handled)
    assert request["record_id"] == "one"
    again = code_of(start, client, RecordId="one")
    assert again == ("FailedOperation.TaskExist" if handled else "")


def test_cut_before_handling(emu: Emulator) -> None:
    emu.fault("cut_before", next=1)
    assert code_of(start, sdk_client(emu)) in NETWORK
    assert emu.tasks() == []
    assert emu.requests()[0]["code"] == "cut_before"


def test_cut_after_handling(emu: Emulator) -> None:
    emu.fault("cut_after", next=1)
    assert code_of(start, sdk_client(emu), RecordId="one") in NETWORK
    (task,) = emu.tasks()
    (request,) = emu.requests()
    assert (request["code"], request["handled"], request["task_id"]) == ("cut_after", True, task["task_id"])


def test_a_stop_that_is_cut_after_it_stopped(emu: Emulator) -> None:
    client = sdk_client(emu)
    task_id = start(client)
    emu.advance(3600)
    emu.fault("cut_after", "StopWebRecord", next=1)
    assert code_of(stop, client, task_id) in NETWORK
    assert emu.task(task_id)["reason"] == "stopped"
    assert code_of(stop, client, task_id) == "FailedOperation.TaskNotExist"


@pytest.mark.parametrize(
    ("kind", "fields", "sdk_code"),
    [
        ("http_status", {"status": 502}, {"ServerNetworkError"}),
        ("http_status", {"status": 404}, {"ServerNetworkError"}),
        ("malformed", {}, {"JSONDecodeError", "ClientNetworkError"}),
        ("empty", {}, {"JSONDecodeError", "ClientNetworkError"}),
        ("no_envelope", {}, {"KeyError", "ClientNetworkError"}),
    ],
)
@pytest.mark.parametrize("handled", [False, True])
def test_answers_that_are_none(
    emu: Emulator, kind: str, fields: dict[str, Any], sdk_code: set[str], handled: bool
) -> None:
    emu.fault(kind, next=1, handled=handled, **fields)
    try:
        code = code_of(start, sdk_client(emu))
    except (KeyError, ValueError) as error:
        code = type(error).__name__
    assert code in sdk_code
    assert len(emu.tasks()) == int(handled)


def test_half_an_answer(emu: Emulator) -> None:
    emu.fault("truncated", next=1)
    assert code_of(start, sdk_client(emu)) in NETWORK | {"JSONDecodeError"}
    assert len(emu.tasks()) == 1


def test_a_content_type_with_a_charset_hides_errors_from_the_sdk(emu: Emulator) -> None:
    emu.fault("wrong_content_type", next=2)
    answer = call(emu, "StopWebRecord", {"TaskId": "a"})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.code == "FailedOperation.TaskNotExist"
    assert code_of(stop, sdk_client(emu), "a") == ""
    assert code_of(stop, sdk_client(emu), "a") == "FailedOperation.TaskNotExist"


def test_an_answer_without_its_task_id(emu: Emulator) -> None:
    emu.fault("missing_task_id", "StartWebRecord", next=1)
    assert start(sdk_client(emu)) is None
    assert len(emu.tasks()) == 1


@pytest.mark.parametrize(("when", "seconds"), [("before", 3), ("after", 3600)])
def test_latency_beyond_the_clients_patience_is_handled_all_the_same(
    emu: Emulator, when: str, seconds: int
) -> None:
    emu.fault("latency", "StartWebRecord", seconds=seconds, when=when, next=1)
    assert code_of(start, sdk_client(emu, timeout=1), RecordId="slow") in NETWORK
    eventually(emu.tasks, "the task that nobody waits for")
    eventually(lambda: any(one["handled"] for one in emu.requests()), "the request in the log")
    assert code_of(start, sdk_client(emu), RecordId="slow") == "FailedOperation.TaskExist"


def test_a_request_is_in_the_log_while_it_waits(emu: Emulator) -> None:
    emu.fault("latency", "StartWebRecord", seconds=3600, next=1)
    waiting = threading.Thread(
        target=code_of, args=(start, sdk_client(emu, timeout=1)), kwargs={"RecordId": "w"}
    )
    waiting.start()
    # It is in the log before its body has been read.
    (request,) = eventually(lambda: [one for one in emu.requests() if one["record_id"] == "w"], "the request")
    assert (request["code"], request["handled"]) == (None, False)
    waiting.join()


def test_latency_and_another_fault_add_up(emu: Emulator) -> None:
    emu.fault("latency", seconds=0.01, when="after")
    emu.fault("error", code="InternalError", handled=True, next=1)
    assert code_of(start, sdk_client(emu)) == "InternalError"
    assert emu.requests()[0]["fault"] == "latency+error"


def test_faults_are_of_their_action_and_queue_up(emu: Emulator) -> None:
    client = sdk_client(emu)
    emu.fault("error", "DescribeWebRecord", code="InternalError", skip=1, next=2)
    emu.fault("error", "DescribeWebRecord", code="UnsupportedOperation", next=1)
    assert start(client)
    # While the first fault lets one pass, it is the second's turn.
    codes = [code_of(describe, client, TaskId="a") for _ in range(4)]
    assert codes == ["UnsupportedOperation", "InternalError", "InternalError", "FailedOperation.TaskNotExist"]
    assert [fault["hits"] for fault in emu.faults()] == [2, 1]


def test_probability_is_repeatable_by_its_seed(emu: Emulator) -> None:
    client = sdk_client(emu)

    def pattern(seed: int) -> list[bool]:
        emu.clear_faults()
        emu.fault("error", code="InternalError", probability=0.5, seed=seed)
        return [code_of(stop, client, "a") == "InternalError" for _ in range(30)]

    first = pattern(1)
    assert pattern(1) == first
    assert len(set(first)) == 2
    assert pattern(2) != first


def test_delete_takes_all_faults_back(emu: Emulator) -> None:
    emu.fault("error", code="InternalError")
    assert code_of(start, sdk_client(emu)) == "InternalError"
    emu.clear_faults()
    assert emu.faults() == []
    assert start(sdk_client(emu))


def test_a_request_that_is_not_signed_meets_no_fault(emu: Emulator) -> None:
    emu.fault("error", code="InternalError", next=1)
    assert (
        call(emu, "StartWebRecord", start_body(), secret_key="wrong").code == "AuthFailure.SignatureFailure"
    )
    assert emu.faults()[0]["hits"] == 0


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ([], "object"),
        ({}, "kind"),
        ({"kind": "fire"}, "kind"),
        ({"kind": ["error"]}, "kind"),
        ({"kind": "error"}, "code"),
        ({"kind": "error", "code": ""}, "code"),
        ({"kind": "error", "code": 5}, "code"),
        ({"kind": "error", "code": "X", "colour": 1}, "colour"),
        ({"kind": "error", "code": "X", "seconds": 1}, "seconds"),
        ({"kind": "error", "code": "X", "action": "Stop"}, "action"),
        ({"kind": "error", "code": "X", "handled": 1}, "handled"),
        ({"kind": "cut_before", "handled": True}, "handled"),
        ({"kind": "latency"}, "seconds"),
        ({"kind": "latency", "seconds": -1}, "seconds"),
        ({"kind": "latency", "seconds": True}, "seconds"),
        ({"kind": "latency", "seconds": 1, "when": "during"}, "when"),
        ({"kind": "http_status"}, "status"),
        ({"kind": "http_status", "status": 99}, "status"),
        ({"kind": "http_status", "status": "500"}, "status"),
        ({"kind": "malformed", "next": 0}, "next"),
        ({"kind": "malformed", "skip": -1}, "skip"),
        ({"kind": "malformed", "probability": 1.5}, "probability"),
        ({"kind": "malformed", "probability": 0.5, "next": 2}, "next"),
        ({"kind": "malformed", "seed": "x"}, "seed"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(emu: Emulator, spec: Any, named: str) -> None:
    with pytest.raises(ControlError) as caught:
        emu.control("POST", "faults", spec)
    assert caught.value.status == 400
    assert named in caught.value.text
    assert emu.faults() == []
