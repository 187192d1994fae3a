"""A recording that is imported by its TaskId: the program's word is taken for it, and it runs on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_trtc.errors import NotRunning, RunsElsewhere, WrongInputs
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle.calls import Calls, Difference
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.state import HIDDEN, parse_export
from tests.support.calls import a_process
from tests.support.clock import ManualClock
from tests.support.declared import OWNER, URN, inputs
from tests.support.fake_service import STOP, FakeService, Task


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


@pytest.fixture
def task(service: FakeService) -> Task:
    running = service.launch("somebody's")
    service.clock.advance(60)
    return running


def state_with(task: Task, outputs: dict[str, Any], given: dict[str, Any] | None = None) -> Evidence:
    """As the CLI exports it after an import, or after the program declared it."""
    resource = {
        "urn": URN,
        "type": "trtc:index:WebRecording",
        "id": task.task_id,
        "inputs": {} if given is None else given,
        "outputs": {"__owner" if key == "owner" else key: value for key, value in outputs.items()},
    }
    return Evidence(parse_export(json.dumps({"deployment": {"resources": [resource]}})))


def news(**changed: Any) -> dict[str, Any]:
    return {key: value for key, value in inputs(**changed).items() if key != "owner"}


def found(service: FakeService, task: Task) -> dict[str, Any]:
    calls, _ = a_process(service, Evidence())
    return calls.find(task.task_id, URN)


def declared(calls: Calls, **changed: Any) -> dict[str, Any]:
    faults, owner = calls.check({}, {**news(**changed), "owner": {**OWNER}})
    assert faults == ()
    return {**news(**changed), "owner": owner}


def test_it_is_found_by_its_task_id(service: FakeService, task: Task) -> None:
    outputs = found(service, task)
    assert (outputs["taskId"], outputs["recordId"], outputs["status"]) == (
        task.task_id,
        "somebody's",
        "recording",
    )


def test_one_that_does_not_run_is_named(service: FakeService) -> None:
    calls, _ = a_process(service, None)
    with pytest.raises(NotRunning, match="nowhere"):
        calls.find("nowhere", URN)


def test_what_is_imported_passes_the_check_of_its_inputs_which_are_none(
    service: FakeService, task: Task
) -> None:
    calls, _ = a_process(service, Evidence())
    calls.find(task.task_id, URN)
    assert calls.check({}, {"owner": {**OWNER}}) == ((), {})


def test_without_an_import_no_inputs_are_no_recording(service: FakeService) -> None:
    calls, _ = a_process(service, Evidence())
    failures, _ = calls.check({}, {"owner": {**OWNER}})
    assert len(failures) == 3
    for call in (calls.planned, calls.create, lambda props: calls.update("x", {}, props)):
        with pytest.raises(WrongInputs, match="recordUrl: is required"):
            call({})


def test_the_next_update_takes_the_program_s_inputs_and_then_nothing_changes(
    service: FakeService, task: Task
) -> None:
    olds = found(service, task)
    calls, told = a_process(service, state_with(task, olds))
    wanted = declared(calls)
    assert calls.diff(task.task_id, olds, wanted) == Difference(True), "never a replacement"
    assert "lecture: is imported, and runs on" in told[-1]
    outputs = calls.update(task.task_id, olds, wanted)
    assert (outputs["taskId"], outputs["recordUrl"]) == (task.task_id, news()["recordUrl"])
    assert "imported" not in outputs[HIDDEN]
    again, _ = a_process(service, state_with(task, outputs, wanted))
    _, owner = again.check(wanted, {**news(), "owner": {**OWNER}})
    assert again.diff(task.task_id, outputs, {**news(), "owner": owner}) == Difference()
    assert not task.ended


def test_its_change_afterwards_is_a_replacement_under_a_record_id_of_its_own(
    service: FakeService, task: Task
) -> None:
    olds = found(service, task)
    calls, _ = a_process(service, state_with(task, olds))
    wanted = declared(calls)
    outputs = calls.update(task.task_id, olds, wanted)
    again, _ = a_process(service, state_with(task, outputs, wanted))
    changed = {**news(recordUrl="https://example.com/new"), "owner": {**OWNER}}
    _, owner = again.check(wanted, changed)
    assert again.diff(task.task_id, outputs, {**changed, "owner": owner}).replaces == ("recordUrl",)


def test_a_refresh_of_what_no_program_has_declared_yet_tells_of_its_end(
    service: FakeService, task: Task
) -> None:
    olds = found(service, task)
    calls, _ = a_process(service, state_with(task, olds))
    assert calls.read(task.task_id, olds)["status"] == "recording"
    task.until = 0
    ended = calls.read(task.task_id, olds)
    assert ended["status"] == "ended"
    updating, _ = a_process(service, state_with(task, ended))
    assert updating.update(task.task_id, ended, declared(updating))["status"] == "ended"


def test_it_is_the_stack_s_to_stop(service: FakeService, task: Task) -> None:
    olds = found(service, task)
    calls, _ = a_process(service, state_with(task, olds))
    calls.delete(task.task_id, olds)
    assert task.ended
    assert service.calls[-1] == (STOP, task.task_id)


def test_at_another_place_nothing_is_taken_in(service: FakeService, task: Task) -> None:
    olds = found(service, task)
    olds[HIDDEN]["runsAt"] = "https://other.example:443 (ap-singapore)"
    calls, _ = a_process(service, state_with(task, olds))
    with pytest.raises(RunsElsewhere):
        calls.diff(task.task_id, olds, declared(calls))


def test_another_recording_cannot_adopt_it(service: FakeService, task: Task) -> None:
    olds = found(service, task)
    calls, _ = a_process(service, state_with(task, olds))
    other = {**news(adopt=task.task_id), "owner": {**OWNER, "urn": f"{URN}-other"}}
    failures, _ = calls.check({}, other)
    assert "belongs to lecture" in failures[0]


def test_a_preview_knows_what_an_update_would_make_as_far_as_it_can(service: FakeService) -> None:
    calls, _ = a_process(service, Evidence())
    planned = calls.planned(declared(calls, recordId="mine"))
    assert (planned["taskId"], planned["recordId"], planned["status"]) == (UNKNOWN, "mine", "recording")
