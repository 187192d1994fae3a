"""Forced and killed replacements: whatever was cut short, one recording runs and the state holds it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.emulator import Emulator
from tests.support.interrupted import killed
from tests.support.pulumi_cli import Stack
from tests.support.recordings import (
    FORCED,
    calls,
    inputs,
    program,
    runs_exactly,
    saved,
    task_ids,
    urn_of,
)

pytestmark = pytest.mark.soak
MakeStack = Callable[..., Stack]


def test_a_forced_replacement_is_a_new_recording_each_time(recorded: MakeStack, emu: Emulator) -> None:
    stack = recorded(program(lecture=inputs(), other=inputs()))
    stack.up()
    first = runs_exactly(emu, stack, "lecture", "other")
    tasks = [first["lecture"]]
    for _ in range(3):
        stack.up(*FORCED)
        now = runs_exactly(emu, stack, "lecture", "other")
        assert now["other"] == first["other"]
        assert calls(emu)[-2:] == [f"Start {now['lecture']}", f"Stop {tasks[-1]}"]
        tasks.append(now["lecture"])
    assert len(set(tasks)) == 4
    stack.preview("--expect-no-changes")


def test_after_a_killed_forced_replacement_the_recording_that_runs_runs_on(
    patient: MakeStack, emu: Emulator
) -> None:
    stack = patient(program(lecture=inputs()))
    stack.up()
    old = saved(stack)
    left = killed(stack, emu, *FORCED)
    assert saved(stack) == old
    assert f"stopped task {left}" in stack.up().text
    assert runs_exactly(emu, stack, "lecture") == old
    stack.preview("--expect-no-changes")
    # Killed again: the pending creates of both are in the state now.
    again = killed(stack, emu, *FORCED)
    assert len(stack.pending()) == 2
    assert f"stopped task {again}" in stack.up().text
    assert runs_exactly(emu, stack, "lecture") == old
    stack.preview("--expect-no-changes")
    stack.destroy()
    assert emu.running() == []


def test_a_destroy_after_a_killed_replacement_leaves_nothing(patient: MakeStack, emu: Emulator) -> None:
    stack = patient(program(lecture=inputs(), other=inputs()))
    stack.up()
    left = killed(stack, emu, *FORCED)
    assert left in task_ids(emu.running())
    stack.destroy()
    assert emu.running() == []


def test_inputs_that_go_back_after_a_killed_replacement(patient: MakeStack, emu: Emulator) -> None:
    stack = patient(program(lecture=inputs()))
    stack.up()
    stack.write(program(lecture=inputs(max_duration_limit=3600)))
    left = killed(stack, emu)
    stack.write(program(lecture=inputs()))
    assert f"stopped task {left}" in stack.up().text
    task_id = runs_exactly(emu, stack, "lecture")["lecture"]
    assert "MaxDurationLimit" not in emu.task(task_id)["params"]
    stack.preview("--expect-no-changes")


def test_a_replacement_that_was_killed_after_the_old_recording_stopped(
    patient: MakeStack, emu: Emulator
) -> None:
    stack = patient(program(lecture=inputs(record_id="mine")))
    stack.up()
    stack.write(program(lecture=inputs(record_id="mine", max_duration_limit=3600)))
    left = killed(stack, emu)
    stack.up()
    assert runs_exactly(emu, stack, "lecture") == {"lecture": left}
    stack.preview("--expect-no-changes")


@pytest.mark.parametrize("flag", ["clear", "import"])
def test_what_cleared_pending_creates_have_left_is_named_and_stays(
    flag: str, patient: MakeStack, emu: Emulator
) -> None:
    """The engine clears them before it asks the provider: nobody can tell any more what they left."""
    stack = patient(program(lecture=inputs()))
    stack.up()
    stack.write(program(lecture=inputs(max_duration_limit=3600)))
    left = killed(stack, emu)
    # The CLI wants to know which task a create has made, and then takes it for none.
    which = ("--import-pending-creates", urn_of("lecture"), "--import-pending-creates", left)
    told = stack.refresh(*(which if flag == "import" else ("--clear-pending-creates",))).text
    assert stack.pending() == []
    assert f"lecture: task {left}" in told
    assert "recover --stop" in told
    assert f"task {left}" in stack.up().text
    assert sorted(task_ids(emu.running())) == sorted([left, saved(stack)["lecture"]])


def test_with_a_state_that_cannot_be_read_nothing_is_started_or_stopped(
    patient: MakeStack, emu: Emulator
) -> None:
    stack = patient(program(lecture=inputs()))
    stack.up()
    old = saved(stack)
    project = stack.folder / "Pulumi.yaml"
    text = project.read_text()
    spoil = f"import pathlib\npathlib.Path({str(project)!r}).write_text('name: [')\n"
    stack.write(spoil + program(lecture=inputs(max_duration_limit=3600)))
    before = calls(emu)
    told = stack.up(check=False)
    project.write_text(text)
    assert told.status != 0
    assert "could not be read" in told.text
    assert "pulumi stack export" in told.text
    assert "Traceback" not in told.text
    assert calls(emu) == before
    assert runs_exactly(emu, stack, "lecture") == old
    stack.write(program(lecture=inputs(max_duration_limit=3600)))
    stack.up()
    assert runs_exactly(emu, stack, "lecture") != old
