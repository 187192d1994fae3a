"""What a state and a history say of one recording."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pulumi_trtc.lifecycle.decide import Holder
from pulumi_trtc.lifecycle.known import Index, Known, Place, same_recording
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.history import FailedCommand, History
from pulumi_trtc.stack.state import PendingCreate, SavedRecording, State
from tests.support.clock import ManualClock
from tests.support.declared import (
    BACKEND,
    FAILED,
    IDENTITY,
    URN,
    declared,
    inputs,
    known,
    pending,
    record_id,
    saved,
)
from tests.support.fake_service import Task

TASK = Task("task", record_id(0), {}, 0.0)
OTHER = Identity("other-aaaaaaaaaaaaaaaaaaaa-")
DESTROYED = History((FailedCommand("s", "destroy", "s"),), 1)


def of_version_0_1_0(**outputs: Any) -> SavedRecording:
    """What 0.1.0 stored: no attempt, no hidden output."""
    owner = {key: value for key, value in inputs()["owner"].items() if key != "attempt"}
    return SavedRecording(URN, "task", {**inputs(), "owner": owner}, {"recordId": record_id(3), **outputs})


def killed_of_version_0_1_0() -> PendingCreate:
    owner = {key: value for key, value in inputs()["owner"].items() if key != "attempt"}
    return PendingCreate(URN, {**inputs(), "owner": owner})


def test_a_clean_history_has_no_cause() -> None:
    of = known(saved(TASK))
    assert (of.has_cause, of.words_for("task"), of.newest_attempt) == (False, "", 0)


@pytest.mark.parametrize(("attempt", "cause"), [(0, False), (1, True)])
def test_a_killed_create_is_a_cause_until_a_later_attempt_is_saved(attempt: int, cause: bool) -> None:
    of = known(saved(TASK, 0), pending(attempt))
    assert of.has_cause == cause
    assert of.newest_attempt == attempt


def test_a_killed_create_is_no_cause_once_it_was_looked_through() -> None:
    looked = saved(TASK, 0, outputs={"__trtc": {"attempt": 0, "checked": 2}})
    assert not known(looked, pending(2)).has_cause
    assert known(looked, pending(3)).has_cause
    assert known(looked).newest_attempt == 2


def test_attempts_of_cleared_pending_creates_are_not_used_again() -> None:
    looked = saved(TASK, 0, outputs={"__trtc": {"attempt": 0, "checked": 2}})
    assert known(looked).newest_attempt == 2


def test_a_killed_create_of_version_0_1_0_is_a_cause_until_this_version_has_looked() -> None:
    assert known(of_version_0_1_0(), killed_of_version_0_1_0()).has_cause
    assert not known(saved(TASK), killed_of_version_0_1_0()).has_cause
    assert known(of_version_0_1_0()).newest_attempt == 3


@pytest.mark.parametrize(
    ("history", "looks", "asks"), [(History(), False, False), (FAILED, True, True), (DESTROYED, False, True)]
)
def test_a_failed_update_may_have_left_something_and_a_failed_destroy_only_stopped_something(
    history: History, looks: bool, asks: bool
) -> None:
    of = known(attrs.evolve(saved(TASK), outputs={"recordId": record_id(0)}), history=history)
    assert (of.has_cause, bool(of.words_for("task"))) == (looks, asks)
    assert of.is_interrupted("task") == (history is DESTROYED)


def test_a_recording_that_was_looked_at_since_is_not_to_check() -> None:
    of = known(saved(TASK, outputs={"lastFailure": FAILED.newest}), history=FAILED)
    assert not of.has_cause
    assert known(saved(TASK, outputs={"lastFailure": ""}), history=FAILED).has_cause


def test_a_deletion_that_was_killed_is_to_check() -> None:
    evidence = Evidence(State((saved(TASK),), deleting=frozenset({"task"})))
    of = Index.of(evidence, lambda: BACKEND).known({IDENTITY})
    assert (of.is_interrupted("task"), of.is_interrupted("another")) == (True, False)
    assert of.words_for("task")


@pytest.mark.parametrize(
    ("of", "holder"),
    [
        (known(saved(TASK)), Holder.OURS),
        (
            known(attrs.evolve(saved(TASK), inputs={"owner": {"recordId": OTHER.attempt(0)}}, outputs={})),
            Holder.ANOTHER,
        ),
        (known(pending()), Holder.WANTED),
        (known(pending(), pending(1)), Holder.WANTED),
        (known(pending(), pending(1, recordUrl="https://example.com/2")), Holder.LEFTOVER),
        (known(pending(), history=FAILED), Holder.LEFTOVER),
        (known(history=FAILED), Holder.LEFTOVER),
        (known(history=DESTROYED), Holder.STRANGER),
        (known(), Holder.STRANGER),
    ],
)
def test_who_has_a_task(of: Known, holder: Holder) -> None:
    assert of.holder("task", declared()) is holder


def test_a_recording_is_known_by_each_of_its_identities_and_never_by_its_name() -> None:
    moved = attrs.evolve(saved(TASK), inputs={**inputs(), "owner": {"recordId": OTHER.attempt(0)}})
    evidence = Evidence(State((moved,)))
    assert Index.of(evidence, lambda: BACKEND).known({IDENTITY}).current is moved, "by its RecordId"
    assert Index.of(evidence, lambda: BACKEND).known({OTHER}).current is moved, "by its owner"
    elsewhere = Identity("elsew-aaaaaaaaaaaaaaaaaaaa-")
    assert Index.of(evidence, lambda: BACKEND).known({elsewhere}).current is None


def test_what_a_stack_only_reads_is_nobody_s() -> None:
    read = attrs.evolve(saved(TASK), read=True)
    of = known(read)
    assert (of.current, of.holder("task", declared())) == (None, Holder.STRANGER)
    assert of.evidence.state.knows("task")


def test_killed_creates_whose_recording_is_gone_are_found() -> None:
    gone = PendingCreate("urn::gone", {"owner": {"recordId": OTHER.attempt(0)}, "sdkAppId": 1.0})
    evidence = Evidence(State((saved(TASK),), (pending(1), gone)))
    found = Index.of(evidence, lambda: BACKEND).undeclared(lambda _provider: True)
    assert [(one.name, one.identity) for one in found] == [("gone", OTHER)]


def test_a_place_is_read_as_it_is_written() -> None:
    assert Place.parse(str(Place(7, "r-0")), 1) == Place(7, "r-0")
    assert Place.parse("r-0", 1) == Place(1, "r-0")


SEALED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({}, True),
        ({"recordUrl": "https://example.com/2"}, False),
        ({"whenEnded": "restart"}, True),
        ({"publishCdnParams": SEALED}, False),
        ({"recordUrl": SEALED}, False),
        ({"webRecordVideoParams": {"width": 2}}, False),
    ],
)
def test_a_pending_create_asks_for_the_same_or_it_cannot_be_told(changed: dict[str, Any], same: bool) -> None:
    assert same_recording(inputs(**changed), inputs()) == same


def test_encrypted_storage_keys_do_not_tell_recordings_apart() -> None:
    stored = inputs()["storageParams"]["cloudStorage"]
    sealed = {"cloudStorage": {**stored, "accessKey": SEALED, "secretKey": SEALED}}
    assert same_recording(inputs(storageParams=sealed), inputs())


@pytest.mark.parametrize(
    ("mine", "others", "found"),
    [
        ("a", ("a", "a"), 2),
        ("a", ("a", "b"), 1),
        (None, ("a", "a"), 2),
        # Nothing tells which provider's process this is.
        (None, ("a", "b"), 0),
    ],
)
def test_only_a_recording_of_the_same_provider_may_be_one_that_is_declared_no_more(
    mine: str | None, others: tuple[str, ...], found: int
) -> None:
    saved_ = [attrs.evolve(of_version_0_1_0(), provider=mine)] if mine else []
    for number, provider in enumerate(others):
        owner = {"stack": "organization/demo/dev", "urn": f"{URN}{number}"}
        given, shown = {**inputs(), "owner": owner}, {"status": "recording"}
        saved_.append(SavedRecording(owner["urn"], f"t{number}", given, shown, provider=provider))
    index = Index.of(Evidence(State(tuple(saved_))), lambda: BACKEND)
    assert len(index.unclaimed([IDENTITY])) == found


_NOW, _LATELY, _LONG_AGO = 1_800_000_000.0, "2027-01-15T07:59:50Z", "2027-01-15T07:00:00Z"


@pytest.mark.parametrize(
    ("ended", "age", "waits"),
    [
        (_LATELY, 5, True),
        (_LONG_AGO, 5, False),  # a refresh has written the state since
        (_LONG_AGO, 3600, False),
        (_LATELY, 3600, False),  # it has begun nothing: what begins is written before
        ("None", 5, True),
    ],
)
def test_what_a_failed_update_left_is_waited_for_where_it_failed_lately(
    ended: str, age: float, waits: bool
) -> None:
    window = StartWindow(8, ManualClock(_NOW), 0, print)
    failures = (FailedCommand(ended, "update", ended), FailedCommand(_LONG_AGO, "update", _LONG_AGO))
    of = Known(Evidence(age=age), failures=failures)
    assert of.may_have_left_young(window) == waits


@pytest.mark.parametrize(
    "of",
    [
        known(pending(), history=History((FailedCommand(_LONG_AGO, "update", _LONG_AGO),), 1)),
        known(saved(TASK, outputs={"unsettled": [f"1400000000/{record_id(1)}"]}), lately=True),
    ],
)
def test_what_does_not_say_when_it_was_begun_is_waited_for(of: Known) -> None:
    assert of.may_have_left_young(StartWindow(8, ManualClock(_NOW), 0, print))
