"""What survives the end of the emulator's process, and what does not."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import threading

import pytest

from tests.support.emulator import ControlError, Emulator, StartEmulator, eventually
from tests.support.sdk import code_of, describe, sdk_client, start, start_body, stop
from tests.support.tc3 import call

SECRETS = ("MARKERquery", "MARKERuser", "MARKERkey", "MARKERaccess", "MARKERstream")


@pytest.fixture
def own(start_emulator: StartEmulator) -> Emulator:
    return start_emulator("--start-delay", "3600", "--rate-limit", "0")


def secret_body() -> dict[str, object]:
    body = start_body(RecordUrl="https://user:MARKERuser@example.com/page?token=MARKERquery#MARKERquery")
    body["StorageParams"]["CloudStorage"].update(AccessKey="MARKERaccess", SecretKey="MARKERkey")
    body["PublishCdnParams"] = [{"PublishCdnUrl": "rtmp://live.example.com/app/MARKERstream"}]
    return body


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_restart_goes_on_where_it_was(own: Emulator, end: signal.Signals) -> None:
    client = sdk_client(own)
    running = start(client, RecordId="running", MaxDurationLimit=86400)
    own.advance(3600)
    ended = start(client, RecordId="ended", MaxDurationLimit=1800)
    accepted = start(client, RecordId="accepted")
    own.advance(1000)
    before = own.task(running)
    code = own.terminate(end)
    assert code == (-signal.SIGKILL if end is signal.SIGKILL else 0)
    own.restart()
    assert own.task(running) == before
    assert describe(client, TaskId=running).RecordId == "running"
    assert code_of(start, client, RecordId="accepted") == "FailedOperation.TaskExist"
    own.advance(2600)
    assert describe(client, TaskId=accepted).Status == 1
    stop(client, running)
    own.advance(1800)
    assert own.task(ended)["reason"] == "limit"
    assert own.task(running)["reason"] == "stopped"


def test_what_was_due_while_it_was_down_happens_at_its_start(own: Emulator) -> None:
    client = sdk_client(own)
    limited = start(client, MaxDurationLimit=1800)
    own.advance(3600)
    late = start(client)
    own.kill()
    # The clock cannot be moved while it is down; a shorter delay makes what was accepted due at once.
    database = own.data / "emulator.db"
    _shift_due_times(database)
    own.restart()
    assert own.task(limited)["reason"] == "limit"
    assert own.task(late)["state"] == "recording"


def _shift_due_times(database: os.PathLike[str]) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE task SET due_ms = due_ms - 4000 * 1000")
    connection.close()


def test_sigkill_at_any_moment_loses_no_acknowledged_task(own: Emulator) -> None:
    acknowledged: list[str] = []

    def start_until_it_dies() -> None:
        client = sdk_client(own)
        while True:
            before = len(acknowledged)
            code_of(lambda: acknowledged.append(start(client)))
            if len(acknowledged) == before:
                return

    for round_number in range(3):
        goal = len(acknowledged) + 5

        def enough(goal: int = goal) -> bool:
            return len(acknowledged) >= goal

        threads = [threading.Thread(target=start_until_it_dies) for _ in range(3)]
        for thread in threads:
            thread.start()
        eventually(enough, f"tasks of round {round_number}")
        own.kill()
        for thread in threads:
            thread.join()
        own.restart()
        assert set(acknowledged) <= {task["task_id"] for task in own.tasks()}
    own.advance(3600)
    assert set(acknowledged) <= {task["task_id"] for task in own.tasks("recording")}


def test_a_stop_that_was_answered_holds_after_sigkill(own: Emulator) -> None:
    client = sdk_client(own)
    task_id = start(client)
    own.advance(3600)
    stop(client, task_id)
    own.kill()
    own.restart()
    task = own.task(task_id)
    assert task["reason"] == "stopped"
    eventually(lambda: own.task(task_id)["finished_ms"], "that its files are complete")


def test_no_secret_is_on_disk_once_a_recording_has_begun(own: Emulator) -> None:
    assert call(own, "StartWebRecord", secret_body()).code == ""
    own.kill()
    own.restart()
    own.advance(3600)
    assert own.running()[0]["record_url"] == "https://example.com/page?***#***"
    for path in [path for path in own.data.rglob("*") if path.is_file()]:
        found = [secret for secret in SECRETS if secret.encode() in path.read_bytes()]
        assert not found, f"{found} in {path.name}"
    assert not [secret for secret in SECRETS if secret in own.output()]


def test_before_it_begins_only_its_owner_can_read_its_addresses(own: Emulator) -> None:
    assert call(own, "StartWebRecord", secret_body()).code == ""
    (pending,) = (own.data / "pending").iterdir()
    assert pending.stat().st_mode & 0o777 == 0o600
    assert pending.parent.stat().st_mode & 0o777 == 0o700
    assert "MARKERkey" not in pending.read_text()
    assert b"MARKERkey" not in (own.data / "emulator.db").read_bytes()


def test_the_moved_clock_is_kept(own: Emulator) -> None:
    own.advance(100_000)
    offset = own.control("GET", "clock")["offset_ms"]
    own.kill()
    own.restart()
    assert own.control("GET", "clock")["offset_ms"] == offset >= 99_000_000


def test_two_emulators_do_not_share_a_folder(own: Emulator) -> None:
    other = Emulator(own.data, "--media", "none")
    try:
        with pytest.raises(AssertionError, match="in use by another emulator"):
            other.start()
    finally:
        other.close()
    assert own.health()["status"] == "ok"


def test_a_disk_without_room_delays_what_is_due_and_keeps_no_secret(own: Emulator) -> None:
    client = sdk_client(own)
    accepted = start(client)
    (kept,) = (own.data / "pending").iterdir()
    assert own.process is not None
    _, most = resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE)
    # No file can grow beyond what the database's log is long now.
    full = (own.data / "emulator.db-wal").stat().st_size
    resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (full, most))
    assert call(own, "StartWebRecord", secret_body()).code == "InternalError"
    assert list((own.data / "pending").iterdir()) == [kept]
    with pytest.raises(ControlError):
        own.advance(3600)
    eventually(lambda: "what is due waits" in own.output(), "that it says what is the matter")
    assert own.task(accepted)["state"] == "accepted"
    resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (most, most))
    eventually(lambda: own.tasks("recording"), "that it begins once there is room")
    assert not list((own.data / "pending").iterdir())
    assert call(own, "StartWebRecord", secret_body()).code == ""


def test_a_database_that_another_program_holds_is_named_at_the_start(own: Emulator) -> None:
    start(sdk_client(own))
    own.kill()
    _shift_due_times(own.data / "emulator.db")
    holder = sqlite3.connect(own.data / "emulator.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(AssertionError):
            own.restart()
    finally:
        holder.close()
    assert own.output().endswith(f"trtc-emulator: {own.data}: database is locked\n")
    assert "Traceback" not in own.output()
    own.restart()
    assert len(own.tasks("recording")) == 1
