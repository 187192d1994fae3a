"""Several providers in one update, each a process of its own: none stops what another has begun."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import attrs
import pytest

from pulumi_trtc.errors import NoEvidence
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.running_cli import RunningCli, has_company
from pulumi_trtc.stack.state import PendingCreate, SavedRecording, State
from tests.support.calls import Reader, a_process, evidence, outputs
from tests.support.clock import ManualClock
from tests.support.declared import BACKEND, FAILED, OWNER, STACK, URN, inputs, pending, record_id
from tests.support.fake_service import FakeService, Task

ONE = "urn:pulumi:dev::demo::pulumi:providers:trtc::one::1"
OTHER = "urn:pulumi:dev::demo::pulumi:providers:trtc::other::2"


@pytest.fixture
def service() -> FakeService:
    return FakeService(ManualClock())


def saved(task: Task, olds: dict[str, Any], provider: str, **marks: Any) -> SavedRecording:
    return SavedRecording(URN, task.task_id, inputs(), olds, provider=provider, **marks)


def state(*found: SavedRecording | PendingCreate, **more: Any) -> Evidence:
    return Evidence(
        State(
            tuple(one for one in found if isinstance(one, SavedRecording)),
            tuple(one for one in found if isinstance(one, PendingCreate)),
        ),
        **more,
    )


def begun(task: Task, olds: dict[str, Any]) -> SavedRecording:
    """What the other provider has started in place of it."""
    kept = {"kept": {"attempt": 1, "checked": 1}}
    outs = {**olds, "__trtc": {**olds["__trtc"], **kept["kept"]}, "taskId": task.task_id}
    return saved(task, {**outs, "recordId": task.record_id}, OTHER)


def test_a_replacement_that_moves_to_another_provider_keeps_the_new_recording(service: FakeService) -> None:
    old = service.launch(record_id(0))
    olds = outputs(service, old)
    before = state(saved(old, olds, ONE), history=FAILED)
    new = service.launch(record_id(1))
    now = state(begun(new, olds), saved(old, olds, ONE, going=True), history=FAILED)
    calls, _ = a_process(service, before, latest=now, provider=ONE)
    calls.delete(old.task_id, olds)
    assert (old.ended, new.ended) == (True, False)


def test_without_a_look_at_the_state_of_this_moment_it_would_be_stopped(service: FakeService) -> None:
    """What the test above would miss: in a process without company nobody else can have started it."""
    old, left = service.launch(record_id(0)), service.launch(record_id(1))
    olds = outputs(service, old)
    calls, _ = a_process(service, state(saved(old, olds, ONE), history=FAILED), provider=ONE)
    calls.delete(old.task_id, olds)
    assert (old.ended, left.ended) == (True, True)


def test_a_create_of_another_provider_is_no_killed_one(service: FakeService) -> None:
    old, new = service.launch(record_id(0)), service.launch(record_id(1))
    olds = outputs(service, old)
    under_way = attrs.evolve(pending(1), provider=OTHER)
    now = state(saved(old, olds, ONE), under_way)
    calls, _ = a_process(service, now, latest=now, provider=ONE)
    calls.delete(old.task_id, olds)
    assert (old.ended, new.ended) == (True, False)


@pytest.mark.parametrize("provider", [ONE, ""])
def test_what_its_own_killed_create_left_is_stopped(service: FakeService, provider: str) -> None:
    old, left = service.launch(record_id(0)), service.launch(record_id(1))
    olds = outputs(service, old)
    now = state(saved(old, olds, provider), attrs.evolve(pending(1), provider=provider))
    calls, _ = a_process(service, now, latest=now, provider=provider)
    calls.delete(old.task_id, olds)
    assert (old.ended, left.ended) == (True, True)


def test_a_task_that_another_provider_has_imported_runs_on(service: FakeService) -> None:
    task = service.launch(record_id(0))
    olds = outputs(service, task)
    owner = {"stack": STACK, "urn": f"{URN}-imported"}
    imported = SavedRecording(
        f"{URN}-imported", task.task_id, {"owner": owner}, {}, read=True, imported=True, provider=OTHER
    )
    before = state(saved(task, olds, ONE))
    calls, told = a_process(service, before, latest=state(imported, *before.state.saved), provider=ONE)
    calls.delete(task.task_id, olds)
    assert not task.ended
    assert "lecture-imported is task" in told[-1]


@pytest.mark.parametrize(("provider", "ends"), [(ONE, True), (OTHER, False)])
def test_each_provider_clears_its_own_lost_creates_after_its_last_recording(
    service: FakeService, provider: str, ends: bool
) -> None:
    task, another = service.launch(record_id(0)), service.launch("another")
    lost = Identity.derive(BACKEND, STACK, f"{URN}-lost")
    left = service.launch(lost.attempt(0))
    owner = {**OWNER, "urn": f"{URN}-lost", "recordId": lost.attempt(0)}
    killed = PendingCreate(f"{URN}-lost", {**inputs(), "owner": owner}, provider)
    olds = outputs(service, task)
    beside = {**inputs(), "owner": {**OWNER, "urn": f"{URN}-beside", "recordId": "b-aaaaaaaaaaaaaaaaaaaa-0"}}
    other = SavedRecording(f"{URN}-beside", another.task_id, beside, {}, provider=OTHER)
    now = state(saved(task, olds, ONE), other, killed)
    calls, _ = a_process(service, now, latest=now, provider=ONE)
    calls.delete(task.task_id, olds)
    assert (left.ended, another.ended) == (ends, False)


def test_one_look_serves_all_who_asked_before_it(service: FakeService) -> None:
    task = service.launch(record_id(0))
    found = evidence((task, outputs(service, task)))
    calls, _ = a_process(service, found, latest=found)
    calls.state.begin(STACK, declared=True)
    assert calls.state.before_deletion(task.task_id) is calls.state.before_deletion(task.task_id)
    calls.state.reader.clock.sleep(1)
    first = calls.state.before_deletion(task.task_id)
    assert first is calls.state.before_deletion(task.task_id)


def test_a_look_that_fails_serves_nobody(service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked before it would get what an earlier one saw."""
    task = service.launch(record_id(0))
    found = evidence((task, outputs(service, task)))
    calls, _ = a_process(service, found, latest=found)
    calls.state.begin(STACK, declared=True)
    calls.state.before_deletion(task.task_id)
    calls.state.reader.clock.sleep(1)

    def fails(_reader: Reader, stack: str, _task_id: str) -> Evidence:
        raise NoEvidence(stack, "", "the CLI did not answer")

    monkeypatch.setattr(Reader, "now", fails)
    with pytest.raises(NoEvidence):
        calls.state.before_deletion(task.task_id)
    newer = attrs.evolve(found)
    monkeypatch.setattr(Reader, "now", lambda *_: newer)
    assert calls.state.before_deletion(task.task_id).evidence is newer


@pytest.mark.parametrize(
    ("command", "company"),
    [
        (["-m", "anything"], True),
        (["-c", "import time; time.sleep(60)", "/x/pulumi-language-python"], False),
    ],
)
def test_company_is_every_other_plugin_of_the_engine(command: list[str], company: bool) -> None:
    cli = RunningCli("pulumi", found=True, pid=os.getpid())
    engine = "127.0.0.1:1"
    assert not has_company(cli, engine)
    if company:
        command = ["-c", "import time; time.sleep(60)"]
    child = subprocess.Popen([sys.executable, *command, engine])
    try:
        deadline = time.monotonic() + 30
        while has_company(cli, engine) != company:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        child.kill()
        child.wait()


def test_what_has_ended_is_no_company() -> None:
    """A program's process waits for nothing that it has started, so that it stays among the processes."""
    ended = subprocess.Popen([sys.executable, "-c", "", "127.0.0.1:1"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert not has_company(RunningCli("pulumi", found=True, pid=os.getpid()), "127.0.0.1:1")
    ended.wait()


def test_where_the_cli_is_not_known_there_may_be_company() -> None:
    assert has_company(RunningCli("pulumi"), "127.0.0.1:1")
