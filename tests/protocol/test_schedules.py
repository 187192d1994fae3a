"""Random histories of updates, refreshes, destroys, faults and deaths; a failure names its seed and steps."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.support.crowd import side_by_side
from tests.support.schedule import play

Count = Callable[..., None]
AT_ONCE = 4
# Each long run tries other histories. To play one that failed again: SCHEDULE_SEED=<its seed> SCHEDULES=11.
FIRST = int(os.environ.get("SCHEDULE_SEED") or random.SystemRandom().randrange(10**9))
LONG = int(os.environ.get("SCHEDULES") or 550)
# From the eleventh on, Hypothesis would vary what it has tried.
PORTION = 11
SEEDS = -(-LONG // PORTION)


def play_all(seeds: Sequence[int], schedules: int, steps: int, folder: Path, count: Count) -> None:
    tried: Counter[str] = Counter()
    plays = (
        (f"seed {seed}", partial(lambda seed: tried.update(play(seed, schedules, steps, folder)), seed))
        for seed in seeds
    )
    side_by_side(plays, AT_ONCE)
    count(**tried)


@pytest.mark.parametrize("first", [100, 200])
def test_some_schedules(first: int, tmp_path: Path, count: Count) -> None:
    play_all(range(first, first + 2), 3, 4, tmp_path, count)


@pytest.mark.soak
@pytest.mark.parametrize("begin", range(0, SEEDS, AT_ONCE))
def test_many_schedules(begin: int, tmp_path: Path, count: Count) -> None:
    seeds = range(FIRST + begin, FIRST + min(begin + AT_ONCE, SEEDS))
    play_all(seeds, PORTION, 10, tmp_path, count)
