"""The hard cases, each by its name: what a declared recording comes to when something fails in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, emulator, eventually
from tests.support.world import DESCRIBE, START, STOP, World, Worlds, make_world, recording


@pytest.fixture
def slow_emulator(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator whose recordings can be found a second after their start."""
    with emulator(tmp_path / "slow", "--start-delay", "1") as found:
        yield found


@pytest.fixture
def slow(slow_emulator: Emulator, tmp_path: Path) -> Iterator[World]:
    """A stack on it."""
    made = make_world(slow_emulator, tmp_path / "slow-stack", {"trtc:startWindow": "5"})
    yield made
    made.engine.close()


def test_an_answer_that_is_lost_after_the_start(world: World) -> None:
    world.emu.fault("cut_after", START, next=1)
    world.good_up()
    world.check()
    assert len(world.emu.tasks()) == 1
    world.finish()


def test_a_crash_after_the_start_and_the_same_inputs_again(world: World) -> None:
    world.killed_up(START)
    (task_id,) = world.running()
    outcome = world.good_up()
    assert world.running() == [task_id]
    assert f"lecture: adopts task {task_id}, which an interrupted update started." in outcome.told
    world.finish()


def test_a_crash_after_the_start_and_then_changed_inputs(world: World) -> None:
    world.killed_up(START)
    world.declare(lecture=recording(1))
    world.good_up()
    world.check()
    world.finish()


def test_a_crash_after_the_start_and_then_another_application(world: World) -> None:
    world.killed_up(START)
    world.declare(lecture=recording(sdkAppId=1500000000))
    world.good_up()
    world.check()
    world.finish()


def test_a_crash_whose_request_arrives_late(worlds: Worlds) -> None:
    """The server takes it up only after the next update has begun."""
    world = worlds({"trtc:startWindow": "6"})
    world.hold(START, when="before", seconds=1.0)
    world.interrupt(world.start_up(), "both")
    world.up()
    world.check()
    world.finish()


def test_a_crash_whose_request_never_arrives(world: World) -> None:
    world.hold(START, when="before")
    world.interrupt(world.start_up(), "both")
    world.emu.kill()
    world.emu.restart()
    world.good_up()
    world.check()
    world.finish()


@pytest.mark.parametrize(
    "code", ["InternalError", "FailedOperation", "ResourceInsufficient.RequestRejection"]
)
def test_an_error_whose_task_did_start(world: World, code: str) -> None:
    world.emu.fault("error", START, code=code, handled=True, next=1)
    world.good_up()
    world.check()
    assert len(world.emu.tasks()) == 1
    world.finish()


def test_a_record_id_that_an_ended_task_has_used_up(tmp_path: Path) -> None:
    with emulator(tmp_path / "emulator", "--start-delay", "0.1", "--record-id-reuse", "no") as emu:
        world = make_world(emu, tmp_path / "stack")
        try:
            for _ in range(2):
                world.good_up()
                world.check()
                world.destroy()
            assert "FailedOperation.TaskExist" in world.codes(START)
            world.finish()
        finally:
            world.engine.close()


def test_a_record_id_that_a_recording_of_another_stack_holds(worlds: Worlds) -> None:
    """Nobody's recording is stopped by a stack that did not start it."""
    theirs, ours = worlds(stack="theirs"), worlds(stack="ours")
    for one in (theirs, ours):
        one.declare(lecture=recording(recordId="shared"))
    theirs.good_up()
    (task_id,) = theirs.running()
    ours.engine.state.later()
    outcome = ours.up()
    assert f"a running recording that this stack did not start: TaskId {task_id}" in outcome.errors[0]
    assert ours.engine.refresh().good
    assert ours.engine.destroy().good
    assert theirs.running() == [task_id]
    theirs.finish()
    ours.finish()


def test_a_given_record_id_whose_start_left_no_trace_is_named_and_not_touched(world: World) -> None:
    world.declare(lecture=recording(recordId="mine"))
    world.killed_up(START, "provider")
    (task_id,) = world.running()
    outcome = world.up()
    assert not outcome.good
    assert task_id in outcome.errors[0]
    assert world.running() == [task_id]
    # As the message says, the person decides.
    world.declare(lecture=recording(recordId="mine", adopt=task_id))
    world.finish()


def test_a_new_record_id_and_a_crash(world: World) -> None:
    world.declare(lecture=recording(recordId="one"))
    world.good_up()
    world.declare(lecture=recording(recordId="two"))
    world.killed_up(START)
    assert len(world.running()) == 2
    world.good_up()
    world.check()
    assert world.saved()["outputs"]["recordId"] == "two"
    world.finish()


def test_a_new_record_id_a_crash_and_a_derived_one(world: World) -> None:
    """What runs under a given RecordId may be anybody's: it is named and left alone, and can be adopted."""
    world.declare(lecture=recording(recordId="one"))
    world.good_up()
    world.declare(lecture=recording(recordId="two"))
    world.killed_up(START)
    before = world.running()
    world.declare(lecture=recording())
    outcome = world.up()
    assert "RecordId two belongs to a running recording" in outcome.errors[0]
    assert world.running() == before
    world.declare(lecture=recording(recordId="two", adopt=before[1]))
    world.settle()
    assert world.running() == before[1:]
    world.destroy()


def test_two_pipelines_at_once_on_two_backends(worlds: Worlds) -> None:
    one, two = worlds(), worlds()
    for page in range(2):
        for world in (one, two):
            world.declare(lecture=recording(page), other=recording(page))
        commands = [one.start_up(), two.start_up()]
        for command in commands:
            outcome = command.wait()
            assert outcome.good, outcome
        running = one.running()
        assert len(running) == 4
        assert set(one.engine.state.task_ids() + two.engine.state.task_ids()) == set(running)
    one.begun()
    assert one.engine.destroy().good
    two.finish()


def test_a_lost_answer_in_the_seconds_in_which_nothing_is_found(slow: World) -> None:
    slow.emu.fault("cut_after", START, next=1)
    assert slow.up().good
    assert "FailedOperation.TaskNotExist" in slow.codes(DESCRIBE)[3:]
    assert len(slow.emu.tasks()) == 1
    slow.finish()


def test_a_refresh_in_the_seconds_in_which_nothing_is_found(slow: World) -> None:
    assert slow.up().good
    assert slow.engine.refresh().good
    assert slow.saved()["outputs"]["status"] == "recording"
    slow.finish()


def test_a_destroy_in_the_seconds_in_which_nothing_is_found(slow: World) -> None:
    assert slow.up().good
    slow.destroy()


def test_a_crash_and_a_clearing_refresh_in_the_seconds_in_which_nothing_is_found(slow: World) -> None:
    slow.good_up()
    slow.engine.state.later()
    slow.declare(lecture=recording(1))
    slow.killed_up(START)
    assert slow.engine.refresh(clear=True).good
    slow.declare(lecture=recording())
    slow.finish()


def test_a_stop_that_fails_after_it_stopped(world: World) -> None:
    world.good_up()
    world.emu.fault("cut_after", STOP, next=1)
    world.emu.fault("error", STOP, code="InternalError", handled=True, next=1)
    world.destroy()


@pytest.mark.parametrize("outage", ["down", "503", "timeout"])
def test_a_refresh_during_an_outage_drops_nothing(worlds: Worlds, outage: str) -> None:
    world = worlds({"trtc:requestTimeout": "1", "trtc:maxRetryTime": "2"})
    world.declare(lecture=recording(whenEnded="restart"), other=recording(1))
    world.good_up()
    world.engine.state.later()
    before = world.engine.state.resources
    if outage == "down":
        world.emu.kill()
    elif outage == "503":
        world.emu.fault("http_status", status=503)
    else:
        world.emu.fault("latency", seconds=5, when="after")
    assert not world.engine.refresh().good
    assert world.engine.state.resources == before
    if outage == "down":
        world.emu.restart()
    world.finish()


def test_forced_replacements_with_equal_inputs(world: World) -> None:
    world.good_up()
    for _ in range(3):
        (before,) = world.running()
        world.good_up(replace=["lecture"])
        assert world.running() != [before]
        world.check()
    world.finish()


@pytest.mark.parametrize(
    ("action", "readable"),
    [(DESCRIBE, True), (START, True), (STOP, True), (START, False), (STOP, False)],
)
def test_a_forced_replacement_that_is_killed(world: World, action: str, readable: bool) -> None:
    world.good_up()
    world.engine.state.readable = readable
    world.killed_up(action, replace=["lecture"])
    world.engine.state.readable = True
    world.finish()


def test_forced_replacements_with_a_state_that_cannot_be_read(world: World) -> None:
    world.good_up()
    world.engine.state.readable = False
    for _ in range(2):
        outcome = world.good_up(replace=["lecture"])
        assert any("the stack's state could not be read" in line for line in outcome.told)
        world.check()
    world.engine.state.readable = True
    world.finish()


@pytest.mark.parametrize("who", ["cli", "both", "provider"])
def test_a_replacement_that_is_interrupted_between_start_and_stop(world: World, who: str) -> None:
    world.good_up()
    world.declare(lecture=recording(1))
    world.hold(STOP, when="before")
    world.interrupt(world.start_up(), who)
    assert len(world.running()) == 2
    world.finish()


def test_a_replacement_whose_old_recording_cannot_be_stopped(world: World) -> None:
    world.good_up()
    world.declare(lecture=recording(1))
    world.emu.fault("error", STOP, code="FailedOperation.NotAllowed", next=1)
    assert not world.up().good
    assert len(world.running()) == 2
    world.finish()


@pytest.mark.parametrize("who", ["both", "provider"])
@pytest.mark.parametrize("refresh", [True, False])
def test_a_destroy_that_is_killed_after_the_stop_and_then_an_update(
    world: World, who: str, refresh: bool
) -> None:
    world.good_up()
    world.hold(STOP)
    world.interrupt(world.engine.start("destroy"), who)
    assert world.running() == []
    if refresh:
        assert world.engine.refresh().good
    world.good_up()
    world.check()
    world.finish()


@pytest.mark.parametrize("who", ["both", "provider"])
def test_a_replacement_that_is_killed_and_then_a_destroy(world: World, who: str) -> None:
    world.good_up()
    world.declare(lecture=recording(1))
    world.killed_up(START, who)
    assert len(world.running()) == 2
    world.destroy()


def test_a_leftover_that_cannot_be_stopped_is_not_forgotten(world: World) -> None:
    world.killed_up(START)
    world.declare(lecture=recording(1))
    world.emu.fault("error", STOP, code="FailedOperation.NotAllowed", next=1)
    outcome = world.good_up()
    assert any("The next `pulumi up` looks at RecordId" in line for line in outcome.told)
    assert len(world.running()) == 2
    assert world.engine.refresh(clear=True).good
    world.declare(lecture=recording(2))
    world.finish()


def test_a_recording_that_reaches_its_limit_during_an_update(world: World) -> None:
    def declare(page: int) -> None:
        world.declare(lecture=recording(page, maxDurationLimit=1800, whenEnded="restart"))

    declare(0)
    world.good_up()
    declare(1)
    world.hold(START, seconds=5)
    command = world.start_up()
    assert world.held(command)
    world.emu.advance(3600)
    outcome = command.wait()
    assert outcome.good, outcome
    assert world.running() == []
    assert world.engine.refresh().good
    world.finish()


@pytest.mark.parametrize("code", ["AuthFailure.SignatureExpire", "AuthFailure.TokenFailure"])
def test_a_clock_that_is_wrong_and_a_token_that_has_expired(world: World, code: str) -> None:
    world.good_up()
    world.declare(lecture=recording(1), other=recording(2))
    world.emu.fault("error", code=code)
    for outcome in (world.up(), world.engine.refresh(), world.engine.destroy()):
        assert not outcome.good
        assert code in outcome.errors[0]
    # Each recording's first request asks what runs of it. It is refused, and nothing is sent again.
    refused = {action: world.codes(action).count(code) for action in (START, DESCRIBE, STOP)}
    assert refused == {START: 0, DESCRIBE: 4, STOP: 0}
    assert len(world.running()) == 1
    world.finish()


def test_a_provider_sends_nothing_more_once_its_cli_is_dead(world: World) -> None:
    world.hold(DESCRIBE, seconds=3)
    world.interrupt(world.start_up(), "cli")
    before = len(world.emu.requests())
    (orphan,) = world.engine.orphans()
    eventually(orphan.idle, "the end of the provider's call")
    assert len(world.emu.requests()) == before
    assert world.emu.requests(START) == []
    world.finish()
