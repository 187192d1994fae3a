"""A process of the provider below Pulumi, on a state that a test writes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import attrs

from pulumi_trtc.errors import NoEvidence
from pulumi_trtc.lifecycle.calls import Calls, Difference
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.notes import Notes
from pulumi_trtc.lifecycle.own_state import OwnState
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.settings.read import read_settings
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.history import History
from pulumi_trtc.stack.running_cli import RunningCli
from pulumi_trtc.stack.state import PendingCreate, SavedRecording, State
from tests.support.clock import ManualClock
from tests.support.declared import BACKEND, OWNER, PLACE, URN, WINDOW, inputs
from tests.support.fake_service import FakeService, Task
from tests.support.notes import at_once
from tests.support.serial import Serial

HOUR = 3600.0


@attrs.define
class Reader:
    """The stack's state, as it is read by the process.

    Attributes:
        latest: What it is by now; None where the process has no company.
    """

    found: Evidence | None
    cli: RunningCli
    latest: Evidence | None = None
    clock: ManualClock = attrs.field(factory=ManualClock)

    def begin(self, stack: str, *, declared: bool) -> None:
        """Nothing to wait for."""

    def backend(self) -> str:
        """Which backend it is."""
        return BACKEND

    def evidence(self, stack: str, task_ids: Collection[str]) -> Evidence:
        """What was read, verified."""
        missing = [one for one in task_ids if self.found is None or not self.found.state.knows(one)]
        if self.found is None or missing:
            raise NoEvidence(stack, "", f"lacks {missing}")
        return self.found

    def now(self, _stack: str, _task_id: str) -> Evidence:
        """What is read by now."""
        assert self.latest is not None
        return self.latest

    def organization(self) -> str:
        """Whose the stack is."""
        return "organization"


def a_process(
    service: FakeService,
    found: Evidence | None,
    *,
    notes: Notes | None = None,
    latest: Evidence | None = None,
    provider: str = "",
    **cli: Any,
) -> tuple[Calls, list[str]]:
    """A process that begins now, and what it tells.

    Args:
        notes: Where it does not tell each note at once.
        latest: What the state is by the time of a deletion, in an update with other providers.
        provider: What the process is for, as states name it.
    """
    told: list[str] = []
    window = StartWindow(WINDOW, service.clock, service.clock.monotonic(), told.append)
    settings = read_settings({"trtc:site": "emulator"}, {}, Path("/none"))
    lifecycle = Lifecycle(service, window, PLACE, told.append)
    reader: Any = Reader(found, RunningCli("pulumi", **cli), latest)
    state = OwnState(reader, told.append, provider, lambda: latest is not None)
    return Calls((), state, settings, lambda _: lifecycle, notes or at_once(told.append), Serial()), told


def outputs(service: FakeService, task: Task, **changed: Any) -> dict[str, Any]:
    """What a recording that was started an hour ago has in the state."""
    kept = {"attempt": 0, "checked": 0, "startedAt": service.clock.now() - HOUR, "runsAt": PLACE}
    return {
        **inputs(),
        "taskId": task.task_id,
        "recordId": task.record_id,
        "status": "recording",
        "lastFailure": "",
        "__trtc": {**kept, **changed.pop("kept", {})},
        **changed,
    }


def evidence(
    *found: tuple[Task, dict[str, Any]] | PendingCreate, history: History | None = None, **more: Any
) -> Evidence:
    saved = [SavedRecording(URN, one[0].task_id, inputs(), one[1]) for one in found if isinstance(one, tuple)]
    creates = [one for one in found if isinstance(one, PendingCreate)]
    return Evidence(State(tuple(saved), tuple(creates), **more), history or History())


def diff(calls: Calls, olds: dict[str, Any], **changed: Any) -> Difference:
    """What an update is told: the engine checks first."""
    news = {**inputs(), **changed, "owner": {**OWNER}}
    faults, owner = calls.check(inputs(), news)
    assert faults == ()
    return calls.diff(olds["taskId"], olds, {**news, "owner": owner})
