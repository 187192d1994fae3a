"""What the adapters call: what an engine is told of a recording, and what the service is asked for it."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pulumi_trtc.errors import NoEvidence, NotRunning, Ownerless, RunsElsewhere
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle.calls import Difference
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.history import FailedCommand, History
from pulumi_trtc.stack.state import PendingCreate, SavedRecording
from tests.support.calls import a_process, diff, evidence, outputs
from tests.support.clock import ManualClock
from tests.support.declared import (
    FAILED,
    IDENTITY,
    OWNER,
    PLACE,
    URN,
    inputs,
    pending,
    record_id,
)
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService

DESTROYED = History((FailedCommand("d", "destroy", "2026-11-28T08:01:00.000Z"),), 1)
CDN = [{"publishCdnUrl": "rtmp://live.example.com/app/stream"}]


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


SAME, UPDATE, REPLACE = Difference(), Difference(True), Difference(True, ("recordId",))


def test_of_a_quiet_recording_nothing_is_asked(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds)))
    assert (diff(calls, olds), service.calls, told) == (SAME, [], [])


@pytest.mark.parametrize(
    ("history", "words"), [(DESTROYED, "failed destroy of 2026-11-28 08:01 UTC"), (FAILED, "failed update")]
)
def test_after_a_failed_command_one_question_is_asked_and_what_runs_runs_on(
    service: FakeService, history: History, words: str
) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds), history=history))
    assert (diff(calls, olds), service.calls) == (UPDATE, [(DESCRIBE, task.task_id)])
    assert [words in line and "lecture" in line for line in told] == [True]


def test_all_that_are_to_be_checked_are_asked_for_with_the_first_one(service: FakeService) -> None:
    """The engine makes one diff after the other; and what is certain is not asked for."""
    first, second = service.launch(record_id(0)), service.launch("second-0")
    looked, ended, read, others, going = (f"no-task-{number}" for number in range(5))
    olds = outputs(service, first)

    def saved(task_id: str, name: str, *, provider: str = "", gone: bool = False, **changed: Any) -> Any:
        owner = {**OWNER, "urn": f"{URN}-{name}", "recordId": f"{name}-aeekqiiziieow63vk5ks-0"}
        given = {**olds, "taskId": task_id, "recordId": f"{name}-aeekqiiziieow63vk5ks-0", **changed}
        return SavedRecording(
            owner["urn"], task_id, {**inputs(), "owner": owner}, given, gone, provider=provider
        )

    found = evidence((first, olds), history=DESTROYED)
    more = (
        saved(second.task_id, "second"),
        saved(looked, "looked", lastFailure=DESTROYED.newest),
        saved(ended, "ended", status="ended"),
        saved(others, "others", provider="urn:pulumi:dev::test::pulumi:providers:trtc::other::1"),
        saved(going, "going", gone=True),
        attrs.evolve(saved(read, "read"), read=True),
    )
    state = attrs.evolve(found.state, saved=(*found.state.saved, *more))
    calls, _ = a_process(service, attrs.evolve(found, state=state))
    assert diff(calls, olds) == UPDATE
    asked = [(DESCRIBE, first.task_id), (DESCRIBE, second.task_id)]
    assert service.calls == asked
    assert diff(calls, olds) == UPDATE
    assert service.calls == asked


@pytest.mark.parametrize(
    ("cause", "difference"),
    [
        ({"history": DESTROYED}, REPLACE),
        ({"history": FAILED}, UPDATE),
        ({"deleting": frozenset({"task-0"})}, REPLACE),
        ({"killed": True}, REPLACE),
    ],
)
def test_what_an_interrupted_command_may_have_stopped_and_does_not_run(
    service: FakeService, cause: dict[str, Any], difference: Difference
) -> None:
    task = service.launch(record_id(0))
    task.until = 0
    killed = [pending(1)] if cause.pop("killed", False) else []
    olds = outputs(service, task)
    calls, _ = a_process(service, evidence((task, olds), *killed, **cause))
    assert diff(calls, olds) == difference


def test_one_that_has_reached_its_limit_ended_by_itself(service: FakeService) -> None:
    task = service.launch(record_id(0))
    task.until = 0
    olds = outputs(service, task, kept={"startedAt": service.clock.now() - 86401})
    calls, _ = a_process(service, evidence((task, olds), history=DESTROYED))
    assert diff(calls, olds) == UPDATE


def test_a_preview_that_cannot_ask_says_may(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    service.fail(DESCRIBE, "ClientNetworkError")
    calls, told = a_process(service, evidence((task, olds), history=DESTROYED))
    assert diff(calls, olds) == UPDATE
    assert "lecture: may have been stopped" in told[0]


@pytest.mark.parametrize(
    ("kept", "restart", "difference"),
    [
        ({}, False, UPDATE),
        ({"acknowledged": True}, False, SAME),
        ({}, True, REPLACE),
        ({"interrupted": True}, False, REPLACE),
    ],
)
def test_what_a_refresh_has_found_ended(
    service: FakeService, kept: dict[str, Any], restart: bool, difference: Difference
) -> None:
    task = service.launch(record_id(0))
    setting = {"whenEnded": "restart"} if restart else {}
    olds = outputs(service, task, status="ended", kept=kept, **setting)
    calls, _ = a_process(service, evidence((task, olds)))
    assert diff(calls, olds, **setting) == difference
    assert service.calls == []


def test_a_setting_of_the_provider_changes_what_the_state_says_and_nothing_else(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds)))
    assert diff(calls, olds, whenEnded="restart") == UPDATE
    assert "when_ended changed" in told[0]
    made = calls.update(task.task_id, olds, {**inputs(), "whenEnded": "restart"})
    assert (made["taskId"], made["whenEnded"], service.calls) == (task.task_id, "restart", [])


def test_a_shared_stream_or_record_id_stops_the_old_one_first(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task, publishCdnParams=CDN)
    calls, told = a_process(service, evidence((task, olds)))
    found = diff(calls, olds, publishCdnParams=CDN, recordUrl="https://example.com/new")
    assert found == Difference(True, ("recordUrl",), stop_first=True)
    assert "record_url changed" in told[0]
    assert "stops before" in told[0]


def test_one_that_has_ended_makes_room_by_itself(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task, publishCdnParams=CDN, status="ended")
    calls, _ = a_process(service, evidence((task, olds)))
    assert not diff(calls, olds, publishCdnParams=CDN, recordUrl="https://example.com/new").stop_first


@pytest.mark.parametrize("changed", [{}, {"recordUrl": "https://example.com/new"}])
def test_another_place_is_refused_with_the_way_out(service: FakeService, changed: dict[str, Any]) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task, kept={"runsAt": "https://other.example:443 (ap-singapore)"})
    calls, _ = a_process(service, evidence((task, olds), history=FAILED))
    with pytest.raises(RunsElsewhere, match=r"lecture runs at https://other\.example"):
        diff(calls, olds, **changed)
    for call in (lambda: calls.read(task.task_id, olds), lambda: calls.delete(task.task_id, olds)):
        with pytest.raises(RunsElsewhere):
            call()
    assert service.calls == []


def test_a_refresh_is_told_of_an_end_until_it_is_acknowledged(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, _ = a_process(service, evidence((task, olds), history=FAILED))
    assert calls.diff(task.task_id, olds, olds) == SAME, "a failed update is no drift"
    task.until = 0
    read = calls.read(task.task_id, olds)
    assert (read["status"], calls.diff(task.task_id, read, read)) == ("ended", UPDATE)
    updating, told = a_process(service, evidence((task, read)))
    assert diff(updating, read) == UPDATE
    _, owner = updating.check(inputs(), {**inputs(), "owner": {**OWNER}})
    done = updating.update(task.task_id, read, {**inputs(), "owner": owner})
    assert [line for line in told if "has ended" in line] == [
        'lecture: has ended; when_ended is "keep": `--replace` with its URN starts it again'
    ]
    assert calls.diff(task.task_id, done, done) == SAME
    assert calls.read(task.task_id, done) == done


def test_a_refresh_remembers_that_an_interrupted_deletion_ended_it(service: FakeService) -> None:
    task = service.launch(record_id(0))
    task.until = 0
    olds = outputs(service, task)
    calls, _ = a_process(service, evidence((task, olds), deleting=frozenset({task.task_id})))
    assert calls.read(task.task_id, olds)["__trtc"]["interrupted"]


def test_an_update_looks_once_for_each_failure(service: FakeService) -> None:
    task, left = service.launch(record_id(0)), service.launch(record_id(1))
    olds = outputs(service, task)
    calls, _ = a_process(service, evidence((task, olds), history=FAILED))
    diff(calls, olds)
    _, owner = calls.check(inputs(), {**inputs(), "owner": {**OWNER}})
    done = calls.update(task.task_id, olds, {**inputs(), "owner": owner})
    assert left.ended
    assert not task.ended
    assert done["lastFailure"] == FAILED.newest
    again, _ = a_process(service, evidence((task, done), history=FAILED))
    assert diff(again, done) == SAME


def test_without_evidence_nothing_makes_room_for_what_would_not_start(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task, publishCdnParams=CDN)
    calls, _ = a_process(service, Evidence())
    with pytest.raises(NoEvidence):
        diff(calls, olds, publishCdnParams=CDN, recordUrl="https://example.com/new")


def test_what_a_killed_deletion_stopped_is_started_though_the_first_question_failed(
    service: FakeService,
) -> None:
    task = service.launch(record_id(0))
    task.until = 0
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds), deleting=frozenset({task.task_id})))
    service.fail(DESCRIBE, "FailedOperation.QueryTaskInfoFailed")
    assert diff(calls, olds) == UPDATE
    _, owner = calls.check(inputs(), {**inputs(), "owner": {**OWNER}})
    done = calls.update(task.task_id, olds, {**inputs(), "owner": owner})
    assert "`pulumi up` starts it again" in told[-1]
    again, _ = a_process(service, evidence((task, done)))
    assert diff(again, done) == REPLACE


def test_without_evidence_nothing_is_started_and_nothing_stopped(service: FakeService) -> None:
    stranger = service.launch(record_id(0))
    calls, told = a_process(service, None)
    _, owner = calls.check({}, {**inputs(), "owner": {**OWNER}})
    assert "could not be read" in told[0]
    with pytest.raises(NoEvidence):
        calls.create({**inputs(), "owner": owner})
    assert (service.calls, stranger.ended) == ([], False)


def test_a_state_that_lacks_what_the_engine_has_is_no_evidence(service: FakeService) -> None:
    task = service.launch(record_id(0))
    calls, _ = a_process(service, Evidence())
    olds = outputs(service, task)
    assert diff(calls, olds, recordUrl="https://example.com/new").replaces
    with pytest.raises(NoEvidence, match=task.task_id):
        calls.create(inputs())
    assert service.calls == []


def test_a_destroy_without_evidence_stops_its_own_and_says_what_it_did_not_look_for(
    service: FakeService,
) -> None:
    task = service.launch(record_id(0))
    calls, told = a_process(service, None)
    calls.delete(task.task_id, outputs(service, task))
    assert service.calls == [(STOP, task.task_id)]
    assert "recover" in told[0]


def test_a_destroy_in_a_clean_history_asks_nothing(service: FakeService) -> None:
    task, stranger = service.launch(record_id(0)), service.launch(record_id(1))
    olds = outputs(service, task)
    calls, _ = a_process(service, evidence((task, olds)))
    calls.delete(task.task_id, olds)
    assert (service.calls, stranger.ended) == ([(STOP, task.task_id)], False)


def test_a_destroy_stops_what_killed_updates_left_of_it_and_of_what_was_never_saved(
    service: FakeService,
) -> None:
    task, beside = service.launch(record_id(0)), service.launch(record_id(1))
    other = inputs()
    owner = {**other["owner"], "urn": f"{URN}-two", "recordId": "two-aaaaaaaaaaaaaaaaaaaa-0"}
    gone = service.launch("two-aaaaaaaaaaaaaaaaaaaa-0", **{"SdkAppId": other["sdkAppId"]})
    killed = PendingCreate(f"{URN}-two", {**other, "owner": owner})
    olds = outputs(service, task)
    calls, _ = a_process(service, evidence((task, olds), pending(1), killed))
    calls.delete(task.task_id, olds)
    assert all(one.ended for one in (task, beside, gone))


def test_a_task_that_another_recording_of_the_stack_is_too_runs_on(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    owner = {**OWNER, "urn": f"{URN}-two", "recordId": "two-aaaaaaaaaaaaaaaaaaaa-0"}
    twin = SavedRecording(f"{URN}-two", task.task_id, {**inputs(), "owner": owner}, {"recordId": "x"})
    found = evidence((task, olds))
    state = attrs.evolve(found.state, saved=(*found.state.saved, twin))
    calls, told = a_process(service, attrs.evolve(found, state=state))
    calls.delete(task.task_id, olds)
    assert not task.ended
    assert "lecture-two" in told[0]
    calls.delete(task.task_id, {**olds, "owner": owner, "recordId": "x"})
    assert task.ended, "the last one that goes stops it"


def test_a_task_that_a_create_of_this_update_took_over_is_not_stopped_with_its_old_entry(
    service: FakeService,
) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, _ = a_process(service, Evidence())  # of another stack, which is empty
    _, owner = calls.check({}, {**inputs(), "owner": {**OWNER}})
    service.fail(START, "InternalError", handled=True)
    assert calls.create({**inputs(), "owner": owner})[0] == task.task_id
    calls.delete(task.task_id, olds)
    assert not task.ended


def test_an_old_entry_of_the_same_task_goes_and_the_task_stays(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    found = evidence((task, olds))
    old = attrs.evolve(found.state.saved[0], going=True)
    state = attrs.evolve(found.state, saved=(*found.state.saved, old))
    calls, told = a_process(service, attrs.evolve(found, state=state))
    assert diff(calls, olds) == SAME
    calls.delete(task.task_id, olds)
    assert not task.ended
    assert "runs on" in told[-1]


def test_a_read_of_a_task_that_does_not_run_fails(service: FakeService) -> None:
    calls, _ = a_process(service, None)
    with pytest.raises(NotRunning, match="nowhere"):
        calls.read("nowhere", {})


def test_a_refresh_that_clears_pending_creates_names_what_they_left(service: FakeService) -> None:
    task, left = service.launch(record_id(0)), service.launch(record_id(1))
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds)), clears=True)
    calls.read(task.task_id, olds)
    assert ["`trtc:startWindow`" in told[0], *(left.task_id in line for line in told[1:])] == [True, True]
    assert not left.ended


def test_a_create_tells_where_and_when_and_as_which_attempt_it_runs(service: FakeService) -> None:
    calls, _ = a_process(service, Evidence())
    _, owner = calls.check({}, {**inputs(), "owner": {**OWNER}})
    assert owner == {**OWNER, "recordId": IDENTITY.attempt(0), "attempt": 0}
    task_id, made = calls.create({**inputs(), "owner": owner})
    assert service.calls == [(START, record_id(0))]
    assert made["taskId"] == task_id
    kept = {"startedAt": service.clock.now(), "runsAt": PLACE, "attempt": 0, "checked": 0}
    assert made["__trtc"] == kept


def test_what_a_preview_does_not_know_passes(service: FakeService) -> None:
    calls, _ = a_process(service, Evidence())
    faults, _ = calls.check({}, {**inputs(recordId=UNKNOWN, adopt=UNKNOWN), "owner": UNKNOWN})
    assert faults == ()


def test_a_state_that_does_not_say_who_declares_a_recording_is_refused_and_nothing_is_called_deleted(
    service: FakeService,
) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task, owner=None)
    calls, _ = a_process(service, evidence((task, olds)))
    with pytest.raises(Ownerless, match=task.task_id):
        diff(calls, olds)
    with pytest.raises(Ownerless, match=task.task_id):
        calls.delete(task.task_id, olds)
    assert (service.running(), service.calls) == ([task], [])
