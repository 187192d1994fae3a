"""Every command at every call it makes, against every way to fail or die, and every way to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import attrs

from tests.support.engine.in_process import Command
from tests.support.world import DESCRIBE, START, STOP, World, recording

Point = tuple[str, int]


@attrs.frozen
class Operation:
    """A command and what comes before it.

    Attributes:
        points: Its API calls, as an action and how many of that action come before.
        follow: What may come next.
    """

    name: str
    prepare: Callable[[World], None]
    kind: str
    points: tuple[Point, ...]
    follow: tuple[str, ...] = ("up", "changed", "refresh", "clear", "destroy")
    replace: tuple[str, ...] = ()

    def start(self, world: World) -> Command:
        """Begin it."""
        return world.engine.start(self.kind, world.declared, replace=self.replace)


def _runs(world: World, *then: dict[str, Any], **first: Any) -> None:
    """One recording has been running for long, and the program may have changed since."""
    world.declare(lecture=recording(**first))
    world.good_up()
    world.engine.state.later()
    for changed in then:
        world.declare(lecture=recording(**changed))


def _killed_create(world: World) -> None:
    """Long ago the first create was killed after its Start, and the program has changed since."""
    world.killed_up(START)
    world.begun()
    world.engine.state.later()
    world.declare(lecture=recording(1))


def _killed_replacement(world: World) -> None:
    """Long ago a replacement was killed after its Start, and the program is what it was before."""
    _runs(world, {"page": 1})
    world.killed_up(START)
    world.begun()
    world.engine.state.later()
    world.declare(lecture=recording())


def _killed_destroy(world: World) -> None:
    """Long ago a `destroy` was killed after its Stop."""
    _runs(world, whenEnded="restart")
    world.hold(STOP)
    world.interrupt(world.engine.start("destroy"), "both")
    world.emu.clear_faults()
    world.engine.state.later()


CREATE = Operation("create", lambda _: None, "update", ((START, 0),))
WAIT = Operation(
    "wait",
    lambda world: world.declare(lecture=recording(waitUntilRecording=20)),
    "update",
    ((START, 0), (DESCRIBE, 0)),
)
REPLACE = Operation(
    "replace", lambda world: _runs(world, {"page": 1}), "update", ((START, 0), (DESCRIBE, 0), (STOP, 0))
)
FORCED = Operation("forced", _runs, "update", ((START, 0), (DESCRIBE, 0), (STOP, 0)), replace=("lecture",))
# What is left under a RecordId that a user gave is named and not stopped, unless it is wanted still.
SWAP = Operation(
    "swap",
    lambda world: _runs(world, {"recordId": "mine", "maxDurationLimit": 3600}, recordId="mine"),
    "update",
    ((STOP, 0), (START, 0)),
    follow=("up", "refresh"),
)
READ = Operation("read", _runs, "refresh", ((DESCRIBE, 0),))
DELETE = Operation("delete", _runs, "destroy", ((STOP, 0),))
# The three attempts of the killed create are asked for, the new one starts, and what was found is stopped.
AGAIN = Operation(
    "again", _killed_create, "update", ((DESCRIBE, 0), (DESCRIBE, 2), (START, 0), (DESCRIBE, 3), (STOP, 0))
)
# Whether it runs still is asked, then for the three attempts of the killed create; what is found is stopped.
LOOK = Operation("look", _killed_replacement, "update", ((DESCRIBE, 0), (DESCRIBE, 1), (STOP, 0)))
# Whether it runs still is asked; it does not, and starts again.
REVIVE = Operation("revive", _killed_destroy, "update", ((DESCRIBE, 0), (START, 0)))
OPERATIONS = (CREATE, WAIT, REPLACE, FORCED, SWAP, READ, DELETE, AGAIN, LOOK, REVIVE)

SLOW_S = 2.0
FAULTS: dict[str, dict[str, Any]] = {
    "cut-before": {"kind": "cut_before"},
    "cut-after": {"kind": "cut_after"},
    "slow-before": {"kind": "latency", "when": "before", "seconds": SLOW_S},
    "slow-after": {"kind": "latency", "when": "after", "seconds": 60},
    "malformed": {"kind": "malformed"},
    "malformed-handled": {"kind": "malformed", "handled": True},
    "empty-handled": {"kind": "empty", "handled": True},
    "truncated": {"kind": "truncated"},
    "no-envelope": {"kind": "no_envelope", "handled": False},
    "no-envelope-handled": {"kind": "no_envelope", "handled": True},
    "wrong-content-type": {"kind": "wrong_content_type"},
    "missing-task-id": {"kind": "missing_task_id"},
    "InternalError-handled": {"kind": "error", "code": "InternalError", "handled": True},
    "FailedOperation-handled": {"kind": "error", "code": "FailedOperation", "handled": True},
    "no-room-handled": {"kind": "error", "code": "ResourceInsufficient.RequestRejection", "handled": True},
    "storm": {"kind": "error", "code": "RequestLimitExceeded", "next": 4},
    "down": {"kind": "cut_before", "next": None},
    "failing": {"kind": "error", "code": "InternalError", "next": None},
    **{
        f"http-{status}": {"kind": "http_status", "status": status}
        for status in (302, 403, 429, 500, 502, 503)
    },
    "http-504-handled": {"kind": "http_status", "status": 504, "handled": True},
}
CODES = (
    "ActionOffline",
    "AuthFailure.InvalidSecretId",
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.SignatureExpire",
    "AuthFailure.SignatureFailure",
    "AuthFailure.TokenFailure",
    "AuthFailure.UnauthorizedOperation",
    "FailedOperation",
    "FailedOperation.NotAbility",
    "FailedOperation.NotAllowed",
    "FailedOperation.QueryTaskInfoFailed",
    "FailedOperation.RestrictedConcurrency",
    "FailedOperation.RestrictedFrequency",
    "FailedOperation.SdkAppIdNotUnderAppId",
    "FailedOperation.TaskExist",
    "FailedOperation.TaskFinished",
    "FailedOperation.TaskNotExist",
    "InternalError",
    "InternalError.GetRecordInfoError",
    "InvalidParameter",
    "InvalidParameter.OutOfRange",
    "InvalidParameter.PublishCdnUrls",
    "InvalidParameter.RecordId",
    "InvalidParameter.TaskId",
    "LimitExceeded.ConcurrencyLimit",
    "MissingParameter.SdkAppId",
    "OperationDenied.FreqOverLimit",
    "RequestLimitExceeded",
    "RequestLimitExceeded.UinLimitExceeded",
    "ResourceInsufficient.RequestRejection",
    "ServiceUnavailable",
    "UnauthorizedOperation.CamNoAuth",
    "UnknownParameter",
    "UnsupportedRegion",
    "NobodyHasSeenThis.Code",
)
# Said of a task that runs these are untrue, and nobody could tell: Stop says them once they are true.
GONE = ("FailedOperation.TaskFinished", "FailedOperation.TaskNotExist")
VICTIMS = ("provider", "cli", "both", "emulator", "outage")


@attrs.frozen
class Case:
    """One cell of a matrix."""

    name: str
    operation: Operation
    point: Point
    follow: str
    fault: dict[str, Any] | None = None
    victim: str | None = None
    config: dict[str, str] = attrs.field(factory=dict)

    def run(self, world: World) -> None:
        """Play it: afterwards exactly what is declared runs, and nothing after a destroy."""
        self.operation.prepare(world)
        if self.fault is not None:
            self._fail(world, self.fault)
        else:
            self._die(world)
        world.emu.clear_faults()
        _FOLLOW[self.follow](world)
        world.finish()

    def _fail(self, world: World, fault: dict[str, Any]) -> None:
        action, skip = self.point
        fields = {"next": 1, **fault, "skip": skip}
        kind = fields.pop("kind")
        if fields["next"] is None:
            del fields["next"]
        world.emu.fault(kind, action, **fields)
        outcome = self.operation.start(world).wait()
        assert "Traceback" not in "".join(outcome.errors), outcome
        assert world.emu.faults()[0]["hits"], f"it never came to the fault: {outcome}"

    def _die(self, world: World) -> None:
        assert self.victim is not None
        world.hold(*self.point)
        world.interrupt(self.operation.start(world), self.victim)


def _changed(world: World) -> None:
    world.declare(lecture={**world.declared["lecture"], "recordUrl": "https://example.com/7"})


def _refresh(world: World, *, clear: bool = False) -> None:
    world.begun()
    world.refresh(clear=clear)


def _destroy(world: World) -> None:
    known = bool(world.engine.state.resources)
    outcome = world.engine.destroy()
    assert outcome.good, outcome
    # With no recording in the state the provider is not asked: what runs then is the next update's.
    assert not known or world.running() == [], outcome


_FOLLOW: dict[str, Callable[[World], None]] = {
    "up": lambda _: None,
    "changed": _changed,
    "refresh": _refresh,
    "clear": lambda world: _refresh(world, clear=True),
    "destroy": _destroy,
}


def fault_cases() -> Iterator[Case]:
    """The faults at each point; follow-ups take turns, so that each fault meets all of them."""
    codes = {code: {"kind": "error", "code": code} for code in CODES}
    for name, fault in {**FAULTS, **codes}.items():
        # What breaks an answer meets more of them than what an answer says. Both strides are prime to the
        # number of follow-ups.
        for operation, point, follow in islice(_points(), None, None, 7 if name in CODES else 3):
            if not is_untrue(name, point[0]):
                done = {"handled": True} if name in GONE and point[0] == STOP else {}
                yield fault_case(operation, point, name, follow, fault | done)


def is_untrue(code: str, action: str) -> bool:
    """Whether the service would say something untrue with this error."""
    return code in GONE and action not in (START, STOP)


def fault_case(
    operation: Operation, point: Point, name: str, follow: str, fault: dict[str, Any] | None = None
) -> Case:
    """One fault."""
    config = {"trtc:maxRetryTime": "2"}
    if name.startswith("slow"):
        # The server takes a request up after its client gave up, but before the start window is over.
        config |= {"trtc:requestTimeout": "1", "trtc:startWindow": "6"}
    return Case(
        f"{operation.name}-{point[0][:5]}{point[1]}-{name}-{follow}",
        operation,
        point,
        follow,
        fault=FAULTS[name] if fault is None else fault,
        config=config,
    )


def death_cases() -> Iterator[Case]:
    """The deaths at each point, with all follow-ups."""
    for victim in VICTIMS:
        for operation, point, follow in _points():
            # Under a RecordId that a user gave, what leaves no pending create is named and not touched:
            # that is a hard case of its own.
            if operation is SWAP and point[0] == START and victim in ("provider", "outage"):
                continue
            yield death_case(operation, point, victim, follow)


def death_case(operation: Operation, point: Point, victim: str, follow: str) -> Case:
    """One death."""
    return Case(
        f"{operation.name}-{point[0][:5]}{point[1]}-{victim}-{follow}",
        operation,
        point,
        follow,
        victim=victim,
        config={"trtc:maxRetryTime": "2" if victim == "outage" else "30"},
    )


def _points() -> Iterator[tuple[Operation, Point, str]]:
    for operation in OPERATIONS:
        for point in operation.points:
            for follow in operation.follow:
                yield operation, point, follow
