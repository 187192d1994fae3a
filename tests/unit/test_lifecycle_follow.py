"""Asking, stopping, and what is looked at after an update that failed."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_trtc.errors import ApiError, RunsElsewhere
from pulumi_trtc.settings.table import TIMES
from pulumi_trtc.stack.state import HIDDEN
from tests.support.clock import ManualClock
from tests.support.declared import FAILED, WINDOW, declared, known, pending, process, record_id, saved
from tests.support.fake_service import DESCRIBE, STOP, FakeService

ELSEWHERE = {"taskId": "t", HIDDEN: {"runsAt": "https://other.example:443 (ap-singapore)"}}


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


def aged(service: FakeService, seconds: float) -> dict[str, Any]:
    """Outputs of a recording that was started so long ago."""
    return {HIDDEN: {"startedAt": service.clock.now() - seconds}}


def test_a_running_task_is_told(service: FakeService) -> None:
    task = service.launch("r")
    described = process(service).lifecycle.ask(task.task_id, {})
    assert described is not None
    assert described.record_id == "r"


def test_an_old_task_has_ended_as_soon_as_it_is_not_found(service: FakeService) -> None:
    assert process(service).lifecycle.ask("gone", aged(service, 60)) is None
    assert service.clock.monotonic() == 0


@pytest.mark.parametrize("seconds", [0, 3, -3, -86400])
def test_a_young_task_is_not_taken_for_ended_whatever_the_clock_of_its_starter(
    service: FakeService, seconds: float
) -> None:
    task = service.launch("r", young=True)
    assert process(service).lifecycle.ask(task.task_id, aged(service, seconds)) is not None
    assert service.clock.monotonic() <= WINDOW + 1


@pytest.mark.parametrize("call", ["ask", "delete"])
def test_by_default_a_page_may_load_half_a_minute_in_which_nothing_is_found(
    service: FakeService, call: str
) -> None:
    """Whoever asks or destroys meanwhile takes it for no end, and leaves nothing that records later."""
    service.start_delay = 5 + 30
    task = service.launch("r", young=True)
    service.clock.advance(10)
    window = TIMES["startWindow"].default
    getattr(process(service, window).lifecycle, call)(task.task_id, aged(service, 10))
    assert service.visible() == ([task] if call == "ask" else [])
    assert task.ended is (call == "delete")


def test_one_of_an_earlier_version_may_be_young(service: FakeService) -> None:
    task = service.launch("r", young=True)
    assert process(service).lifecycle.ask(task.task_id, {}) is not None


def test_an_outage_is_never_taken_for_an_end(service: FakeService) -> None:
    service.fail(DESCRIBE, "ServiceUnavailable")
    with pytest.raises(ApiError):
        process(service).lifecycle.ask("any", {})


def test_a_task_is_stopped(service: FakeService) -> None:
    task = service.launch("r")
    process(service).lifecycle.delete(task.task_id, aged(service, 60))
    assert task.ended
    assert service.calls == [(STOP, task.task_id)]


def test_a_task_that_has_not_begun_is_stopped_as_soon_as_it_has(service: FakeService) -> None:
    task = service.launch("r", young=True)
    process(service).lifecycle.delete(task.task_id, aged(service, 0))
    assert task.ended


def test_stopping_an_ended_task_succeeds_at_once(service: FakeService) -> None:
    process(service).lifecycle.delete("gone", aged(service, 60))
    assert service.clock.monotonic() == 0


def test_a_stop_that_failed_is_reported(service: FakeService) -> None:
    task = service.launch("r")
    service.fail(STOP, "UnauthorizedOperation")
    with pytest.raises(ApiError):
        process(service).lifecycle.delete(task.task_id, {})


@pytest.mark.parametrize("call", ["ask", "delete"])
def test_nothing_is_asked_or_stopped_at_another_place(service: FakeService, call: str) -> None:
    with pytest.raises(RunsElsewhere, match=r"(?s)other\.example.*state delete"):
        getattr(process(service).lifecycle, call)("t", ELSEWHERE)
    assert service.calls == []


def test_one_that_ended_elsewhere_needs_no_stop(service: FakeService) -> None:
    process(service).lifecycle.delete("t", {**ELSEWHERE, "status": "ended"})
    assert service.calls == []


@pytest.mark.parametrize("cause", ["failed", "killed"])
def test_after_an_interrupted_update_what_runs_beside_the_recording_is_stopped(
    service: FakeService, cause: str
) -> None:
    current = service.launch(record_id(0))
    beside = service.launch(record_id(2), young=True)
    of = (
        known(saved(current), history=FAILED, lately=True)
        if cause == "failed"
        else known(saved(current), pending(1), lately=True)
    )
    assert process(service).look_again(declared(), of) == ()
    assert beside.ended
    assert service.running() == [current]


def test_in_a_clean_history_nobody_is_asked_and_nothing_is_stopped(service: FakeService) -> None:
    current, stranger = service.launch(record_id(0)), service.launch(record_id(1))
    assert process(service).look_again(declared(), known(saved(current))) == ()
    assert (service.running(), service.calls) == ([current, stranger], [])


def test_a_refresh_that_clears_pending_creates_names_what_they_may_have_left(service: FakeService) -> None:
    current, left = service.launch(record_id(0)), service.launch(record_id(1), young=True)
    here = process(service)
    here.lifecycle.name_cleared(declared(), known(saved(current)))
    assert left.task_id in here.told[-1]
    assert not left.ended


def test_a_long_wait_is_told_once(service: FakeService) -> None:
    here = process(service, 40)
    for _ in range(3):
        here.lifecycle.name_cleared(declared(), known(saved(service.launch(record_id(0)))))
    assert [line for line in here.told if "startWindow" in line] == [
        "Waits 40 s at most, until what was started just before can be found (`trtc:startWindow`)."
    ]


def test_under_a_given_record_id_only_what_is_declared_is_stopped(service: FakeService) -> None:
    current, theirs = service.launch(record_id(0)), service.launch("given")
    here = process(service)
    killed = pending(1, recordId="given", recordUrl="https://example.com/other")
    here.look_again(declared(), known(saved(current), killed))
    assert not theirs.ended
    assert any(theirs.task_id in line for line in here.told)


def test_after_a_failed_update_the_recording_itself_is_no_leftover(service: FakeService) -> None:
    current = service.launch("given")
    here = process(service)
    here.look_again(declared(recordId="given"), known(saved(current, recordId="given"), history=FAILED))
    assert (current.ended, here.told) == (False, [])
