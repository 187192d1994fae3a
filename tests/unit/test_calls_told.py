"""What a person is told of each recording that begins, changes or ends, before anything is done."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pulumi_trtc.errors import ApiError, MissingCredentials
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle.calls import Calls
from pulumi_trtc.lifecycle.notes import Notes
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.state import SavedRecording
from tests.support.calls import a_process, diff, evidence, outputs
from tests.support.clock import ManualClock
from tests.support.declared import FAILED, OWNER, URN, inputs, pending, record_id
from tests.support.fake_service import STOP, FakeService

CDN = [{"publishCdnUrl": "rtmp://live.example.com/app/stream"}]
SEALED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


def begin(calls: Calls, name: str = "lecture", **changed: Any) -> dict[str, Any]:
    """A check of a recording of which the engine hands over nothing."""
    urn = URN.replace("::lecture", f"::{name}")
    faults, owner = calls.check({}, {**inputs(), **changed, "owner": {**OWNER, "urn": urn}})
    assert faults == ()
    return owner


def held() -> tuple[Notes, list[str]]:
    """Notes that are told when the test says so."""
    told: list[str] = []
    return Notes(told.append, lambda _seconds, _call: None), told


def test_a_new_recording_starts(service: FakeService) -> None:
    calls, told = a_process(service, Evidence())
    begin(calls)
    begin(calls, "hall", adopt="task")
    assert told == ["lecture: starts", "hall: is taken over: adopt names a running recording"]
    assert service.calls == []


def test_one_that_a_killed_update_may_have_started(service: FakeService) -> None:
    calls, told = a_process(service, evidence(pending()))
    begin(calls)
    assert told == ["lecture: starts, or is taken over if an update that was killed has started it already"]


@pytest.mark.parametrize(
    ("cdn", "words"), [({}, "footage continues"), ({"publishCdnParams": CDN}, "shares a CDN address")]
)
def test_a_forced_replacement_says_that_it_is_one(
    service: FakeService, cdn: dict[str, Any], words: str
) -> None:
    task = service.launch(record_id(0))
    saved = SavedRecording(URN, task.task_id, inputs(**cdn), outputs(service, task, **cdn))
    found = evidence((task, outputs(service, task)))
    calls, told = a_process(service, attrs.evolve(found, state=attrs.evolve(found.state, saved=(saved,))))
    begin(calls, **cdn)
    assert [words in line and "`--replace` or `state taint` asks" in line for line in told] == [True]


def test_one_whose_replacement_was_cut_short_starts_again(service: FakeService) -> None:
    task = service.launch(record_id(0))
    found = evidence((task, outputs(service, task)))
    stopped = attrs.evolve(found.state.saved[0], stopped=True)
    calls, told = a_process(service, attrs.evolve(found, state=attrs.evolve(found.state, saved=(stopped,))))
    begin(calls)
    assert [line.startswith("lecture: starts again") for line in told] == [True]


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ({}, {}, True),
        ({"recordUrl": SEALED}, {"recordUrl": "https://example.com/?token=x"}, True),
        ({}, {"recordUrl": "https://example.com/new"}, False),
        ({}, {"maxDurationLimit": 3600}, False),
    ],
)
def test_a_rename_without_an_alias_is_told_as_what_it_may_be(
    service: FakeService, old: dict[str, Any], new: dict[str, Any], hint: bool
) -> None:
    task = service.launch(record_id(0))
    found = evidence((task, outputs(service, task)))
    saved = attrs.evolve(found.state.saved[0], inputs={**found.state.saved[0].inputs, **old})
    notes, told = held()
    calls, _ = a_process(
        service, attrs.evolve(found, state=attrs.evolve(found.state, saved=(saved,))), notes=notes
    )
    begin(calls, "hall", **new)
    notes.tell_all()
    rename = "; if it is what was called lecture, say so with an alias, and nothing stops"
    assert told == [f"hall: starts{rename if hint else ''}"]


def test_one_that_is_declared_beside_the_new_one_was_not_renamed(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    notes, told = held()
    calls, _ = a_process(service, evidence((task, olds)), notes=notes)
    begin(calls, "hall")
    diff(calls, olds)
    notes.tell_all()
    assert told == ["hall: starts"]


def test_of_a_replacement_the_second_check_tells_nothing(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds)))
    diff(calls, olds, maxDurationLimit=3600)
    begin(calls, maxDurationLimit=3600)
    assert told == [
        "lecture: restarts because max_duration_limit changed (its time limit begins anew; footage continues "
        "in a new file)"
    ]


def test_a_value_that_a_preview_does_not_know_may_be_the_same(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds)))
    assert diff(calls, olds, recordUrl=UNKNOWN).replaces == ("recordUrl",)
    assert told == ["lecture: may restart: record_url is known in the update only (another page is recorded)"]


def test_one_that_adopts_another_task_is_told_so(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    calls, told = a_process(service, evidence((task, olds)))
    diff(calls, olds, adopt="another", recordUrl="https://example.com/new")
    assert told == ["lecture: stops: the running recording that adopt names takes its place"]


def test_a_change_of_one_that_has_ended_loses_nothing(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task, status="ended")
    calls, told = a_process(service, evidence((task, olds)))
    diff(calls, olds, recordUrl="https://example.com/new")
    assert told[0].startswith("lecture: has ended, and starts again because record_url changed")


def test_an_ended_one_is_not_said_to_run_on(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task, status="ended", kept={"acknowledged": True})
    calls, told = a_process(service, evidence((task, olds), history=FAILED))
    assert diff(calls, olds).changes
    assert told == ["lecture: has ended; checked after the failed update of 2026-11-28 08:01 UTC"]


def test_an_end_is_told_once_by_a_refresh_and_the_update_that_follows(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    task.until = 0
    notes, told = held()
    calls, _ = a_process(service, evidence((task, olds)), notes=notes)
    read = calls.read(task.task_id, olds)
    diff(calls, read)
    notes.tell_all()
    assert told == ['lecture: has ended; when_ended is "keep": `--replace` with its URN starts it again']
    calls.update(task.task_id, read, {**inputs(), "owner": {**inputs()["owner"]}})
    notes.tell_all()
    assert len(told) == 1


def test_a_warning_carries_the_name(service: FakeService) -> None:
    calls, told = a_process(service, Evidence())
    begin(calls, maxDurationLimit=40000)
    assert [line for line in told if line.startswith("warning: lecture: maxDurationLimit: 40000")]


def refused(service: FakeService, code: str, **cli: Any) -> str:
    """What a destroy says when the service refuses its keys."""
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    service.fail(STOP, code)
    calls, _ = a_process(service, evidence((task, olds)), **cli)
    with pytest.raises(ApiError) as caught:
        calls.delete(task.task_id, olds)
    return str(caught.value)


@pytest.mark.parametrize("code", ["AuthFailure.SecretIdNotFound", "AuthFailure.TokenFailure"])
def test_keys_of_the_state_that_fail_may_be_old_ones(service: FakeService, code: str) -> None:
    said = refused(service, code)
    assert "`--run-program`, or `pulumi up` first" in said
    assert "trtc:sec" in said, "the code's own advice stays"


def test_other_failures_and_commands_with_a_program_say_nothing_of_it(service: FakeService) -> None:
    assert "--run-program" not in refused(service, "AuthFailure.SignatureExpire")
    assert "--run-program" not in refused(service, "AuthFailure.SecretIdNotFound", runs_program=True)
    task = service.launch(record_id(5))
    olds = outputs(service, task)
    calls, _ = a_process(service, Evidence())
    begin(calls, "hall")
    service.fail(STOP, "AuthFailure.SecretIdNotFound")
    with pytest.raises(ApiError) as caught:
        calls.delete(task.task_id, olds)
    assert "--run-program" not in str(caught.value)


def test_a_refresh_without_keys_says_that_todays_configuration_was_not_read(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = service.launch(record_id(0))
    calls, _ = a_process(service, evidence((task, outputs(service, task))))

    def describe(_self: FakeService, **_: Any) -> None:
        raise MissingCredentials(("environment: nothing",))

    monkeypatch.setattr(FakeService, "describe", describe)
    with pytest.raises(MissingCredentials, match="--run-program"):
        calls.read(task.task_id, outputs(service, task))
