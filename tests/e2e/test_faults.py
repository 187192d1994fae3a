"""A small fault matrix on the real CLI: a fault at a call of a command, then whatever comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.support.emulator import Emulator
from tests.support.pulumi_cli import Result, Stack
from tests.support.recordings import FORCED, inputs, program, runs_exactly

MakeStack = Callable[..., Stack]
START, DESCRIBE, STOP = "StartWebRecord", "DescribeWebRecord", "StopWebRecord"
DOWN: dict[str, Any] = {"kind": "cut_before"}
DONE: dict[str, Any] = {"kind": "error", "handled": True, "next": 1}
LECTURE = program(lecture=inputs())
CHANGED = program(lecture=inputs(max_duration_limit=3600))


@attrs.frozen
class Case:
    """One fault.

    Attributes:
        command: What it befalls: "create", "replace", "forced", "refresh" or "destroy".
        fault: What happens to the first request of the action, or with no `next` to all.
        then: What comes next.
    """

    command: str
    action: str
    fault: dict[str, Any]
    then: str

    def __str__(self) -> str:
        return f"{self.command}-{self.action}-{self.fault['kind']}-{self.then}"


CASES = (
    Case("create", START, {"kind": "cut_after", "next": 1}, "up"),
    Case("create", START, {"kind": "http_status", "status": 504, "handled": True, "next": 1}, "changed"),
    Case("replace", DESCRIBE, {"kind": "malformed", "handled": True}, "up"),
    Case("replace", START, {"kind": "missing_task_id", "next": 1}, "destroy"),
    Case("replace", STOP, DONE | {"code": "InternalError"}, "changed"),
    Case("forced", STOP, DOWN, "refresh"),
    Case("refresh", DESCRIBE, DOWN, "up"),
    Case("destroy", STOP, DONE | {"code": "FailedOperation"}, "refresh"),
    Case("destroy", STOP, DOWN, "up"),
)


# The matrix of tests/protocol tries each of them without the CLI.
@pytest.mark.soak
@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_a_fault_leaves_is_made_up_for(recorded: MakeStack, emu: Emulator, case: Case) -> None:
    stack = recorded(LECTURE)
    stack.config({"trtc:maxRetryTime": "2"})
    if case.command != "create":
        stack.up()
    emu.fault(action=case.action, **case.fault)
    result = command(stack, case.command)
    assert "Traceback" not in result.text
    assert emu.faults()[0]["hits"], result.text
    emu.clear_faults()
    follow(stack, emu, case.then)
    stack.up()
    runs_exactly(emu, stack, "lecture")
    stack.up("--expect-no-changes")
    runs_exactly(emu, stack, "lecture")


def command(stack: Stack, name: str) -> Result:
    """Run it, however it ends."""
    if name == "replace":
        stack.write(CHANGED)
    if name in ("refresh", "destroy"):
        return {"refresh": stack.refresh, "destroy": stack.destroy}[name](check=False)
    return stack.up(*FORCED if name == "forced" else (), check=False)


def follow(stack: Stack, emu: Emulator, then: str) -> None:
    """What comes before the `up` that heals."""
    if then == "changed":
        stack.write(program(lecture=inputs(max_duration_limit=7200)))
    if then == "refresh":
        stack.refresh()
    if then == "destroy":
        stack.destroy()
        assert emu.running() == []
