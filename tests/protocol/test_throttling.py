"""Many recordings in one `up`, and pipelines that share the account's 20 requests a second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, emulator
from tests.support.world import START_DELAY, World, make_world, recording

Count = Callable[..., None]
REFUSED = "RequestLimitExceeded"
LIMIT = 20


def start_all(emu: Emulator, folder: Path, pipelines: int, recordings: int) -> list[World]:
    """Pipelines that know nothing of each other bring their recordings up at once."""
    made = [
        make_world(emu, folder / f"pipeline{one}", {"trtc:maxRetryTime": "600"}) for one in range(pipelines)
    ]
    for world in made:
        world.declare(**{f"lecture{page}": recording(page) for page in range(recordings)})
    commands = [world.start_up() for world in made]
    for command in commands:
        outcome = command.wait(600)
        assert outcome.good, outcome
    return made


def check_all(emu: Emulator, worlds: list[World]) -> None:
    """Each runs once, in the state that declared it."""
    running = {one["task_id"]: one["record_url"] for one in emu.running()}
    saved = [one for world in worlds for one in world.engine.state.resources]
    assert running == {one["id"]: one["inputs"]["recordUrl"] for one in saved}
    assert len(saved) == sum(len(world.declared) for world in worlds)


def check_waste(emu: Emulator, most: float) -> float:
    """Few of the requests are refused, and they do not come in storms."""
    requests = emu.requests()
    refused = [one for one in requests if one["code"] == REFUSED]
    share = len(refused) / len(requests)
    assert share <= most, f"{len(refused)} of {len(requests)} requests were refused"
    seconds = Counter((one["action"], one["time"][:19]) for one in requests)
    assert max(seconds.values()) <= 2 * LIMIT, seconds.most_common(3)
    return share


def play(folder: Path, pipelines: int, recordings: int, most: float) -> float:
    with emulator(folder / "emu", "--start-delay", START_DELAY, "--concurrency-limit", "1000") as emu:
        worlds: list[World] = []
        try:
            worlds = start_all(emu, folder, pipelines, recordings)
            check_all(emu, worlds)
            share = check_waste(emu, most)
            worlds[0].begun()
            commands = [world.engine.start("destroy") for world in worlds]
            assert all(command.wait(600).good for command in commands)
            assert emu.running() == []
        finally:
            for world in worlds:
                world.engine.close()
    return share


def test_some_recordings_at_once(tmp_path: Path) -> None:
    """A pipeline alone keeps below the limit: on a quiet machine nothing is refused, as in the simulation
    (tests/unit/test_rate.py). Where the processes have to wait for a processor, requests leave evenly and
    arrive in bursts: one or two of the 40 were refused then.
    """
    play(tmp_path, pipelines=1, recordings=40, most=0.1)


def test_some_recordings_from_two_pipelines_at_once(tmp_path: Path) -> None:
    """Each begins as if it were alone, so a run of two seconds is little else than the search for a pace: a
    quarter of the requests is refused in the simulation, and was here. That little is refused once the pace
    is found, the simulation says (tests/unit/test_rate.py), and the long form below.
    """
    play(tmp_path, pipelines=2, recordings=20, most=0.4)


@pytest.mark.soak
@pytest.mark.parametrize("pipelines", [1, 2])
def test_200_recordings_at_once(pipelines: int, tmp_path: Path, count: Count) -> None:
    share = play(tmp_path, pipelines, 200, most=0.05 * pipelines)
    print(f"{pipelines} pipelines: {share:.1%} of the requests were refused")
    count(throttled_recordings=200 * pipelines)
