"""Runs many worlds side by side: most of the time of each one is waiting."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.support.emulator import emulator
from tests.support.messages import DYNAMIC, Adapter
from tests.support.world import START_DELAY, World, make_world


@contextmanager
def a_world(home: Path, config: Mapping[str, str], adapter: Adapter = DYNAMIC) -> Iterator[World]:
    """A stack and an emulator of its own, in a new folder."""
    home.mkdir()
    with emulator(home / "emulator", "--start-delay", START_DELAY) as emu:
        world = make_world(emu, home / "stack", config, adapter=adapter)
        try:
            yield world
        finally:
            world.engine.close()


def side_by_side(plays: Iterable[tuple[str, Callable[[], None]]], at_once: int = 4) -> int:
    """Play each; how many there were.

    Raises:
        AssertionError: Some failed; all of them are named, each with its traceback.
    """

    def one(name: str, play: Callable[[], None]) -> str:
        try:
            play()
        except Exception:  # noqa: BLE001  all failures are shown together
            return f"{name}:\n{traceback.format_exc()}"
        return ""

    with ThreadPoolExecutor(at_once) as pool:
        results = list(pool.map(lambda named: one(*named), plays))
    failures = [text for text in results if text]
    assert not failures, f"{len(failures)} of {len(results)} failed:\n\n" + "\n\n".join(failures)
    return len(results)
