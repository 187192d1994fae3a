"""Read, delete and what is looked at after an update that failed."""

from __future__ import annotations

import pytest

from pulumi_trtc.errors import ApiError
from tests.support.clock import ManualClock
from tests.support.declared import WINDOW, derived, lifecycle, saved, view, wanted
from tests.support.fake_service import DESCRIBE, STOP, FakeService


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


def yes() -> bool:
    return True


def no() -> bool:
    return False


def test_a_running_task_is_read(service: FakeService) -> None:
    task = service.launch("r")
    described = lifecycle(service)[0].read(task.task_id, no)
    assert described is not None
    assert described.record_id == "r"


def test_an_ended_task_is_gone_at_once_where_nothing_was_started_lately(service: FakeService) -> None:
    assert lifecycle(service)[0].read("gone", no) is None
    assert service.clock.monotonic() == 0


def test_a_young_task_is_not_taken_for_gone(service: FakeService) -> None:
    task = service.launch("r", young=True)
    assert lifecycle(service)[0].read(task.task_id, yes) is not None


def test_an_outage_is_never_taken_for_gone(service: FakeService) -> None:
    service.fail(DESCRIBE, "ServiceUnavailable")
    with pytest.raises(ApiError):
        lifecycle(service)[0].read("any", yes)


def test_a_task_is_stopped(service: FakeService) -> None:
    task = service.launch("r")
    lifecycle(service)[0].delete(task.task_id, no)
    assert task.ended


def test_a_task_that_has_not_begun_is_stopped_as_soon_as_it_has(service: FakeService) -> None:
    task = service.launch("r", young=True)
    lifecycle(service)[0].delete(task.task_id, yes)
    assert task.ended


@pytest.mark.parametrize(("recent", "waits"), [(no, 0), (yes, WINDOW)])
def test_stopping_an_ended_task_succeeds(service: FakeService, recent: object, waits: float) -> None:
    lifecycle(service)[0].delete("gone", recent)  # type: ignore[arg-type]
    assert waits <= service.clock.monotonic() <= waits + 1


def test_a_stop_that_failed_is_reported(service: FakeService) -> None:
    task = service.launch("r")
    service.fail(STOP, "UnauthorizedOperation")
    with pytest.raises(ApiError):
        lifecycle(service)[0].delete(task.task_id, no)


def test_after_a_failed_update_what_runs_beside_the_recording_is_stopped(service: FakeService) -> None:
    current = service.launch(f"{derived()}0")
    beside = service.launch(f"{derived()}2", young=True)
    known = view(saved=(saved(current),), recent=True, failed=True)
    life, _ = lifecycle(service)
    assert life.settle(wanted(), known, (), current.task_id) == ()
    assert beside.ended
    assert service.running() == [current]


def test_a_refresh_names_what_runs_beside_the_recording_and_stops_nothing(service: FakeService) -> None:
    current = service.launch(f"{derived()}0")
    beside = service.launch(f"{derived()}1")
    assert lifecycle(service)[0].beside(wanted(), view(saved=(saved(current),))) == (beside.record_id,)
    assert len(service.running()) == 2


def test_with_a_state_that_cannot_be_read_nothing_beside_is_touched(service: FakeService) -> None:
    service.launch(f"{derived()}1")
    assert lifecycle(service)[0].beside(wanted(), view(readable=False)) == ()
