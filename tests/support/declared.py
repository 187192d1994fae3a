"""A declared recording and what a stack's state and history say of it, for tests below Pulumi."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import attrs

from pulumi_trtc.lifecycle.declared import Declared, Recording
from pulumi_trtc.lifecycle.known import Index, Known
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.props import declared_of, named
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.history import FailedCommand, History
from pulumi_trtc.stack.state import HIDDEN, PendingCreate, SavedRecording, State
from tests.support.fake_service import FakeService, Task

URN = "urn:pulumi:dev::demo::pulumi-python:dynamic/trtc:WebRecording::lecture"
STACK = "organization/demo/dev"
OWNER = {"stack": STACK, "urn": URN}
BACKEND = "file:///state"
PLACE = "http://127.0.0.1:8647 (ap-singapore)"
WINDOW = 8.0
IDENTITY = Identity.derive(BACKEND, STACK, URN)
FAILED = History((FailedCommand("2026-11-28T08:01:00.000Z 0", "update", "2026-11-28T08:01:00.000Z"),), 1)


def inputs(attempt: int = 0, **changed: Any) -> dict[str, Any]:
    """Checked inputs of a recording."""
    props = {
        "recordUrl": "https://example.com/",
        "sdkAppId": 1400000000,
        "storageParams": {
            "cloudStorage": {
                "vendor": 0,
                "region": "ap-singapore",
                "bucket": "webrecord-1234589",
                "accessKey": "AKx",
                "secretKey": "Idx",
            }
        },
        **changed,
    }
    return {**props, "owner": named(OWNER, IDENTITY, attempt, given="recordId" in props)}


def declared(attempt: int = 0, **changed: Any) -> Declared:
    """The same, as the lifecycle takes it."""
    return declared_of(inputs(attempt, **changed), lambda: BACKEND)


def record_id(attempt: int) -> str:
    """The derived RecordId of an attempt."""
    return IDENTITY.attempt(attempt)


def saved(
    task: Task, attempt: int = 0, *, outputs: dict[str, Any] | None = None, **changed: Any
) -> SavedRecording:
    """A task that the state holds."""
    kept = {"attempt": attempt, "checked": attempt, "startedAt": 0.0, "runsAt": PLACE}
    found = {"recordId": task.record_id, "status": "recording", "lastFailure": "", HIDDEN: kept}
    return SavedRecording(URN, task.task_id, inputs(attempt, **changed), {**found, **(outputs or {})})


def pending(attempt: int = 0, **changed: Any) -> PendingCreate:
    """A create that was killed, as a state without secrets shows it."""
    return PendingCreate(URN, inputs(attempt, **changed))


def known(
    *found: SavedRecording | PendingCreate, history: History | None = None, lately: bool = False
) -> Known:
    """What a state with these says of the recording."""
    state = State(
        tuple(one for one in found if isinstance(one, SavedRecording)),
        tuple(one for one in found if isinstance(one, PendingCreate)),
    )
    evidence = Evidence(state, history or History(), 0.0 if lately else math.inf)
    return Index.of(evidence, lambda: BACKEND).known({IDENTITY})


@attrs.frozen
class Process:
    """A process that begins now, and what it tells."""

    lifecycle: Lifecycle
    told: list[str]

    def create(self, wanted: Declared, of: Known, *, forced: bool = False) -> Recording:
        """Make sure that it runs."""
        return self.lifecycle.create(wanted, of, forced=forced)

    def look_again(self, wanted: Declared, of: Known) -> tuple[str, ...]:
        """Stop what was left beside it."""
        return self.lifecycle.look_again(wanted, of)


def process(service: FakeService, seconds: float = WINDOW) -> Process:
    """See `Process`; `seconds` is its start window."""
    told: list[str] = []
    window = StartWindow(seconds, service.clock, service.clock.monotonic(), told.append)
    return Process(Lifecycle(service, window, PLACE, told.append), told)


def task_ids(tasks: Iterable[Task]) -> list[str]:
    """Which tasks these are."""
    return [one.task_id for one in tasks]
