"""Leftovers of killed updates that ran under other conditions than this one."""

from __future__ import annotations

import attrs
import pytest

from pulumi_trtc.errors import RecordingExists
from pulumi_trtc.lifecycle.record_id import derive
from pulumi_trtc.stack.state import PendingCreate
from tests.support.clock import ManualClock
from tests.support.declared import OWNER, URN, derived, inputs, lifecycle, pending, view, wanted
from tests.support.fake_service import DESCRIBE, STOP, FakeService

OTHER = 1500000000


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


def test_what_was_left_in_another_application_is_stopped(service: FakeService) -> None:
    service.launch(f"{derived()}3", SdkAppId=OTHER)
    made = lifecycle(service)[0].create(wanted(), view(pending=(pending(sdkAppId=float(OTHER)),)))
    assert [one.task_id for one in service.running()] == [made.task_id]
    assert made.unsettled == ()


def test_what_cannot_be_stopped_in_another_application_is_stopped_later(service: FakeService) -> None:
    service.launch(f"{derived()}0", SdkAppId=OTHER)
    service.fail(STOP, "InternalError")
    life, _ = lifecycle(service)
    made = life.create(wanted(), view(pending=(pending(sdkAppId=float(OTHER)),)))
    assert made.unsettled == (f"{OTHER}/{derived()}0",)
    assert life.settle(wanted(), view(), made.unsettled, made.task_id) == ()
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_an_application_of_another_account_holds_nothing_of_ours(service: FakeService) -> None:
    """A killed create named it by mistake; it must not make every later update fail."""
    service.fail(DESCRIBE, "FailedOperation.SdkAppIdNotUnderAppId", times=36)
    made = lifecycle(service)[0].create(wanted(), view(pending=(pending(sdkAppId=float(OTHER)),)))
    assert [one.task_id for one in service.running()] == [made.task_id]


def test_a_given_record_id_of_another_application_is_not_ours_to_stop(service: FakeService) -> None:
    theirs = service.launch("shared", SdkAppId=OTHER)
    killed = view(pending=(pending(sdkAppId=float(OTHER), recordId="shared"),))
    with pytest.raises(RecordingExists) as refused:
        lifecycle(service)[0].create(wanted(), killed)
    assert (refused.value.record_id, refused.value.task_id) == ("shared", theirs.task_id)
    assert service.running() == [theirs]


def test_what_was_left_while_the_backend_could_not_be_told_is_taken_over(service: FakeService) -> None:
    unknown = derive("", OWNER["stack"], URN)
    left = service.launch(unknown)
    killed = PendingCreate(URN, inputs() | {"owner": OWNER | {"recordId": unknown}})
    made = lifecycle(service)[0].create(wanted(), view(pending=(killed,)))
    assert (made.task_id, made.record_id) == (left.task_id, unknown)
    assert service.running() == [left]


def test_what_a_killed_update_could_not_have_used_is_not_asked_for(service: FakeService) -> None:
    lifecycle(service)[0].create(wanted(), view(pending=(pending(),)))
    asked = [what for action, what in service.calls if action == DESCRIBE]
    assert len(asked) == len(set(asked))
    assert all(one.startswith(derived()) for one in asked)


def test_an_encrypted_application_is_no_trace(service: FakeService) -> None:
    killed = attrs.evolve(pending(), inputs=inputs() | {"sdkAppId": {"ciphertext": "…"}})
    lifecycle(service)[0].create(wanted(), view(pending=(killed,)))
    assert len(service.running()) == 1
