"""The web-record service in memory, on a clock that a test moves: what the lifecycle is tried against."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import attrs

from pulumi_trtc.errors import ApiError
from pulumi_trtc.service.api import Described, Started
from tests.support.clock import ManualClock

T = TypeVar("T")

MEMORY_S = 3600.0  # for how long an ended task holds its RecordId, where it does
START, DESCRIBE, STOP = "StartWebRecord", "DescribeWebRecord", "StopWebRecord"


@attrs.define
class Task:
    """One recording."""

    task_id: str
    record_id: str
    body: Mapping[str, Any]
    begins: float
    until: float = math.inf

    @property
    def ended(self) -> bool:
        return self.until < math.inf


@attrs.define
class Fault:
    """What goes wrong with a call, and whether it is carried out first."""

    code: str
    handled: bool = False
    sent: bool = True


@attrs.define
class FakeService:
    """Behaves as the reference says: unique RecordIds, a start window, "not found" before and after."""

    clock: ManualClock
    start_delay: float = 5.0
    reusable: bool = True
    tasks: list[Task] = attrs.field(factory=list)
    calls: list[tuple[str, str]] = attrs.field(factory=list)
    faults: dict[str, deque[Fault]] = attrs.field(
        factory=lambda: {START: deque(), DESCRIBE: deque(), STOP: deque()}
    )
    before: Callable[[str, str], None] = lambda _action, _what: None
    after: Callable[[str, str], None] = lambda _action, _what: None

    def start(self, body: Mapping[str, Any]) -> Started:
        return self._call(START, str(body["RecordId"]), lambda: self._start(body))

    def describe(
        self, *, task_id: str | None = None, sdk_app_id: int | None = None, record_id: str | None = None
    ) -> Described:
        def find() -> Described:
            for task in self.visible():
                ours = task.record_id == record_id and task.body.get("SdkAppId", sdk_app_id) == sdk_app_id
                if task.task_id == task_id or ours:
                    return Described(1, task.task_id, task.record_id, "r")
            raise ApiError(DESCRIBE, "FailedOperation.TaskNotExist", "no task", "r")

        return self._call(DESCRIBE, str(task_id or record_id), find)

    def stop(self, task_id: str) -> str | None:
        def end() -> str:
            for task in self.visible():
                if task.task_id == task_id:
                    task.until = self.clock.monotonic()
                    return "r"
            raise ApiError(STOP, "FailedOperation.TaskNotExist", "no task", "r")

        return self._call(STOP, task_id, end)

    def visible(self) -> list[Task]:
        return [one for one in self.running() if one.begins <= self.clock.monotonic()]

    def running(self) -> list[Task]:
        return [one for one in self.tasks if not one.ended]

    def count(self, action: str) -> int:
        return sum(made == action for made, _ in self.calls)

    def fail(
        self, action: str, code: str, *, handled: bool = False, sent: bool = True, times: int = 1
    ) -> None:
        self.faults[action].extend(Fault(code, handled, sent) for _ in range(times))

    def launch(self, record_id: str, *, young: bool = False, **body: Any) -> Task:
        """A task that somebody started before."""
        begins = self.clock.monotonic() + (self.start_delay if young else 0)
        task = Task(f"task-{len(self.tasks)}", record_id, body, begins)
        self.tasks.append(task)
        return task

    def _start(self, body: Mapping[str, Any]) -> Started:
        remembered = 0 if self.reusable else MEMORY_S
        held = [one for one in self.tasks if one.until + remembered > self.clock.monotonic()]
        if any(one.record_id == body["RecordId"] for one in held):
            raise ApiError(START, "FailedOperation.TaskExist", "task exists", "r")
        return Started(self.launch(str(body["RecordId"]), young=True, **body).task_id, "r")

    def _call(self, action: str, what: str, handle: Callable[[], T]) -> T:
        self.before(action, what)
        self.calls.append((action, what))
        fault = self.faults[action].popleft() if self.faults[action] else None
        if fault is None:
            answer = handle()
            self.after(action, what)
            return answer
        if fault.handled:
            with suppress(ApiError):
                handle()
        self.after(action, what)
        raise ApiError(action, fault.code, "as told", "r", sent=fault.sent)
