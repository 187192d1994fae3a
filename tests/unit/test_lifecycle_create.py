"""Create: exactly one recording, whatever the service answers and whatever was left before."""

from __future__ import annotations

import pytest

from pulumi_trtc.errors import (
    ApiError,
    NotAdopted,
    NotStarted,
    PageNotRecording,
    RecordingExists,
    StoppedFirst,
)
from tests.support.clock import ManualClock
from tests.support.declared import derived, lifecycle, pending, saved, view, wanted
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService

LOST = "ClientNetworkError"


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


def test_a_first_start_takes_the_first_record_id_and_waits_for_nothing(service: FakeService) -> None:
    made = lifecycle(service)[0].create(wanted(), view())
    assert [(one.task_id, one.record_id) for one in service.running()] == [(made.task_id, f"{derived()}0")]
    assert (service.count(START), service.clock.monotonic()) == (1, 0)


@pytest.mark.parametrize("code", [LOST, "InternalError", "ResourceInsufficient.RequestRejection"])
def test_a_start_that_was_carried_out_and_answered_wrongly_is_taken_over(
    service: FakeService, code: str
) -> None:
    service.fail(START, code, handled=True)
    made = lifecycle(service)[0].create(wanted(), view())
    assert [one.task_id for one in service.running()] == [made.task_id]
    assert service.count(START) == 1


@pytest.mark.parametrize("code", [LOST, "InternalError", "ResourceInsufficient.RequestRejection"])
def test_a_start_that_was_not_carried_out_is_tried_under_the_next_record_id(
    service: FakeService, code: str
) -> None:
    service.fail(START, code)
    made = lifecycle(service)[0].create(wanted(), view())
    assert made.record_id == f"{derived()}1"
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_what_may_be_repeated_ends_after_a_bounded_number_of_tries(service: FakeService) -> None:
    service.fail(START, "InternalError", times=100)
    with pytest.raises(NotStarted, match="InternalError"):
        lifecycle(service)[0].create(wanted(), view())
    assert service.count(START) < 10
    assert service.running() == []


def test_a_refusal_that_cannot_change_is_raised_at_once(service: FakeService) -> None:
    service.fail(START, "FailedOperation.NotAbility")
    with pytest.raises(ApiError, match="NotAbility"):
        lifecycle(service)[0].create(wanted(), view())
    assert service.count(START) == 1


def test_a_record_id_whose_task_has_ended_and_is_not_forgotten_is_passed_over(service: FakeService) -> None:
    service.reusable = False
    for digit in range(5):
        service.launch(f"{derived()}{digit}").until = service.clock.monotonic()
    made = lifecycle(service)[0].create(wanted(), view())
    assert made.record_id == f"{derived()}5"
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_a_killed_create_is_adopted_where_its_inputs_are_the_same(service: FakeService) -> None:
    left = service.launch(f"{derived()}0")
    made = lifecycle(service)[0].create(wanted(), view(pending=(pending(),)))
    assert made.task_id == left.task_id
    assert (service.running(), service.count(START)) == ([left], 0)


def test_a_killed_create_is_found_though_it_had_to_change_its_record_id(service: FakeService) -> None:
    left = service.launch(f"{derived()}2", young=True)
    made = lifecycle(service)[0].create(wanted(), view(pending=(pending(),)))
    assert (made.task_id, service.running()) == (left.task_id, [left])


def test_a_killed_create_with_other_inputs_is_stopped_once_the_new_recording_runs(
    service: FakeService,
) -> None:
    left = service.launch(f"{derived()}0", young=True)
    life, told = lifecycle(service)
    made = life.create(wanted(recordUrl="https://example.com/new"), view(pending=(pending(),)))
    assert [one.task_id for one in service.running()] == [made.task_id]
    order = [action for action, _ in service.calls if action in (START, STOP)]
    assert order == [START, STOP], "no footage is missed"
    assert any(left.task_id in line for line in told)


def test_a_leftover_without_a_trace_is_replaced_because_nobody_knows_what_it_records(
    service: FakeService,
) -> None:
    left = service.launch(f"{derived()}1", young=True)
    made = lifecycle(service)[0].create(wanted(), view(recent=True))
    assert left.ended
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_a_killed_create_is_not_adopted_where_a_failed_update_may_have_left_it(service: FakeService) -> None:
    left = service.launch(f"{derived()}0")
    made = lifecycle(service)[0].create(wanted(), view(pending=(pending(),), failed=True))
    assert left.ended
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_a_forced_replacement_starts_beside_the_old_one_which_the_engine_stops(service: FakeService) -> None:
    old = service.launch(f"{derived()}0")
    made = lifecycle(service)[0].create(wanted(), view(saved=(saved(old),)))
    assert made.record_id == f"{derived()}1"
    assert {one.task_id for one in service.running()} == {old.task_id, made.task_id}


def test_repeated_replacements_go_round_the_record_ids(service: FakeService) -> None:
    current = service.launch(f"{derived()}0")
    for _ in range(25):
        made = lifecycle(service)[0].create(wanted(), view(saved=(saved(current),)))
        current.until = service.clock.monotonic()
        current = next(one for one in service.running() if one.task_id == made.task_id)
        service.clock.advance(60)
    assert service.running() == [current]


def test_without_a_state_all_of_its_own_is_ended_and_one_started(service: FakeService) -> None:
    old = [service.launch(f"{derived()}{digit}") for digit in "0z"]
    life, told = lifecycle(service)
    made = life.create(wanted(), view(readable=False, recent=True))
    assert all(one.ended for one in old)
    assert [one.task_id for one in service.running()] == [made.task_id]
    assert "could not be read" in told[0]


def test_without_a_state_a_start_begins_where_the_next_update_looks_first(service: FakeService) -> None:
    service.launch(f"{derived()}3")
    assert lifecycle(service)[0].create(wanted(), view(readable=False)).record_id == f"{derived()}4"


@pytest.mark.parametrize("trace", [{"failed": True}, {"pending": (pending(),)}])
def test_the_first_attempts_are_looked_at_after_an_interrupted_update(
    service: FakeService, trace: dict[str, object]
) -> None:
    """It may have begun there, if it could not read the state and nothing ran."""
    service.launch(f"{derived()}0")
    ended = service.launch(f"{derived()}7")
    ended.until = service.clock.monotonic()
    made = lifecycle(service)[0].create(wanted(), view(saved=(saved(ended),), **trace))
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_without_a_state_and_a_start_what_ran_runs_on(service: FakeService) -> None:
    old = service.launch(f"{derived()}0")
    service.fail(START, "FailedOperation.NotAllowed")
    with pytest.raises(ApiError):
        lifecycle(service)[0].create(wanted(), view(readable=False, recent=True))
    assert service.running() == [old]


def test_a_recording_of_another_stack_under_the_given_record_id_is_left_alone(service: FakeService) -> None:
    other = service.launch("given", young=True)
    with pytest.raises(RecordingExists, match=other.task_id):
        lifecycle(service)[0].create(wanted(recordId="given"), view())
    assert service.running() == [other]


def test_the_same_with_a_state_that_cannot_be_read(service: FakeService) -> None:
    other = service.launch("given")
    with pytest.raises(RecordingExists):
        lifecycle(service)[0].create(wanted(recordId="given"), view(readable=False, recent=True))
    assert service.running() == [other]


def test_a_given_record_id_is_never_changed(service: FakeService) -> None:
    service.fail(START, "InternalError", times=2)
    made = lifecycle(service)[0].create(wanted(recordId="given"), view())
    assert made.record_id == "given"
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_a_given_record_id_that_is_used_up_asks_for_another(service: FakeService) -> None:
    service.reusable = False
    service.launch("given").until = service.clock.monotonic()
    with pytest.raises(RecordingExists, match="Choose another"):
        lifecycle(service)[0].create(wanted(recordId="given"), view())


def test_a_killed_create_under_a_given_record_id_is_adopted(service: FakeService) -> None:
    left = service.launch("given", young=True)
    made = lifecycle(service)[0].create(wanted(recordId="given"), view(pending=(pending(recordId="given"),)))
    assert (made.task_id, service.running()) == (left.task_id, [left])


def test_a_forced_replacement_under_a_given_record_id_ends_the_old_one_first(service: FakeService) -> None:
    old = service.launch("given")
    made = lifecycle(service)[0].create(wanted(recordId="given"), view(saved=(saved(old),)))
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_the_same_says_so_where_the_new_one_does_not_start(service: FakeService) -> None:
    old = service.launch("given")
    service.fail(START, "FailedOperation.NotAllowed")
    with pytest.raises(StoppedFirst, match=old.task_id):
        lifecycle(service)[0].create(wanted(recordId="given"), view(saved=(saved(old),)))


def test_an_outage_before_the_start_starts_nothing(service: FakeService) -> None:
    service.fail(DESCRIBE, LOST)
    with pytest.raises(ApiError):
        lifecycle(service)[0].create(wanted(), view())
    assert service.count(START) == 0


def test_an_outage_after_the_start_keeps_the_recording_and_remembers_what_to_look_at(
    service: FakeService,
) -> None:
    left = service.launch(f"{derived()}0")
    service.after = lambda action, _: service.fail(DESCRIBE, LOST) if action == START else None
    life, told = lifecycle(service)
    made = life.create(wanted(), view())
    assert made.unsettled == (left.record_id,)
    assert any(left.record_id in line for line in told)
    assert life.settle(wanted(), view(), made.unsettled, made.task_id) == ()
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_the_wait_ends_when_it_records(service: FakeService) -> None:
    made = lifecycle(service)[0].create(wanted(waitUntilRecording=60), view())
    assert [one.task_id for one in service.visible()] == [made.task_id]


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_page_that_does_not_record_in_time_fails_and_nothing_runs(
    service: FakeService, seconds: int
) -> None:
    service.start_delay = 7.5 if seconds == 1 else 1e9
    with pytest.raises(PageNotRecording):
        lifecycle(service)[0].create(wanted(waitUntilRecording=seconds), view())
    assert service.visible() == []
    assert seconds <= service.clock.monotonic() < seconds + 20


def test_the_wait_goes_on_while_the_page_loads(service: FakeService) -> None:
    service.start_delay = 30
    made = lifecycle(service)[0].create(wanted(waitUntilRecording=60), view())
    assert [one.task_id for one in service.visible()] == [made.task_id]


def test_an_outage_in_the_wait_keeps_the_recording(service: FakeService) -> None:
    service.after = lambda action, _: service.fail(DESCRIBE, LOST, times=2) if action == START else None
    made = lifecycle(service)[0].create(wanted(waitUntilRecording=60), view())
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_adopt_takes_a_running_recording_and_starts_none(service: FakeService) -> None:
    running = service.launch("somebody's")
    made = lifecycle(service)[0].create(wanted(adopt=running.task_id), view())
    assert (made.task_id, made.record_id, service.count(START)) == (running.task_id, "somebody's", 0)


def test_adopt_of_a_recording_that_has_ended_is_refused(service: FakeService) -> None:
    with pytest.raises(NotAdopted, match="task-9"):
        lifecycle(service)[0].create(wanted(adopt="task-9"), view())


def test_a_replacement_of_an_adopted_recording_starts_a_new_one(service: FakeService) -> None:
    old = service.launch("somebody's")
    made = lifecycle(service)[0].create(wanted(adopt=old.task_id), view(saved=(saved(old),)))
    assert made.task_id != old.task_id
