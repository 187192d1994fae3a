"""Faults and deaths at each API call of each command, and whatever comes next: exactly one recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.support.crowd import a_world, side_by_side
from tests.support.matrix import (
    AGAIN,
    CREATE,
    FORCED,
    LOOK,
    READ,
    REPLACE,
    REVIVE,
    SWAP,
    WAIT,
    Case,
    death_case,
    death_cases,
    fault_case,
    fault_cases,
)
from tests.support.messages import ADAPTERS, DYNAMIC, Adapter
from tests.support.world import DESCRIBE, START, STOP

Count = Callable[..., None]
PORTION = 40

# One of each kind of fault, spread over commands, points and follow-ups.
SOME_FAULTS = (
    fault_case(CREATE, (START, 0), "slow-before", "up"),
    fault_case(WAIT, (DESCRIBE, 0), "failing", "changed"),
    fault_case(REPLACE, (DESCRIBE, 0), "malformed", "up"),
    fault_case(REPLACE, (START, 0), "missing-task-id", "refresh"),
    fault_case(REPLACE, (STOP, 0), "InternalError-handled", "clear"),
    fault_case(FORCED, (START, 0), "http-504-handled", "destroy"),
    fault_case(SWAP, (STOP, 0), "http-503", "up"),
    fault_case(READ, (DESCRIBE, 0), "no-envelope", "destroy"),
    fault_case(AGAIN, (DESCRIBE, 2), "cut-before", "up"),
    fault_case(LOOK, (STOP, 0), "down", "refresh"),
)
# The same for deaths.
SOME_DEATHS = (
    death_case(CREATE, (START, 0), "cli", "changed"),
    death_case(CREATE, (START, 0), "emulator", "up"),
    death_case(REPLACE, (START, 0), "cli", "destroy"),
    death_case(REPLACE, (DESCRIBE, 0), "outage", "refresh"),
    death_case(REPLACE, (STOP, 0), "both", "clear"),
    death_case(FORCED, (STOP, 0), "provider", "refresh"),
    death_case(SWAP, (STOP, 0), "both", "up"),
    death_case(AGAIN, (START, 0), "both", "up"),
    death_case(LOOK, (DESCRIBE, 1), "provider", "clear"),
    death_case(REVIVE, (DESCRIBE, 0), "cli", "up"),
)


def play(cases: Sequence[Case], folder: Path, adapter: Adapter = DYNAMIC) -> int:
    def one(case: Case) -> None:
        with a_world(folder / case.name, case.config, adapter) as world:
            case.run(world)

    return side_by_side((case.name, partial(one, case)) for case in cases)


def portions(cases: Sequence[Case]) -> list[Sequence[Case]]:
    return [cases[start : start + PORTION] for start in range(0, len(cases), PORTION)]


@pytest.mark.parametrize("part", range(4))
def test_some_faults(part: int, tmp_path: Path, count: Count) -> None:
    count(faults=play(SOME_FAULTS[part::4], tmp_path))


@pytest.mark.parametrize("adapter", ADAPTERS, ids=str)
@pytest.mark.parametrize("part", range(4))
def test_some_deaths(part: int, adapter: Adapter, tmp_path: Path, count: Count) -> None:
    count(kills=play(SOME_DEATHS[part::4], tmp_path, adapter))


@pytest.mark.soak
@pytest.mark.parametrize("cases", portions(list(fault_cases())), ids=lambda cases: cases[0].name)
def test_all_faults(cases: Sequence[Case], tmp_path: Path, count: Count) -> None:
    count(faults=play(cases, tmp_path))


@pytest.mark.soak
@pytest.mark.parametrize("adapter", ADAPTERS, ids=str)
@pytest.mark.parametrize("cases", portions(list(death_cases())), ids=lambda cases: cases[0].name)
def test_all_deaths(cases: Sequence[Case], adapter: Adapter, tmp_path: Path, count: Count) -> None:
    count(kills=play(cases, tmp_path, adapter))
