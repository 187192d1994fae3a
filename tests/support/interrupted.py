"""Updates that are interrupted while a StartWebRecord waits for its answer."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from tests.support import processes
from tests.support.emulator import Emulator, eventually
from tests.support.pulumi_cli import Stack
from tools import sessions

Interrupt = Callable[[processes.Running], None]
# Far longer than a test, and less than the emulator keeps a fault.
_FOREVER_S = 3000


@contextlib.contextmanager
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
    _stop(lambda: [running.process.pid])
    running.signal(signal.SIGKILL)
    running.wait()


def kill_all(running: processes.Running) -> None:
    """SIGKILL of `pulumi` and all that it started, at once: a machine that loses its power."""
    # Stopped first, so that none of them sees another one go.
    _stop(lambda: processes.session_members(running.process.pid))
    running.end()


def kill_provider(running: processes.Running) -> None:
    """SIGKILL of the provider's process, which the CLI then misses."""
    (provider,) = (
        pid for pid in processes.session_members(running.process.pid) if "pulumi.dynamic" in _command(pid)
    )
    os.kill(provider, signal.SIGKILL)
    assert running.wait() != 0


def _stop(pids: Callable[[], list[int]]) -> None:
    """SIGSTOP processes at a moment when none of them is writing a file of the state.

    The file backend empties `<stack>.json.attrs` and then writes it: a kill between the two leaves a stack
    that the CLI cannot load ("EOF"), a broken backend, which nobody promises to heal.
    """

    def between_writes() -> bool:
        stopped = pids()
        sessions.send(stopped, signal.SIGSTOP)
        eventually(lambda: all(map(_stands, stopped)), f"that {stopped} stand still")
        if not any(map(_has_state_open, stopped)):
            return True
        sessions.send(stopped, signal.SIGCONT)
        return False

    eventually(between_writes, "a moment between two writes of the state")


def _stands(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        threads = (Path("/proc") / str(pid) / "task").glob("*/stat")
        return all(one.read_text().rpartition(")")[2].split()[0] in "TZX" for one in threads)
    return True


def _has_state_open(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return any("/.pulumi/stacks/" in one.path for one in psutil.Process(pid).open_files())
    return False


def _waits(emu: Emulator, running: processes.Running, begun: int, when: str) -> list[dict[str, Any]]:
    assert running.process.poll() is None, running.text()
    return [one for one in _waiting(emu, begun) if one["handled"] == (when == "after")]


def _waiting(emu: Emulator, begun: int) -> list[dict[str, Any]]:
    """The delayed starts, but for the first `begun` of all, that have no answer."""
    asked = emu.requests("StartWebRecord")[begun:]
    return [one for one in asked if one["fault"] and one["code"] is None]


def _command(pid: int) -> list[str]:
    return (Path("/proc") / str(pid) / "cmdline").read_text().split("\0")
