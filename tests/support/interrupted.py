"""Updates that are interrupted while a StartWebRecord waits for its answer."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import processes
from tests.support.emulator import Emulator, eventually
from tests.support.pulumi_cli import Stack

Interrupt = Callable[[processes.Running], None]
# Far longer than a test, and less than the emulator keeps a fault.
_FOREVER_S = 3000


@contextmanager
def starting(
    stack: Stack,
    emu: Emulator,
    *arguments: str,
    seconds: float = _FOREVER_S,
    when: str = "after",
    start: Callable[[], processes.Running] | None = None,
) -> Iterator[processes.Running]:
    """An `up` whose next StartWebRecord has reached the emulator and has no answer.

    Args:
        seconds: How long it has none.
        when: "after": the recording was accepted already; "before": it will be once the time is over.
        start: Starts the `up`, if the CLI alone is not it.
    """
    begun = len(emu.requests("StartWebRecord"))
    emu.fault("latency", "StartWebRecord", seconds=seconds, when=when, next=1)
    running = start() if start else stack.start("up", "--yes", "--skip-preview", *arguments)
    eventually(
        lambda: _waits(emu, running, begun, when), f"a start that waits, of\n{running.text()}", deadline=120
    )
    # A file that is cut while the engine writes it is a broken backend, which nobody promises to heal.
    eventually(_Checkpoint(stack).rests, "a state that the engine has written", deadline=120)
    try:
        yield running
    finally:
        emu.clear_faults()


def killed(stack: Stack, emu: Emulator, *arguments: str, how: Interrupt | None = None) -> str:
    """Kill an `up`, all of it by default, while a create waits; the TaskId of what it has started."""
    begun = len(emu.requests("StartWebRecord"))
    with starting(stack, emu, *arguments) as running:
        (task_id,) = [one["task_id"] for one in _waiting(emu, begun)]
        (how or kill_all)(running)
    stack.run("cancel", "--yes")
    return str(task_id)


def kill_cli(running: processes.Running) -> None:
    """SIGKILL of `pulumi` alone: the program's and the provider's process go on."""
    running.signal(signal.SIGKILL)
    running.wait()


def kill_all(running: processes.Running) -> None:
    """SIGKILL of `pulumi` and all that it started, at once: a machine that loses its power."""
    # Stopped first, so that none of them sees another one go.
    for pid in processes.session_members(running.process.pid):
        os.kill(pid, signal.SIGSTOP)
    running.end()


def kill_provider(running: processes.Running) -> None:
    """SIGKILL of the provider's process, which the CLI then misses."""
    (provider,) = (
        pid for pid in processes.session_members(running.process.pid) if "pulumi.dynamic" in _command(pid)
    )
    os.kill(provider, signal.SIGKILL)
    assert running.wait() != 0


class _Checkpoint:
    """A stack's state as its backend has it."""

    def __init__(self, stack: Stack) -> None:
        self._files = [*(stack.backend / ".pulumi/stacks").rglob(f"{stack.name}.json")]
        self._before: list[bytes] = []

    def rests(self) -> bool:
        """Whether it tells of a create that waits, and was the same at the look before."""
        before, self._before = self._before, [one.read_bytes() for one in self._files]
        return before == self._before and all(b'"creating"' in one for one in before)


def _waits(emu: Emulator, running: processes.Running, begun: int, when: str) -> list[dict[str, Any]]:
    assert running.process.poll() is None, running.text()
    return [one for one in _waiting(emu, begun) if one["handled"] == (when == "after")]


def _waiting(emu: Emulator, begun: int) -> list[dict[str, Any]]:
    """The delayed starts, but for the first `begun` of all, that have no answer."""
    asked = emu.requests("StartWebRecord")[begun:]
    return [one for one in asked if one["fault"] and one["code"] is None]


def _command(pid: int) -> list[str]:
    return (Path("/proc") / str(pid) / "cmdline").read_text().split("\0")
