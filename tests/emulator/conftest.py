from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, emulator

Starter = Callable[..., Emulator]


@pytest.fixture
def start_emulator(tmp_path: Path) -> Iterator[Starter]:
    """Starts emulators with the arguments given, each with a folder of its own."""
    with ExitStack() as stack:
        count = iter(range(100))
        yield lambda *arguments, **options: stack.enter_context(
            emulator(tmp_path / f"emulator-{next(count)}", *arguments, **options)
        )


@pytest.fixture
def emu(start_emulator: Starter) -> Emulator:
    """An emulator whose recordings begin when the clock is moved, with no rate limit in the way."""
    return start_emulator("--start-delay", "3600", "--rate-limit", "0")
