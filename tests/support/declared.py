"""A declared recording and what a stack's state says of it, for tests below Pulumi."""

from __future__ import annotations

from typing import Any

import attrs

from pulumi_trtc.lifecycle.declared import Wanted
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.props import wanted_of, with_owner
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.stack.state import PendingCreate, SavedRecording, StackView
from tests.support.fake_service import FakeService, Task

URN = "urn:pulumi:dev::demo::pulumi-python:dynamic/trtc:WebRecording::lecture"
OWNER = {"stack": "organization/demo/dev", "urn": URN}
BACKEND = "file:///state"
WINDOW = 8.0


def inputs(**changed: Any) -> dict[str, Any]:
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
        "owner": OWNER,
    }
    return with_owner({}, props | changed, BACKEND)


def wanted(**changed: Any) -> Wanted:
    """The same, resolved."""
    return wanted_of(inputs(**changed), BACKEND)


def derived() -> str:
    """The derived RecordId without its digit."""
    return wanted().derived[:-1]


def saved(task: Task, urn: str = URN) -> SavedRecording:
    """A task that the state holds."""
    return SavedRecording(urn, task.task_id, task.record_id)


def pending(**changed: Any) -> PendingCreate:
    """A create that was killed, as a state without secrets shows it."""
    return PendingCreate(URN, inputs(**changed))


def lifecycle(service: FakeService) -> tuple[Lifecycle, list[str]]:
    """A process that begins now, and what it tells."""
    told: list[str] = []
    window = StartWindow(WINDOW, service.clock, service.clock.monotonic())
    return Lifecycle(service, window, told.append), told


CALM = StackView()


def view(**known: Any) -> StackView:
    """A state, quiet for a long time unless said otherwise."""
    return attrs.evolve(CALM, **known)
