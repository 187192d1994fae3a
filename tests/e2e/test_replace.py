"""Forced and killed replacements: whatever was cut short, one recording runs and the state holds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.emulator import Emulator
from tests.support.interrupted import killed
from tests.support.pulumi_cli import Stack
from tests.support.recordings import (
    FORCED,
    TYPE,
    calls,
    inputs,
    program,
    runs_exactly,
    saved,
    task_ids,
)

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


def test_a_killed_forced_replacement_is_carried_through(patient: MakeStack, emu: Emulator) -> None:
    stack = patient(program(lecture=inputs()))
    stack.up()
    old = saved(stack)["lecture"]
    left = killed(stack, emu, *FORCED)
    assert saved(stack) == {"lecture": old}
    stack.up()
    assert runs_exactly(emu, stack, "lecture") == {"lecture": left}
    stack.preview("--expect-no-changes")
    # Killed again: the pending creates of both are in the state now.
    again = killed(stack, emu, *FORCED)
    assert len(stack.pending()) == 2
    stack.up()
    assert runs_exactly(emu, stack, "lecture") == {"lecture": again}
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


@pytest.mark.parametrize("arguments", [FORCED, ()])
def test_a_refresh_that_clears_the_pending_creates_marks_what_they_left(
    patient: MakeStack, emu: Emulator, arguments: tuple[str, ...]
) -> None:
    """The engine clears them before it asks the provider, so the RecordIds are what tells of them."""
    stack = patient(program(lecture=inputs()))
    stack.up()
    wanted = program(lecture=inputs() if arguments else inputs(max_duration_limit=3600))
    stack.write(wanted)
    left = killed(stack, emu, *arguments)
    stack.refresh("--clear-pending-creates")
    assert stack.pending() == []
    (resource,) = stack.resources(TYPE)
    assert resource["outputs"]["unsettled"] == [emu.task(left)["record_id"]]
    assert f"stopped task {left}" in stack.up().text
    runs_exactly(emu, stack, "lecture")
    stack.preview("--expect-no-changes")


def test_a_state_that_cannot_be_read_costs_a_new_start_and_nothing_else(
    patient: MakeStack, emu: Emulator, tmp_path: Path
) -> None:
    stack = patient(program(lecture=inputs()))
    stack.up()
    killed(stack, emu, *FORCED)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "pulumi").write_text("#!/bin/sh\nexit 1\n")
    (broken / "pulumi").chmod(0o755)
    path = stack.env["PATH"]
    stack.env["PATH"] = f"{broken}:{path}"
    assert "could not be read" in stack.up(*FORCED).text
    runs_exactly(emu, stack, "lecture")
    stack.env["PATH"] = path
    stack.up()
    runs_exactly(emu, stack, "lecture")
    stack.preview("--expect-no-changes")
