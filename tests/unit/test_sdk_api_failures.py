"""What comes of every answer that is not the one that was asked for."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from pulumi_trtc.errors import ApiError, Handling
from pulumi_trtc.service.api import SdkApi
from tests.support.canned_server import Answer, CannedServer, canned_server
from tests.support.sdk_cases import BODY, SECRETS, settings_for


@pytest.fixture
def server() -> Iterator[CannedServer]:
    with canned_server() as running:
        yield running


@pytest.fixture
def api(server: CannedServer, tmp_path: Path) -> SdkApi:
    return SdkApi(settings_for(server.url, tmp_path))


def start_fails(api: SdkApi) -> ApiError:
    with pytest.raises(ApiError) as caught:
        api.start(BODY)
    failure = caught.value
    assert failure.action == "StartWebRecord"
    assert failure.record_id == "record-1"
    shown = "".join(traceback.format_exception(failure))
    assert "marker" not in shown, "no secret in message or traceback"
    return failure


@pytest.mark.parametrize(
    ("answer", "code", "kind"),
    [
        pytest.param(
            Answer.error("FailedOperation.TaskExist"),
            "FailedOperation.TaskExist",
            Handling.TASK_EXISTS,
            id="error",
        ),
        pytest.param(
            Answer.error("FailedOperation.TaskExist", content_type="application/json; charset=utf-8"),
            "FailedOperation.TaskExist",
            Handling.TASK_EXISTS,
            id="error under a Content-Type that the SDK overlooks",
        ),
        pytest.param(
            Answer.error("InternalError", content_type="text/html"),
            "InternalError",
            Handling.AMBIGUOUS,
            id="as HTML",
        ),
        pytest.param(Answer.response(), "MalformedAnswer", Handling.AMBIGUOUS, id="no TaskId"),
        pytest.param(Answer.response(TaskId=""), "MalformedAnswer", Handling.AMBIGUOUS, id="empty TaskId"),
        pytest.param(
            Answer.response(TaskId=7), "MalformedAnswer", Handling.AMBIGUOUS, id="TaskId is no text"
        ),
        pytest.param(Answer(b"{}"), "KeyError", Handling.AMBIGUOUS, id="no Response"),
        pytest.param(
            Answer(b'{"Response": {"Error": 1}}', content_type="a/b"),
            "MalformedAnswer",
            Handling.AMBIGUOUS,
            id="odd Error",
        ),
        pytest.param(
            Answer(b'{"Response": []}', content_type="a/b"), "MalformedAnswer", Handling.AMBIGUOUS, id="list"
        ),
        pytest.param(
            Answer(b'{"Response": {"TaskId"'), "JSONDecodeError", Handling.AMBIGUOUS, id="malformed JSON"
        ),
        pytest.param(Answer(b"\xc3\x28"), "UnicodeDecodeError", Handling.AMBIGUOUS, id="not even text"),
        pytest.param(Answer(b""), "JSONDecodeError", Handling.AMBIGUOUS, id="empty"),
        pytest.param(Answer(b"<p>Bad gateway", 502), "ServerNetworkError", Handling.AMBIGUOUS, id="502"),
        pytest.param(Answer(b"", 503), "ServerNetworkError", Handling.AMBIGUOUS, id="503"),
        pytest.param(Answer(b"no", 403), "ServerNetworkError", Handling.FATAL, id="403"),
        pytest.param(Answer(b"", 429), "ServerNetworkError", Handling.THROTTLED, id="429"),
        pytest.param(Answer(b"", 408), "ServerNetworkError", Handling.AMBIGUOUS, id="408"),
        pytest.param(Answer(cut=True), "ClientNetworkError", Handling.AMBIGUOUS, id="cut before the answer"),
        pytest.param(
            Answer(b'{"Resp', promised=100),
            "ChunkedEncodingError",
            Handling.AMBIGUOUS,
            id="cut within the answer",
        ),
    ],
)
def test_an_answer_that_is_none(
    server: CannedServer, api: SdkApi, answer: Answer, code: str, kind: Handling
) -> None:
    server.put(answer)
    failure = start_fails(api)
    assert (failure.code, failure.kind, failure.sent) == (code, kind, True)
    assert len(server.asked) == 1, "the SDK repeated it"


def test_an_error_is_told_in_full(server: CannedServer, api: SdkApi) -> None:
    server.put(Answer.error("FailedOperation.NotAbility", "Need to unlock the required ability"))
    text = str(start_fails(api))
    assert text.startswith(
        "StartWebRecord failed with FailedOperation.NotAbility: Need to unlock the required"
    )
    assert "RequestId req-1" in text
    assert "RecordId record-1" in text
    assert "RTC-Engine monthly package" in text


def test_the_next_call_works_after_a_failure(server: CannedServer, api: SdkApi) -> None:
    server.put(Answer(cut=True), Answer(b"", 500), Answer.response(TaskId="task-1"))
    start_fails(api)
    start_fails(api)
    assert api.start(BODY).task_id == "task-1"


def test_no_answer_in_time(server: CannedServer, tmp_path: Path) -> None:
    server.put(Answer(silent=True))
    failure = start_fails(SdkApi(settings_for(server.url, tmp_path, request_timeout=1.0)))
    assert (failure.code, failure.kind, failure.sent) == ("ClientNetworkError", Handling.AMBIGUOUS, True)
    assert "did not answer within 1 s" in failure.message


def test_a_port_is_no_status(tmp_path: Path) -> None:
    """The text of a failure names the port, whose digits may be those of a status."""
    with socket.socket() as taken:
        port = next(port for port in range(40700, 40800) if _bound(taken, port))
        failure = start_fails(SdkApi(settings_for(f"http://127.0.0.1:{port}", tmp_path)))
    assert (failure.kind, failure.sent) == (Handling.AMBIGUOUS, False)
    assert f"127.0.0.1:{port} refuses the connection" in failure.message


def _bound(taken: socket.socket, port: int) -> bool:
    with contextlib.suppress(OSError):
        taken.bind(("127.0.0.1", port))
        return True
    return False


def test_where_nothing_listens_the_error_says_how_to_start_the_emulator(tmp_path: Path) -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody else can get the port, and connections are refused.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        failure = start_fails(SdkApi(settings_for(f"http://127.0.0.1:{port}", tmp_path)))
    assert (failure.kind, failure.sent) == (Handling.AMBIGUOUS, False)
    assert "refuses the connection" in failure.message
    assert f"trtc-emulator --port {port}" in str(failure)


def test_a_name_that_does_not_resolve_was_never_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    failure = start_fails(SdkApi(settings_for("https://nowhere.invalid", tmp_path)))
    assert failure.sent is False
    assert "nowhere.invalid cannot be resolved" in failure.message
    assert "trtc-emulator" not in str(failure)


def test_an_api_message_that_repeats_the_request_shows_no_secret(server: CannedServer, api: SdkApi) -> None:
    values = [*SECRETS.values(), str(BODY["RecordUrl"])]
    forms = [
        json.dumps(BODY),
        *values,
        *(quote(value, safe="") for value in values),
        *(base64.b64encode(value.encode()).decode() for value in values),
        *(base64.b64encode(f"x{value}y".encode()).decode() for value in values),
    ]
    for form in forms:
        server.put(Answer.error("InvalidParameter", f"Bad value: {form} (bucket b-1)"))
        failure = start_fails(api)
        assert "[hidden]" in failure.message, form
        server.put(Answer(f"<html>{form}".encode(), 502))
        assert "[hidden]" in start_fails(api).message, form


def test_a_long_foreign_text_is_cut_after_secrets_are_out(server: CannedServer, api: SdkApi) -> None:
    server.put(Answer(("x" * 490 + SECRETS["secret key"] + "y" * 10_000).encode(), 502))
    assert len(start_fails(api).message) < 600
