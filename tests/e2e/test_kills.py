"""Updates that are killed while a create waits for its answer: the next `pulumi up` ends with exactly one
running recording for each declared one, its TaskId in the state.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import processes
from tests.support.emulator import Emulator, emulator, eventually
from tests.support.interrupted import Interrupt, kill_all, kill_cli, kill_provider, killed, starting
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import (
    START_DELAY,
    inputs,
    new_stack,
    program,
    runs_exactly,
    saved,
    task_ids,
)

MakeStack = Callable[..., Stack]


@pytest.mark.parametrize("how", [pytest.param(kill_cli, marks=pytest.mark.soak), kill_all])
def test_what_a_killed_create_started_is_adopted(patient: MakeStack, emu: Emulator, how: Interrupt) -> None:
    stack = patient(program(lecture=inputs()))
    left = killed(stack, emu, how=how)
    assert saved(stack) == {}
    assert f"adopts task {left}" in stack.up().text
    assert runs_exactly(emu, stack, "lecture") == {"lecture": left}
    assert len(emu.tasks()) == 1
    # The engine's pending entry stays, and is dealt with.
    stack.preview("--expect-no-changes")


@pytest.mark.soak
def test_a_start_that_the_service_carries_out_after_the_kill_is_found(
    recorded: MakeStack, emu: Emulator
) -> None:
    stack = recorded(program(lecture=inputs()))
    with starting(stack, emu, seconds=3, when="before") as running:
        kill_cli(running)
        stack.run("cancel", "--yes")
        eventually(
            lambda: any(one["handled"] for one in emu.requests("StartWebRecord")), "the start carried out"
        )
    stack.up()
    runs_exactly(emu, stack, "lecture")
    assert len(emu.tasks()) == 1


@pytest.mark.soak
def test_inputs_that_changed_after_the_kill_are_what_runs(patient: MakeStack, emu: Emulator) -> None:
    stack = patient(program(lecture=inputs(), other=inputs()))
    left = killed(stack, emu)
    stack.write(program(lecture=inputs(max_duration_limit=3600), other=inputs(max_duration_limit=3600)))
    assert f"stopped task {left}" in stack.up().text
    assert left not in runs_exactly(emu, stack, "lecture", "other").values()
    assert {emu.task(task)["params"]["MaxDurationLimit"] for task in task_ids(emu.running())} == {3600}
    stack.preview("--expect-no-changes")


@pytest.mark.soak
def test_a_killed_provider_is_made_up_for(patient: MakeStack, emu: Emulator) -> None:
    """The engine takes it for a failed create, and keeps no trace of it."""
    stack = patient(program(lecture=inputs()))
    left = killed(stack, emu, how=kill_provider)
    assert stack.pending() == []
    assert f"stopped task {left}" in stack.up().text
    runs_exactly(emu, stack, "lecture")


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_an_update_that_is_asked_to_end_waits_for_its_create_and_saves_it(
    recorded: MakeStack, emu: Emulator, number: signal.Signals
) -> None:
    stack = recorded(program(lecture=inputs()))
    with starting(stack, emu, seconds=6) as running:
        running.signal(number)
        running.wait()
    runs_exactly(emu, stack, "lecture")
    stack.up()
    runs_exactly(emu, stack, "lecture")
    assert len(emu.tasks()) == 1


def twice_interrupted(running: processes.Running) -> None:
    running.signal(signal.SIGINT)
    eventually(lambda: "^C received" in running.text(), f"the CLI's word for it\n{running.text()}")
    running.signal(signal.SIGINT)
    running.wait()


def hung_up(running: processes.Running) -> None:
    running.signal(signal.SIGHUP)
    running.wait()


@pytest.mark.parametrize("how", [twice_interrupted, pytest.param(hung_up, marks=pytest.mark.soak)])
def test_an_update_that_was_ended_at_once_is_made_up_for(
    patient: MakeStack, emu: Emulator, how: Interrupt
) -> None:
    stack = patient(program(lecture=inputs()))
    killed(stack, emu, how=how)
    stack.up()
    runs_exactly(emu, stack, "lecture")


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator of this test's own."""
    with emulator(tmp_path / "data", "--start-delay", START_DELAY) as found:
        yield found


@pytest.mark.soak
def test_a_service_that_dies_and_comes_back_during_an_update(stacks: Stacks, mortal: Emulator) -> None:
    stack = new_stack(stacks, mortal, program(lecture=inputs()))
    with starting(stack, mortal) as running:
        mortal.kill()
        mortal.restart()
        running.wait()
    # Whether the first one saw it come back in time or gave up.
    stack.up()
    runs_exactly(mortal, stack, "lecture")
