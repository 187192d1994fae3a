"""The official SDK as the provider uses it, against a server that answers what it is told to."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from pulumi_trtc.errors import ApiError, Handling, MissingCredentials
from pulumi_trtc.service.api import Described, SdkApi, Started
from pulumi_trtc.settings.read import read_settings
from tests.support.canned_server import Answer, CannedServer, canned_server
from tests.support.sdk_cases import BODY, SECRETS, settings_for


@pytest.fixture
def server() -> Iterator[CannedServer]:
    with canned_server() as running:
        yield running


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy and no netrc but the test's own."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture
def api(server: CannedServer, tmp_path: Path) -> SdkApi:
    return SdkApi(settings_for(server.url, tmp_path))


def test_start_sends_exactly_the_body(server: CannedServer, api: SdkApi) -> None:
    server.put(Answer.response(TaskId="task-1"))

    assert api.start(BODY) == Started("task-1", "req-1")

    (asked,) = server.asked
    assert json.loads(asked.body) == BODY
    assert asked.path == "/"
    assert asked.headers["x-tc-action"] == "StartWebRecord"
    assert asked.headers["x-tc-version"] == "2019-07-22"
    assert asked.headers["x-tc-region"] == "ap-singapore"
    assert asked.headers["x-tc-language"] == "en-US"
    assert asked.headers["x-tc-token"] == SECRETS["own token"]
    assert asked.headers["authorization"].startswith("TC3-HMAC-SHA256 Credential=AKIDmarkerOfTheApi/")
    assert "pulumi-trtc" in asked.headers["x-tc-requestclient"]
    assert f"http://{asked.headers['host']}" == server.url


def test_describe_fills_in_the_id_that_was_asked_by(server: CannedServer, api: SdkApi) -> None:
    server.put(Answer.response(Status=1, RecordId="record-1"))
    assert api.describe(task_id="task-1") == Described(1, "task-1", "record-1", "req-1")
    assert json.loads(server.asked[-1].body) == {"TaskId": "task-1"}

    server.put(Answer.response(Status=1, TaskId="task-1"))
    assert api.describe(sdk_app_id=14, record_id="record-1") == Described(1, "task-1", "record-1", "req-1")
    assert json.loads(server.asked[-1].body) == {"SdkAppId": 14, "RecordId": "record-1"}


def test_stop_gives_the_request_id(server: CannedServer, api: SdkApi) -> None:
    server.put(Answer.response())
    assert api.stop("task-1") == "req-1"
    assert json.loads(server.asked[0].body) == {"TaskId": "task-1"}


def test_a_netrc_entry_does_not_replace_the_signature(
    server: CannedServer, api: SdkApi, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text(
        "machine 127.0.0.1 login someone password hidden\ndefault login a password b\n"
    )
    server.put(Answer.response())
    api.stop("task-1")
    assert server.asked[0].headers["authorization"].startswith("TC3-HMAC-SHA256")


@pytest.mark.parametrize("no_proxy", ["", "127.0.0.1"])
def test_the_own_machine_is_never_asked_through_a_proxy(
    server: CannedServer, api: SdkApi, monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    server.put(Answer.response())
    assert api.stop("task-1") == "req-1"


def test_a_redirect_is_not_followed(server: CannedServer, api: SdkApi) -> None:
    """The body holds storage keys, which are for the endpoint alone."""
    with canned_server() as other:
        other.put(Answer.response(TaskId="task-of-another"))
        server.put(Answer(b"", 307, headers={"Location": other.url}))
        with pytest.raises(ApiError) as caught:
            api.start(BODY)
        assert other.asked == []
    assert caught.value.kind is Handling.FATAL
    assert "307" in str(caught.value)


def test_calls_at_once_have_a_client_each(server: CannedServer, api: SdkApi) -> None:
    server.put(Answer.response(Status=1, RecordId="r"))
    together = threading.Barrier(4)

    def work(number: int) -> None:
        with api.ready():
            together.wait(60)
            for _ in range(5):
                assert api.describe(task_id=f"task-{number}").status == 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    by_connection = {one.connection: one.body for one in server.asked}
    assert len(server.asked) == 20
    assert len(by_connection) == 4
    assert all(by_connection[one.connection] == one.body for one in server.asked)


@pytest.mark.parametrize("failure", [None, Answer.error("InternalError"), Answer(b"no JSON")])
def test_calls_one_after_the_other_share_a_connection(
    server: CannedServer, api: SdkApi, failure: Answer | None
) -> None:
    """Whichever threads make them: a new one costs round trips, and a bundle of certificates to read."""
    fine = Answer.response(Status=1, RecordId="r")
    server.put(*([] if failure is None else [failure]), fine)

    def work() -> None:
        with suppress(ApiError):
            api.describe(task_id="task-1")

    for _ in range(10):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(server.asked) == 10
    assert len({one.connection for one in server.asked}) == 1


def test_debug_logging_leaks_nothing(
    server: CannedServer, api: SdkApi, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever anyone sets the SDK's logger to, before or after."""
    sdk_log = logging.getLogger("tencentcloud_sdk_common")
    handler = logging.StreamHandler()
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "tencentcloud_sdk_common")
    sdk_log.addHandler(handler)
    try:
        server.put(
            Answer.response(TaskId="task-1"),
            Answer.error("InternalError", json.dumps(BODY)),
            Answer(b"x", 502),
        )
        api.start(BODY)
        for _ in range(2):
            with pytest.raises(ApiError):
                api.start(BODY)
    finally:
        sdk_log.removeHandler(handler)
    said = caplog.text + "".join(capfd.readouterr())
    assert "POST / HTTP/1.1" in said, "the rest of the log is there"
    assert "marker" not in said


def test_without_credentials_nothing_is_sent(server: CannedServer, tmp_path: Path) -> None:
    settings = read_settings({"trtc:endpoint": server.url}, {}, tmp_path)
    with pytest.raises(MissingCredentials):
        SdkApi(settings).stop("task-1")
    assert server.asked == []
