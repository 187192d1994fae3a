"""The hard cases, each by its name: what a declared recording comes to when something fails in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, emulator, eventually
from tests.support.messages import ADAPTERS, Adapter
from tests.support.world import DESCRIBE, START, STOP, World, Worlds, make_world, recording

pytestmark = pytest.mark.parametrize("adapter", ADAPTERS, ids=str)


@pytest.fixture
def slow_emulator(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator whose recordings can be found a second after their start."""
    with emulator(tmp_path / "slow", "--start-delay", "1") as found:
        yield found


@pytest.fixture
def slow(slow_emulator: Emulator, tmp_path: Path, adapter: Adapter) -> Iterator[World]:
    """A stack on it."""
    window = {"trtc:startWindow": "5"}
    made = make_world(slow_emulator, tmp_path / "slow-stack", window, adapter=adapter)
    yield made
    made.engine.close()


def test_a_crash_after_the_start_and_the_same_inputs_again(world: World) -> None:
    world.killed_up(START)
    (task_id,) = world.running()
    outcome = world.good_up()
    assert world.running() == [task_id]
    assert f"lecture: adopts task {task_id}, which an interrupted update started." in outcome.told
    world.finish()


@pytest.mark.soak
def test_a_crash_whose_request_arrives_late(worlds: Worlds) -> None:
    """The server takes it up only after the next update has begun."""
    world = worlds({"trtc:startWindow": "6"})
    world.hold(START, when="before", seconds=1.0)
    world.interrupt(world.start_up(), "both")
    world.finish()


@pytest.mark.soak
def test_a_crash_whose_request_never_arrives(world: World) -> None:
    world.hold(START, when="before")
    world.interrupt(world.start_up(), "both")
    world.emu.kill()
    world.emu.restart()
    world.finish()


@pytest.mark.soak
def test_a_record_id_that_an_ended_task_has_used_up(tmp_path: Path, adapter: Adapter) -> None:
    with emulator(tmp_path / "emulator", "--start-delay", "0.1", "--record-id-reuse", "no") as emu:
        world = make_world(emu, tmp_path / "stack", adapter=adapter)
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
    assert task_id in outcome.errors[0]
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


@pytest.mark.soak
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


@pytest.mark.soak
def test_the_seconds_in_which_nothing_is_found(slow: World) -> None:
    """After a Start whose answer is lost, in a refresh, and in a destroy."""
    slow.emu.fault("cut_after", START, next=1)
    assert slow.up().good
    assert slow.codes(DESCRIBE)[0] == "FailedOperation.TaskNotExist"
    assert len(slow.emu.tasks()) == 1
    slow.destroy()
    assert slow.up().good
    slow.refresh()
    assert slow.saved()["outputs"]["status"] == "recording"
    slow.declare(lecture=recording(1))
    assert slow.up().good
    slow.destroy()


@pytest.mark.parametrize(
    "outage",
    ["down", pytest.param("503", marks=pytest.mark.soak), pytest.param("timeout", marks=pytest.mark.soak)],
)
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


@pytest.mark.soak
def test_forced_replacements_with_equal_inputs(world: World) -> None:
    world.good_up()
    for _ in range(2):
        (before,) = world.running()
        world.good_up(replace=["lecture"])
        assert world.running() != [before]
        world.check()
    world.destroy()


def test_a_forced_replacement_that_is_killed(world: World) -> None:
    """Its inputs are the old one's, which runs on."""
    world.good_up()
    before = world.running()
    world.killed_up(START, replace=["lecture"])
    assert len(world.running()) == 2
    outcome = world.good_up()
    assert outcome.steps == (("update", "lecture"),)
    assert world.running() == before
    world.finish()


def test_a_state_that_cannot_be_read(world: World) -> None:
    """Nothing starts and nothing stops, whatever was left; a destroy stops what the state holds."""
    world.good_up()
    (before,) = world.running()
    world.declare(lecture=recording(1))
    world.killed_up(START)
    left = world.running()
    world.engine.readable = False
    for replace in ([], ["lecture"]):
        outcome = world.up(replace=replace)
        assert not outcome.good
        assert "The stack's own state could not be read" in outcome.errors[0]
        assert world.running() == left
        assert len(world.emu.requests(START)) == 2
    outcome = world.engine.destroy()
    assert outcome.good, outcome
    assert any("recover" in line for line in outcome.told)
    assert world.running() == [one for one in left if one != before]
    world.engine.readable = True
    world.finish()


@pytest.mark.soak
@pytest.mark.parametrize("who", ["both", "cli", "provider"])
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


@pytest.mark.parametrize("who", ["both", pytest.param("provider", marks=pytest.mark.soak)])
@pytest.mark.parametrize("refresh", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_a_destroy_that_is_killed_after_the_stop_and_then_an_update(
    world: World, who: str, refresh: bool
) -> None:
    """Nobody said that it is to end: it is started again, whatever `when_ended` says."""
    world.good_up()
    world.hold(STOP)
    world.interrupt(world.engine.start("destroy"), who)
    assert world.running() == []
    if refresh:
        world.refresh()
    world.finish()


@pytest.mark.soak
def test_a_leftover_that_cannot_be_stopped_is_not_forgotten(world: World) -> None:
    world.killed_up(START)
    world.declare(lecture=recording(1))
    world.emu.fault("error", STOP, code="FailedOperation.NotAllowed", next=1)
    outcome = world.good_up()
    assert any("The next `pulumi up` looks at" in line for line in outcome.told)
    assert len(world.running()) == 2
    assert world.engine.refresh(clear=True).good
    world.declare(lecture=recording(2))
    world.finish()


def test_a_recording_that_reaches_its_limit_during_an_update(world: World) -> None:
    world.declare(lecture=recording(maxDurationLimit=1800))
    world.good_up()
    world.declare(lecture=recording(1, maxDurationLimit=86400))
    world.hold(START, seconds=5)
    command = world.start_up()
    assert world.held(command)
    world.emu.advance(3600)
    outcome = command.wait()
    assert outcome.good, outcome
    world.check()
    world.finish()


def test_a_clock_that_is_wrong(world: World) -> None:
    """And whatever else of the credentials helps no more when it is sent again."""
    world.good_up()
    code = "AuthFailure.SignatureExpire"
    world.declare(lecture=recording(1))
    world.emu.fault("error", code=code)
    for outcome in (world.up(), world.engine.refresh(), world.engine.destroy()):
        assert not outcome.good
        assert code in outcome.errors[0]
    # The refresh asks for the recording; the destroy for what the failed update may have left.
    refused = {action: world.codes(action).count(code) for action in (START, DESCRIBE, STOP)}
    assert refused == {START: 1, DESCRIBE: 2, STOP: 0}
    assert len(world.running()) == 1
    world.finish()


def test_a_provider_sends_nothing_more_once_its_cli_is_dead(world: World) -> None:
    """It looks for what an earlier update left, and would start another one next."""
    world.killed_up(START)
    world.declare(lecture=recording(1))
    world.hold(DESCRIBE, seconds=3)
    world.interrupt(world.start_up(), "cli")
    before = len(world.emu.requests())
    orphan = world.engine.orphans()[-1]
    eventually(orphan.idle, "the end of the provider's call")
    assert len(world.emu.requests()) == before
    assert len(world.emu.requests(START)) == 1
    world.finish()


def test_what_pending_creates_that_are_cleared_had_started_stays_and_is_named(world: World) -> None:
    """Nothing tells any more that it is a leftover, so it is nobody's to stop."""
    world.good_up()
    world.declare(lecture=recording(1))
    world.killed_up(START)
    world.begun()
    _, left = world.running()
    world.refresh(clear=True)
    outcome = world.good_up()
    assert left in "".join(outcome.told)
    world.check()
    world.destroy()
    assert world.running() == [left]
