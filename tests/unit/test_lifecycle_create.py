"""Create: exactly one recording, whatever the service answers and whatever was left before."""

from __future__ import annotations

import pytest

from pulumi_trtc.errors import (
    ApiError,
    HeldByAnother,
    NotAdopted,
    NotStarted,
    PageNotRecording,
    RecordingExists,
    RunsElsewhere,
    StoppedFirst,
    TrtcError,
    Unresolved,
)
from pulumi_trtc.settings.table import TIMES
from pulumi_trtc.stack.state import HIDDEN, SavedRecording
from tests.support.clock import ManualClock
from tests.support.declared import (
    FAILED,
    URN,
    declared,
    inputs,
    known,
    pending,
    process,
    record_id,
    saved,
    task_ids,
)
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService

LOST = "ClientNetworkError"
OTHER = 1500000000
CDN = [{"publishCdnUrl": "rtmp://live.example.com/app/stream"}]


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


# A clean history


@pytest.mark.parametrize("lately", [False, True])
def test_a_first_start_asks_nothing_and_waits_for_nothing(service: FakeService, lately: bool) -> None:
    made = process(service).create(declared(), known(lately=lately))
    assert [(one.task_id, one.record_id) for one in service.running()] == [(made.task_id, record_id(0))]
    assert (service.calls, service.clock.monotonic()) == ([(START, record_id(0))], 0)


@pytest.mark.parametrize("code", [LOST, "InternalError", "ResourceInsufficient.RequestRejection"])
def test_a_start_that_was_carried_out_and_answered_wrongly_is_taken_over(
    service: FakeService, code: str
) -> None:
    service.fail(START, code, handled=True)
    made = process(service).create(declared(), known())
    assert task_ids(service.running()) == [made.task_id]
    assert service.count(START) == 1


@pytest.mark.parametrize("code", [LOST, "InternalError", "ResourceInsufficient.RequestRejection"])
def test_a_start_that_was_not_carried_out_is_tried_under_the_next_record_id(
    service: FakeService, code: str
) -> None:
    service.fail(START, code)
    made = process(service).create(declared(), known())
    assert (made.record_id, made.attempt) == (record_id(1), 1)
    assert task_ids(service.running()) == [made.task_id]


def test_what_may_be_repeated_ends_after_a_bounded_number_of_tries(service: FakeService) -> None:
    service.fail(START, "InternalError", times=100)
    with pytest.raises(NotStarted, match="InternalError"):
        process(service).create(declared(), known())
    assert service.count(START) < 10
    assert service.running() == []


def test_a_refusal_that_cannot_change_is_raised_at_once(service: FakeService) -> None:
    service.fail(START, "FailedOperation.NotAbility")
    with pytest.raises(ApiError, match="NotAbility"):
        process(service).create(declared(), known())
    assert service.count(START) == 1


def test_a_record_id_whose_task_has_ended_and_is_not_forgotten_is_passed_over(service: FakeService) -> None:
    service.reusable = False
    for number in range(5):
        service.launch(record_id(number)).until = service.clock.monotonic()
    made = process(service).create(declared(), known())
    assert made.record_id == record_id(5)
    assert task_ids(service.running()) == [made.task_id]


@pytest.mark.parametrize("number", [0, 3])
def test_what_was_let_go_runs_on_and_is_named(service: FakeService, number: int) -> None:
    stranger = service.launch(record_id(number))
    here = process(service)
    made = here.create(declared(number), known())
    assert made.record_id == record_id(number + 1)
    assert task_ids(service.running()) == [stranger.task_id, made.task_id]
    assert [stranger.task_id in line and "lecture" in line for line in here.told] == [True]


@pytest.mark.parametrize("owner", [inputs()["owner"], {"recordId": "other-aaaaaaaaaaaaaaaaaaaa-0"}])
def test_a_recording_of_the_stack_that_has_the_record_id_runs_on_unmentioned(
    service: FakeService, owner: dict[str, str]
) -> None:
    task = service.launch(record_id(0))
    other = SavedRecording(f"{URN}s", task.task_id, {**inputs(), "owner": owner}, {"recordId": "another's"})
    here = process(service)
    here.create(declared(), known(other))
    assert not task.ended
    assert here.told == []


# After an interrupted update


def test_a_killed_create_is_adopted_where_its_inputs_are_the_same(service: FakeService) -> None:
    left = service.launch(record_id(0))
    made = process(service).create(declared(1), known(pending()))
    assert (made.task_id, made.attempt, made.foreign) == (left.task_id, 0, False)
    assert (service.running(), service.count(START)) == ([left], 0)


def test_a_killed_create_is_found_though_it_had_to_change_its_record_id(service: FakeService) -> None:
    left = service.launch(record_id(2), young=True)
    made = process(service).create(declared(1), known(pending(), lately=True))
    assert (made.task_id, made.attempt) == (left.task_id, 2)
    assert service.running() == [left]


def test_a_killed_create_with_other_inputs_is_stopped_once_the_new_recording_runs(
    service: FakeService,
) -> None:
    left = service.launch(record_id(0), young=True)
    here = process(service)
    made = here.create(declared(1, recordUrl="https://example.com/new"), known(pending(), lately=True))
    assert task_ids(service.running()) == [made.task_id]
    order = [action for action, _ in service.calls if action in (START, STOP)]
    assert order == [START, STOP], "no footage is missed"
    assert any(left.task_id in line for line in here.told)


def test_one_that_pushes_to_a_stream_makes_room_first(service: FakeService) -> None:
    service.launch(record_id(0))
    wanted = declared(1, publishCdnParams=CDN, recordUrl="https://example.com/new")
    made = process(service).create(wanted, known(pending(publishCdnParams=CDN)))
    assert task_ids(service.running()) == [made.task_id]
    assert [action for action, _ in service.calls if action in (START, STOP)] == [STOP, START]


def test_a_leftover_of_a_failed_update_is_replaced_because_nobody_knows_what_it_records(
    service: FakeService,
) -> None:
    left = service.launch(record_id(1), young=True)
    made = process(service).create(declared(), known(history=FAILED, lately=True))
    assert left.ended
    assert task_ids(service.running()) == [made.task_id]


def test_a_killed_create_is_not_adopted_where_a_failed_update_may_have_left_it(service: FakeService) -> None:
    left = service.launch(record_id(0))
    made = process(service).create(declared(1), known(pending(), history=FAILED))
    assert left.ended
    assert task_ids(service.running()) == [made.task_id]


def test_a_killed_create_that_was_dealt_with_is_no_cause(service: FakeService) -> None:
    current, stranger = service.launch(record_id(1)), service.launch(record_id(0))
    made = process(service).create(declared(2), known(saved(current, 1), pending(0)))
    assert made.record_id == record_id(2)
    assert not stranger.ended
    assert service.calls[0] == (START, record_id(2))


def test_what_a_killed_update_could_not_have_used_is_not_asked_for(service: FakeService) -> None:
    process(service).create(declared(1), known(pending()))
    asked = [what for action, what in service.calls if action == DESCRIBE]
    assert len(asked) == len(set(asked)) == 3


@pytest.mark.parametrize("apps", [(OTHER,), (OTHER, OTHER + 1)])
def test_what_was_left_in_other_applications_is_stopped(service: FakeService, apps: tuple[int, ...]) -> None:
    left = [service.launch(record_id(number), SdkAppId=app) for number, app in enumerate(apps)]
    killed = [pending(number, sdkAppId=float(app)) for number, app in enumerate(apps)]
    made = process(service).create(declared(len(apps)), known(*killed))
    assert all(one.ended for one in left)
    assert task_ids(service.running()) == [made.task_id]
    assert made.unsettled == ()


def test_what_cannot_be_stopped_is_stopped_later(service: FakeService) -> None:
    service.launch(record_id(0), SdkAppId=OTHER)
    service.fail(STOP, "InternalError")
    here = process(service)
    made = here.create(declared(1), known(pending(sdkAppId=float(OTHER))))
    assert made.unsettled == (f"{OTHER}/{record_id(0)}",)
    current = next(one for one in service.running() if one.task_id == made.task_id)
    again = known(saved(current, 1, outputs={"unsettled": list(made.unsettled)}))
    assert here.look_again(declared(1), again) == ()
    assert task_ids(service.running()) == [made.task_id]


@pytest.mark.parametrize("code", ["SdkAppIdNotUnderAppId", "SdkAppIdNotExist"])
def test_an_application_that_the_account_does_not_have_holds_nothing_of_ours(
    service: FakeService, code: str
) -> None:
    service.fail(DESCRIBE, f"FailedOperation.{code}", times=3)
    made = process(service).create(declared(1), known(pending(sdkAppId=float(OTHER))))
    assert task_ids(service.running()) == [made.task_id]


def test_an_encrypted_application_is_looked_for_in_the_declared_one(service: FakeService) -> None:
    left = service.launch(record_id(0))
    sealed = {"4dabf18193072939515e22adb298388d": "1b47", "ciphertext": "v1:x"}
    made = process(service).create(declared(1), known(pending(sdkAppId=sealed)))
    assert left.ended
    assert task_ids(service.running()) == [made.task_id]


def test_an_outage_before_the_start_starts_nothing(service: FakeService) -> None:
    service.fail(DESCRIBE, LOST)
    with pytest.raises(ApiError):
        process(service).create(declared(1), known(pending()))
    assert service.count(START) == 0


def test_leftovers_that_fill_the_application_are_stopped(service: FakeService) -> None:
    left = service.launch(record_id(0))
    service.fail(START, "ResourceInsufficient.RequestRejection", times=10)
    with pytest.raises(NotStarted):
        process(service).create(declared(1, recordUrl="https://example.com/new"), known(pending()))
    assert left.ended


# Replacements


def test_a_replacement_starts_beside_the_old_one_and_returns_when_it_records(service: FakeService) -> None:
    old = service.launch(record_id(0))
    made = process(service).create(declared(1), known(saved(old)))
    assert made.record_id == record_id(1)
    assert set(task_ids(service.visible())) == {old.task_id, made.task_id}


def test_a_replacement_that_does_not_record_is_stopped_and_the_old_one_runs_on(service: FakeService) -> None:
    old = service.launch(record_id(0))
    service.start_delay = 1e9
    with pytest.raises(PageNotRecording, match="old recording runs on"):
        process(service).create(declared(1), known(saved(old)))
    assert service.visible() == [old]


@pytest.mark.parametrize(
    "code", ["FailedOperation.NotAbility", "ResourceInsufficient.RequestRejection", "InternalError", LOST]
)
def test_a_replacement_that_is_refused_says_that_the_old_one_runs_on(service: FakeService, code: str) -> None:
    old = service.launch(record_id(0))
    service.fail(START, code, times=20)
    here = process(service)
    with pytest.raises(TrtcError):
        here.create(declared(1), known(saved(old)))
    assert service.running() == [old]
    assert here.told[-1] == f"lecture: task {old.task_id}, which it was to replace, runs on."


def test_an_outage_while_a_replacement_is_waited_for_keeps_the_old_one(service: FakeService) -> None:
    old = service.launch(record_id(0))
    service.after = lambda action, _: service.fail(DESCRIBE, LOST) if action == START else None
    with pytest.raises((ApiError, Unresolved)):
        process(service).create(declared(1), known(saved(old)))
    assert not old.ended


@pytest.mark.parametrize("outputs", [{"status": "ended"}])
def test_a_recording_that_has_ended_is_replaced_at_once(
    service: FakeService, outputs: dict[str, str]
) -> None:
    old = service.launch(record_id(0))
    old.until = service.clock.monotonic()
    process(service).create(declared(1), known(saved(old, outputs=outputs)))
    assert service.clock.monotonic() == 0


def test_repeated_replacements_go_round_the_record_ids(service: FakeService) -> None:
    current, number = service.launch(record_id(0)), 0
    for _ in range(40):
        of = known(saved(current, number))
        made = process(service).create(declared(of.newest_attempt + 1), of)
        current.until = service.clock.monotonic()
        current = next(one for one in service.running() if one.task_id == made.task_id)
        number = made.attempt
        service.clock.advance(60)
    assert service.running() == [current]
    assert number == 40


def test_a_forced_replacement_of_a_relayed_recording_stops_it_first(service: FakeService) -> None:
    old = service.launch(record_id(0))
    made = process(service).create(
        declared(1, publishCdnParams=CDN), known(saved(old, publishCdnParams=CDN)), forced=True
    )
    assert [action for action, _ in service.calls][:2] == [STOP, START]
    assert task_ids(service.running()) == [made.task_id]


def test_nothing_is_started_while_the_old_one_runs_elsewhere(service: FakeService) -> None:
    old = service.launch(record_id(0))
    there = saved(old, outputs={HIDDEN: {"attempt": 0, "runsAt": "https://other.example:443 (ap-singapore)"}})
    with pytest.raises(RunsElsewhere, match=r"other\.example"):
        process(service).create(declared(1), known(there))
    assert service.calls == []


# A RecordId that the user gave


def test_an_unknown_recording_under_the_given_record_id_is_left_alone(service: FakeService) -> None:
    other = service.launch("given", young=True)
    with pytest.raises(RecordingExists, match=other.task_id):
        process(service).create(declared(recordId="given"), known())
    assert service.running() == [other]


def test_the_same_after_a_killed_create_with_other_inputs(service: FakeService) -> None:
    other = service.launch("given")
    killed = pending(recordId="given", recordUrl="https://example.com/before")
    with pytest.raises(RecordingExists, match=other.task_id):
        process(service).create(declared(1, recordId="given"), known(killed))
    assert service.running() == [other]


def test_the_same_in_another_application(service: FakeService) -> None:
    theirs = service.launch("shared", SdkAppId=OTHER)
    with pytest.raises(RecordingExists, match=theirs.task_id):
        process(service).create(declared(1), known(pending(sdkAppId=float(OTHER), recordId="shared")))
    assert service.running() == [theirs]


def test_another_recording_of_the_stack_that_has_it_is_named(service: FakeService) -> None:
    task = service.launch("given")
    owner = {"identity": "other-aaaaaaaaaaaaaaaaaaaa-0"}
    holder = SavedRecording(f"{URN}-one", task.task_id, {"owner": owner}, {"recordId": "given"})
    with pytest.raises(HeldByAnother, match=r"(?s)lecture-one.*alias"):
        process(service).create(declared(recordId="given"), known(holder))
    assert service.running() == [task]


def test_a_given_record_id_is_never_changed(service: FakeService) -> None:
    service.fail(START, "InternalError", times=2)
    made = process(service).create(declared(recordId="given"), known())
    assert made.record_id == "given"
    assert task_ids(service.running()) == [made.task_id]


def test_a_given_record_id_that_is_used_up_asks_for_another(service: FakeService) -> None:
    service.reusable = False
    service.launch("given").until = service.clock.monotonic()
    with pytest.raises(RecordingExists, match="Choose another"):
        process(service).create(declared(recordId="given"), known())


def test_a_killed_create_under_a_given_record_id_is_adopted(service: FakeService) -> None:
    left = service.launch("given", young=True)
    made = process(service).create(
        declared(1, recordId="given"), known(pending(recordId="given"), lately=True)
    )
    assert (made.task_id, service.running()) == (left.task_id, [left])


def test_a_forced_replacement_under_a_given_record_id_ends_the_old_one_first(service: FakeService) -> None:
    old = service.launch("given")
    of = known(saved(old, recordId="given"))
    made = process(service).create(declared(1, recordId="given"), of, forced=True)
    assert task_ids(service.running()) == [made.task_id]


@pytest.mark.parametrize("code", [LOST, "InternalError"])
def test_the_old_one_is_not_taken_for_the_new_one_whose_answer_was_lost(
    service: FakeService, code: str
) -> None:
    old = service.launch("given")
    service.fail(START, code, handled=True)
    of = known(saved(old, recordId="given"))
    made = process(service).create(declared(1, recordId="given"), of, forced=True)
    assert old.ended
    assert task_ids(service.running()) == [made.task_id]


def test_the_same_says_so_where_the_new_one_does_not_start(service: FakeService) -> None:
    old = service.launch("given")
    of = known(saved(old, recordId="given"))
    service.after = lambda action, _: (
        service.fail(START, "FailedOperation.NotAllowed") if action == STOP else None
    )
    with pytest.raises(StoppedFirst, match=old.task_id):
        process(service).create(declared(1, recordId="given"), of, forced=True)


def test_what_a_killed_create_started_is_found_though_its_page_still_loads(service: FakeService) -> None:
    service.start_delay = 5 + 30
    service.launch(record_id(0), young=True)
    service.clock.advance(10)
    here = process(service, TIMES["startWindow"].default)
    made = here.create(declared(), known(pending(), history=FAILED, lately=True))
    service.clock.advance(60)
    assert task_ids(service.running()) == [made.task_id]


# Waiting and adopting


def test_the_wait_ends_when_it_records(service: FakeService) -> None:
    made = process(service).create(declared(waitUntilRecording=60), known())
    assert task_ids(service.visible()) == [made.task_id]


def test_a_page_that_loads_far_longer_than_the_start_window_is_waited_for(service: FakeService) -> None:
    service.start_delay = 50
    old = service.launch(record_id(0))
    for of, wanted in ((known(), declared(waitUntilRecording=60)), (known(saved(old)), declared(1))):
        made = process(service).create(wanted, of)
        assert made.task_id in task_ids(service.visible())


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_page_that_does_not_record_in_time_fails_and_nothing_runs(
    service: FakeService, seconds: int
) -> None:
    service.start_delay = 7.5 if seconds == 1 else 1e9
    with pytest.raises(PageNotRecording):
        process(service).create(declared(waitUntilRecording=seconds), known())
    assert seconds <= service.clock.monotonic() < seconds + 20
    service.clock.advance(100)
    assert service.visible() == [], "it was stopped as soon as it could be found"


def test_an_outage_in_the_wait_of_a_first_start_keeps_the_recording(service: FakeService) -> None:
    service.after = lambda action, _: service.fail(DESCRIBE, LOST, times=2) if action == START else None
    made = process(service).create(declared(waitUntilRecording=60), known())
    assert task_ids(service.running()) == [made.task_id]


def test_adopt_takes_a_running_recording_and_starts_none(service: FakeService) -> None:
    running = service.launch("somebody's")
    made = process(service).create(declared(adopt=running.task_id), known())
    assert (made.task_id, made.record_id, made.foreign) == (running.task_id, "somebody's", True)
    assert service.count(START) == 0


def test_adopt_of_a_recording_that_has_ended_is_refused(service: FakeService) -> None:
    with pytest.raises(NotAdopted, match="task-9"):
        process(service).create(declared(adopt="task-9"), known())


def test_adopt_of_another_recording_s_task_is_refused(service: FakeService) -> None:
    task = service.launch("somebody's")
    other = SavedRecording(f"{URN}-one", task.task_id, {"owner": {"recordId": "o-aaaaaaaaaaaaaaaaaaaa-0"}})
    with pytest.raises(HeldByAnother, match="lecture-one"):
        process(service).create(declared(adopt=task.task_id), known(other))


def test_a_replacement_of_an_adopted_recording_starts_a_new_one(service: FakeService) -> None:
    old = service.launch("somebody's")
    made = process(service).create(declared(1, adopt=old.task_id), known(saved(old, adopt=old.task_id)))
    assert made.task_id != old.task_id
