from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, emulator
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import START_DELAY, new_stack


@pytest.fixture
def stacks(tmp_path: Path) -> Iterator[Stacks]:
    """Makes stacks on the real CLI; everything of them ends with the test."""
    made = Stacks(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def session_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The process behind `emu`."""
    data = tmp_path_factory.mktemp("emulator") / "data"
    with emulator(data, "--start-delay", START_DELAY) as found:
        yield found


@pytest.fixture
def emu(session_emulator: Emulator) -> Emulator:
    """An emulator as if new, whose recordings begin soon after they were accepted."""
    session_emulator.reset()
    return session_emulator


@pytest.fixture
def recorded(stacks: Stacks, emu: Emulator) -> Callable[..., Stack]:
    """Makes stacks of a program's text that record on `emu`."""
    return lambda text, **options: new_stack(stacks, emu, text, **options)


@pytest.fixture
def patient(recorded: Callable[..., Stack]) -> Callable[[str], Stack]:
    """Makes stacks whose provider waits for an answer longer than any test lasts."""

    def make(text: str) -> Stack:
        stack = recorded(text)
        stack.config({"trtc:requestTimeout": "300"})
        return stack

    return make
