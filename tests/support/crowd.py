"""Runs many worlds side by side: most of the time of each one is waiting."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.emulator import emulator
from tests.support.world import START_DELAY, World, make_world

Play = tuple[str, Mapping[str, str], Callable[[World], None]]


def play_all(plays: Iterable[Play], folder: Path, at_once: int = 4) -> int:
    """Play each (name, configuration, play) on an emulator and a stack of its own; how many there were.

    Raises:
        AssertionError: Some failed; all of them are named, each with its traceback.
    """
    with ThreadPoolExecutor(at_once) as pool:
        results = list(pool.map(lambda one: _play(folder, *one), plays))
    failures = [text for text in results if text]
    assert not failures, f"{len(failures)} of {len(results)} failed:\n\n" + "\n\n".join(failures)
    return len(results)


def _play(folder: Path, name: str, config: Mapping[str, str], play: Callable[[World], None]) -> str:
    home = folder / name
    home.mkdir()
    world = None
    try:
        with emulator(home / "emulator", "--start-delay", START_DELAY) as emu:
            world = make_world(emu, home / "stack", config)
            try:
                play(world)
            finally:
                world.engine.close()
    except Exception:  # noqa: BLE001  all failures are shown together
        requests = f"\n{world.engine.provider_errors()}" if world else ""
        return f"{name}:\n{traceback.format_exc()}{requests}"
    return ""
