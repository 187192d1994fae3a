"""Callbacks of a real emulator to a real receiver."""

from __future__ import annotations

import base64
import hashlib
import hmac
import signal
import threading
from collections.abc import Iterator

import pytest

from tests.support.emulator import Emulator, StartEmulator, eventually
from tests.support.receiver import Delivery, Receiver, receiver
from tests.support.sdk import describe, sdk_client, start, stop
from trtc_emulator.settings.callback_options import KEY_VARIABLE

KEY = "abcDEF0123456789"
OTHER_APP = 1400000001


@pytest.fixture
def heard() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def signed(key: str, delivery: Delivery) -> bool:
    digest = hmac.new(key.encode(), delivery.raw, hashlib.sha256).digest()
    return delivery.headers["Sign"] == base64.b64encode(digest).decode()


def test_a_recording_tells_of_its_start_and_its_stop(start_emulator: StartEmulator, heard: Receiver) -> None:
    emu = start_emulator("--start-delay", "0", "--callback-url", heard.url, "--callback-key", KEY)
    client = sdk_client(emu)
    task_id = start(client)
    heard.wait(1)
    stop(client, task_id)
    begun, ended = heard.wait(2)
    task = emu.task(task_id)
    for delivery, number, at_ms in ((begun, 801, task["started_ms"]), (ended, 802, task["ended_ms"])):
        sent_ms = delivery.body["CallbackTs"]
        assert delivery.body == {
            "EventGroupId": 8,
            "EventType": number,
            "CallbackTs": sent_ms,
            "EventInfo": {
                "EventMsTs": at_ms,
                "TaskId": task_id,
                "Payload": {"Status": 1, "EventMessage": "Success"},
            },
        }
        assert sent_ms >= at_ms
        assert delivery.headers["Content-Type"] == "application/json"
        assert delivery.headers["SdkAppId"] == "1400000000"
        assert signed(KEY, delivery)


def test_without_a_key_nothing_is_signed_and_the_time_has_the_name_that_was_chosen(
    start_emulator: StartEmulator, heard: Receiver
) -> None:
    emu = start_emulator("--start-delay", "0", "--callback-url", heard.url, "--event-time", "EventTsMs")
    task_id = start(sdk_client(emu))
    (delivery,) = heard.wait(1)
    assert "Sign" not in delivery.headers
    assert delivery.body["EventInfo"]["EventTsMs"] == emu.task(task_id)["started_ms"]


def test_each_application_has_its_own_receiver_and_key(
    start_emulator: StartEmulator, heard: Receiver
) -> None:
    with receiver() as other:
        emu = start_emulator(
            *("--start-delay", "0", "--callback-url", heard.url),
            *("--callback-url", f"{OTHER_APP}={other.url}", "--callback-key", f"{OTHER_APP}=other1"),
            env={KEY_VARIABLE: KEY},
        )
        client = sdk_client(emu)
        first, second = start(client), start(client, SdkAppId=OTHER_APP)
        (at_first,) = heard.wait(1)
        (at_second,) = other.wait(1)
        assert (at_first.task_id, at_second.task_id) == (first, second)
        assert signed(KEY, at_first)
        assert signed("other1", at_second)
        assert at_second.headers["SdkAppId"] == str(OTHER_APP)


def test_a_page_that_cannot_be_loaded(start_emulator: StartEmulator, heard: Receiver) -> None:
    emu = start_emulator("--start-delay", "0", "--callback-url", heard.url)
    start(sdk_client(emu), RecordUrl="https://nowhere.invalid/")
    (failed,) = heard.wait(1)
    assert failed.type == 801
    assert failed.payload == {"Status": 2, "EventMessage": "Goto url timeout"}


@pytest.mark.parametrize(("follows", "expected"), [("no", []), ("yes", [(802, 1)])])
def test_a_recording_over_its_limit(
    start_emulator: StartEmulator, heard: Receiver, follows: str, expected: list[tuple[int, int]]
) -> None:
    emu = start_emulator("--start-delay", "3600", "--callback-url", heard.url, "--stop-after-limit", follows)
    client = sdk_client(emu)
    limited = start(client, MaxDurationLimit=1800)
    emu.advance(3600)
    emu.advance(1800)
    # Another task's event comes last, so that what does not follow can be told.
    heard.wait(2 + len(expected))
    last = start(client)
    emu.advance(3600)
    told = heard.wait(3 + len(expected))
    assert [found.short for found in told if found.task_id == limited] == [(801, 1), (804, 1), *expected]
    assert [found.short for found in told if found.task_id == last] == [(801, 1)]
    assert told[1].payload["EventMessage"] == "Over time limit"


def test_what_is_not_taken_is_sent_once_more_at_once_and_in_order(start_emulator: StartEmulator) -> None:
    with receiver(lambda number: 500 if number == 0 else 200) as heard:
        emu = start_emulator("--start-delay", "0", "--callback-url", heard.url)
        client = sdk_client(emu)
        stop(client, _begun(emu, start(client)))
        told = heard.wait(3)
    assert [found.short for found in told] == [(801, 1), (801, 1), (802, 1)]
    assert told[0].body["EventInfo"] == told[1].body["EventInfo"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_not_delivered_survives_a_restart(
    start_emulator: StartEmulator, number: signal.Signals
) -> None:
    heard = Receiver()
    try:
        emu = start_emulator("--start-delay", "0", "--callback-url", heard.url)
        client = sdk_client(emu)
        task_ids = [_begun(emu, start(client)) for _ in range(3)]
        for task_id in task_ids:
            stop(client, task_id)
        emu.terminate(number)
        heard.open()
        emu.restart()
        told = heard.wait(6)
        for task_id in task_ids:
            assert [found.short for found in told if found.task_id == task_id] == [(801, 1), (802, 1)]
    finally:
        heard.close()


def test_a_receiver_that_hangs_holds_up_nobody_else(start_emulator: StartEmulator, heard: Receiver) -> None:
    released = threading.Event()

    def hang(_: int) -> int:
        released.wait(60)
        return 200

    with receiver(hang) as hanging:
        emu = start_emulator(
            *("--start-delay", "0", "--rate-limit", "0", "--callback-url", heard.url),
            *("--callback-url", f"{OTHER_APP}={hanging.url}"),
        )
        client = sdk_client(emu)
        try:
            hung = [start(client, SdkAppId=OTHER_APP) for _ in range(12)]
            hanging.wait(1)
            task_id = start(client)
            assert heard.wait(1)[0].task_id == task_id
            for other in hung:
                assert describe(client, TaskId=other).Status == 1
        finally:
            released.set()


def test_a_reset_forgets_what_was_not_delivered(start_emulator: StartEmulator) -> None:
    heard = Receiver()
    try:
        emu = start_emulator("--start-delay", "0", "--callback-url", heard.url)
        client = sdk_client(emu)
        _begun(emu, start(client))
        emu.reset()
        heard.open()
        after = start(client)
        assert heard.wait(1)[0].task_id == after
        # A restart sends whatever is still queued.
        emu.terminate()
        emu.restart()
        last = start(client)
        assert [found.task_id for found in heard.wait(2)] == [after, last]
    finally:
        heard.close()


def test_no_secret_is_kept_or_printed(start_emulator: StartEmulator) -> None:
    secrets = ("MARKERkey0", "MARKERquery", "MARKERstream")
    heard = Receiver()
    try:
        emu = start_emulator(
            *("--start-delay", "0", "--callback-url", f"{heard.url}?token=MARKERquery"),
            *("--callback-key", "MARKERkey0"),
        )
        address = "rtmp://live.example.com/app/MARKERstream"
        _begun(emu, start(sdk_client(emu), PublishCdnParams=[{"PublishCdnUrl": address}]))
        emu.terminate()
        kept = b"".join(path.read_bytes() for path in emu.data.rglob("*") if path.is_file())
    finally:
        heard.close()
    for secret in secrets:
        assert secret.encode() not in kept
        assert secret not in emu.output()


def _begun(emu: Emulator, task_id: str) -> str:
    eventually(lambda: emu.task(task_id)["state"] == "recording", "the recording")
    return task_id
