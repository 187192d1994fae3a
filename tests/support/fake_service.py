"""The web-record service in memory, on a clock that a test moves: what the lifecycle is tried against."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import attrs

from pulumi_trtc.errors import ApiError, MissingCredentials
from pulumi_trtc.service.api import Described, Started
from tests.support.clock import ManualClock

T = TypeVar("T")

MEMORY_S = 3600.0  # for how long an ended task holds its RecordId, where it does
PATIENCE_S = 60.0  # after which a page that never records is given up
START, DESCRIBE, STOP = "StartWebRecord", "DescribeWebRecord", "StopWebRecord"
APP = 1400000000


@attrs.define
class Task:
    """One recording.

    Attributes:
        begins: When it can be found.
        until: When it ends, or has ended.
        started_by, stopped_by: Who called, see `Client`.
    """

    task_id: str
    record_id: str
    body: Mapping[str, Any]
    begins: float
    until: float = math.inf
    started_by: str = ""
    stopped_by: str | None = None

    @property
    def ended(self) -> bool:
        """Whether it has ended, or will."""
        return self.until < math.inf

    @property
    def app(self) -> int:
        return int(self.body.get("SdkAppId", APP))

    @property
    def streams(self) -> set[str]:
        """The addresses that it pushes to, without what only proves the right to."""
        params = self.body.get("PublishCdnParams") or ()
        return {str(one.get("PublishCdnUrl")).partition("?")[0] for one in params}


@attrs.define
class Fault:
    """What goes wrong with a call, and whether it is carried out first."""

    code: str
    handled: bool = False
    sent: bool = True


@attrs.define
class FakeService:
    """Behaves as the reference says: RecordIds that are unique in an application, a start window, "not found"
    before and after.

    Attributes:
        reusable: The RecordId of a task that has ended can be used at once.
        endpoint: Its address; another one is another place.
        broken_pages: Recordings of these are accepted, never begin, and are given up.
        strange_apps: Applications that do not exist, or are another account's, with the error's code.
        ids: How its TaskIds begin.
        violations: What a real service would not forgive: the TaskIds of two that pushed to one stream.
    """

    clock: ManualClock
    start_delay: float = 5.0
    reusable: bool = True
    endpoint: str = "http://127.0.0.1:9001"
    broken_pages: Collection[str] = ()
    strange_apps: Mapping[int, str] = attrs.field(factory=dict)
    ids: str = "task"
    tasks: list[Task] = attrs.field(factory=list)
    calls: list[tuple[str, str]] = attrs.field(factory=list)
    violations: list[tuple[str, str]] = attrs.field(factory=list)
    faults: dict[str, deque[Fault]] = attrs.field(
        factory=lambda: {START: deque(), DESCRIBE: deque(), STOP: deque()}
    )
    before: Callable[[str, str], None] = lambda _action, _what: None
    after: Callable[[str, str], None] = lambda _action, _what: None

    def start(self, body: Mapping[str, Any], caller: str = "") -> Started:
        return self._call(START, str(body["RecordId"]), lambda: self._start(body, caller))

    def describe(
        self, *, task_id: str | None = None, sdk_app_id: int | None = None, record_id: str | None = None
    ) -> Described:
        def find() -> Described:
            self._knows(DESCRIBE, sdk_app_id)
            for task in self.visible():
                ours = task.record_id == record_id and task.body.get("SdkAppId", sdk_app_id) == sdk_app_id
                if task.task_id == task_id or ours:
                    return Described(1, task.task_id, task.record_id, "r")
            raise ApiError(DESCRIBE, "FailedOperation.TaskNotExist", "no task", "r")

        return self._call(DESCRIBE, str(task_id or record_id), find)

    def stop(self, task_id: str, caller: str = "") -> str | None:
        def end() -> str:
            for task in self.visible():
                if task.task_id == task_id:
                    task.until, task.stopped_by = self.clock.monotonic(), caller
                    return "r"
            raise ApiError(STOP, "FailedOperation.TaskNotExist", "no task", "r")

        return self._call(STOP, task_id, end)

    def visible(self) -> list[Task]:
        return [one for one in self.running() if one.begins <= self.clock.monotonic()]

    def running(self) -> list[Task]:
        """What has not ended, what has not begun yet included."""
        return [one for one in self.tasks if one.until > self.clock.monotonic()]

    def task(self, task_id: str) -> Task | None:
        return next((one for one in self.tasks if one.task_id == task_id), None)

    def count(self, action: str) -> int:
        return sum(made == action for made, _ in self.calls)

    def fail(
        self, action: str, code: str, *, handled: bool = False, sent: bool = True, times: int = 1
    ) -> None:
        self.faults[action].extend(Fault(code, handled, sent) for _ in range(times))

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        for faults in self.faults.values():
            faults.clear()

    def launch(self, record_id: str, *, young: bool = False, caller: str = "", **body: Any) -> Task:
        """A task that somebody started before."""
        now = self.clock.monotonic()
        task = Task(f"{self.ids}-{len(self.tasks)}", record_id, body, now, started_by=caller)
        if body.get("RecordUrl") in self.broken_pages:
            task.begins, task.until = math.inf, now + PATIENCE_S
        elif young:
            # A page that reports late that it is ready was loaded twice.
            task.begins = now + self.start_delay + 1.8 * float(body.get("ReadyTimeout") or 0)
        self.tasks.append(task)
        return task

    def _start(self, body: Mapping[str, Any], caller: str) -> Started:
        self._knows(START, body.get("SdkAppId"))
        remembered = 0 if self.reusable else MEMORY_S
        held = [one for one in self.tasks if one.until + remembered > self.clock.monotonic()]
        if any((one.app, one.record_id) == (body.get("SdkAppId", APP), body["RecordId"]) for one in held):
            raise ApiError(START, "FailedOperation.TaskExist", "task exists", "r")
        task = self.launch(str(body["RecordId"]), young=True, caller=caller, **body)
        for other in self.running():
            if other is not task and other.streams & task.streams:
                self.violations.append((other.task_id, task.task_id))
        return Started(task.task_id, "r")

    def _knows(self, action: str, app: object) -> None:
        code = self.strange_apps.get(int(str(app))) if app is not None else None
        if code:
            raise ApiError(action, code, "no such application", "r")

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


@attrs.frozen
class Client:
    """The service as one caller sees it.

    Attributes:
        caller: Who calls, noted at the tasks.
        credentials: Whether it has any.
    """

    service: FakeService
    caller: str
    credentials: bool = True

    def start(self, body: Mapping[str, Any]) -> Started:
        self._sign()
        return self.service.start(body, self.caller)

    def describe(
        self, *, task_id: str | None = None, sdk_app_id: int | None = None, record_id: str | None = None
    ) -> Described:
        self._sign()
        return self.service.describe(task_id=task_id, sdk_app_id=sdk_app_id, record_id=record_id)

    def stop(self, task_id: str) -> str | None:
        self._sign()
        return self.service.stop(task_id, self.caller)

    def _sign(self) -> None:
        if not self.credentials:
            raise MissingCredentials(("nowhere",))
