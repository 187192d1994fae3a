from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, StartEmulator, emulator


@pytest.fixture
def start_emulator(tmp_path: Path) -> Iterator[StartEmulator]:
    """Starts emulators with the arguments given, each with a folder of its own."""
    with ExitStack() as stack:
        count = iter(range(100))
        yield lambda *arguments, **options: stack.enter_context(
            emulator(tmp_path / f"emulator-{next(count)}", *arguments, **options)
        )


@pytest.fixture(scope="session")
def session_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The process behind `emu`."""
    data = tmp_path_factory.mktemp("session") / "data"
    with emulator(data, "--start-delay", "3600", "--rate-limit", "0") as found:
        yield found


@pytest.fixture
def emu(session_emulator: Emulator) -> Emulator:
    """An emulator as if new, whose recordings begin when the clock is moved, and without a rate limit."""
    session_emulator.reset()
    return session_emulator
