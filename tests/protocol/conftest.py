from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulator import Emulator, emulator
from tests.support.messages import DYNAMIC, Adapter
from tests.support.world import START_DELAY, World, Worlds, make_world


@pytest.fixture(scope="session")
def session_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The process behind `emu`."""
    data = tmp_path_factory.mktemp("session") / "data"
    with emulator(data, "--start-delay", START_DELAY) as found:
        yield found


@pytest.fixture
def emu(session_emulator: Emulator) -> Emulator:
    """An emulator as if new, whose recordings begin at once."""
    if session_emulator.process is None or session_emulator.process.poll() is not None:
        session_emulator.restart()
    session_emulator.reset()
    return session_emulator


@pytest.fixture
def adapter() -> Adapter:
    """Which one a stack's provider has; a module may have its tests tried with both."""
    return DYNAMIC


@pytest.fixture
def worlds(emu: Emulator, tmp_path: Path, adapter: Adapter) -> Iterator[Worlds]:
    """Makes stacks on one emulator; all their processes end with the test."""
    made: list[World] = []

    def make(config: Mapping[str, str] | None = None, **more: Any) -> World:
        made.append(make_world(emu, tmp_path / f"stack{len(made)}", config, **{"adapter": adapter, **more}))
        return made[-1]

    yield make
    for one in made:
        one.engine.close()


@pytest.fixture
def world(worlds: Worlds) -> World:
    """One stack that declares one recording."""
    return worlds()


@pytest.fixture(scope="module")
def running_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The process behind `service`."""
    with emulator(tmp_path_factory.mktemp("service") / "data", "--start-delay", "0") as found:
        yield found


@pytest.fixture
def service(running_service: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """An emulator as if new, for a command of the terminal that is called outside of every project."""
    monkeypatch.chdir(tmp_path)  # where this repository's project is not
    running_service.reset()
    return running_service
