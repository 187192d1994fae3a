"""Random histories of updates, refreshes, destroys, faults and deaths; each is repeatable by its seed."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.crowd import play_all
from tests.support.schedule import CONFIG, Schedule
from tests.support.world import World

Count = Callable[..., None]
# Each long run tries other histories; a failure names its seed, to play it again alone:
# SCHEDULE_SEED=<seed> SCHEDULES=1.
FIRST = int(os.environ.get("SCHEDULE_SEED") or random.SystemRandom().randrange(10**9))
LONG = int(os.environ.get("SCHEDULES") or 500)
PORTION = 20


def play(seeds: Sequence[int], steps: int, folder: Path, count: Count) -> None:
    tried: Counter[str] = Counter()

    def one(seed: int, world: World) -> None:
        schedule = Schedule(seed, steps, world)
        try:
            schedule.play()
        finally:
            tried.update(schedule.tried)

    play_all(((f"seed-{seed}", CONFIG, lambda world, seed=seed: one(seed, world)) for seed in seeds), folder)
    count(**tried)


@pytest.mark.parametrize("first", [100, 200, 300, 400])
def test_some_schedules(first: int, tmp_path: Path, count: Count) -> None:
    play(range(first, first + 3), 4, tmp_path, count)


@pytest.mark.soak
@pytest.mark.parametrize("portion", range(-(-LONG // PORTION)))
def test_many_schedules(portion: int, tmp_path: Path, count: Count) -> None:
    begin = FIRST + portion * PORTION
    play(range(begin, min(begin + PORTION, FIRST + LONG)), 10, tmp_path, count)
