"""What an update costs as a stack grows, in time and memory.

    python -m benchmarks.growth [--counts 200 1000 2000]

Beside it stands what the engine itself costs: the same program on a plugin that does nothing. The engine
writes the whole state anew after each step, so that its own time grows with the square of the recordings.

The recordings are in four applications; the emulator has no limits, so that what is seen beside the
provider's own pace (20 requests of one action a second) is the engine's, the SDK's and the provider's.
"At most" is the largest memory (PSS) that all processes of a command had together, seen each half second.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from benchmarks.scale import beside_nothing
from benchmarks.usage import descendants, memory_mb
from tests.support import plugin_programs
from tests.support.emulator import emulator
from tests.support.pulumi_cli import ROOT, Stack, Stacks
from tests.support.recordings import all_recording

_APPLICATIONS = 4
_FIRST_APPLICATION = 1400000000
_LOOK_SECONDS = 0.5
_COMMANDS = (
    ("up", "--yes", "--skip-preview", "--parallel", "64"),
    ("preview", "--expect-no-changes"),
    ("refresh", "--yes", "--skip-preview", "--parallel", "64"),
    ("destroy", "--yes", "--skip-preview", "--parallel", "64"),
)


@attrs.frozen
class Cost:
    """One command's time, and the most memory that it had."""

    seconds: float
    memory_mb: float


def _program(count: int) -> str:
    names = {f"room{number}": _FIRST_APPLICATION + number % _APPLICATIONS for number in range(count)}
    declared = plugin_programs.declared
    return plugin_programs.program(*(declared(name, sdkAppId=app) for name, app in names.items()))


def _cost(stack: Stack, command: Sequence[str]) -> Cost:
    begun = time.monotonic()
    running = stack.start(*command)
    most = 0.0
    while running.process.poll() is None:
        most = max(most, memory_mb([running.process.pid, *descendants(running.process.pid)]))
        time.sleep(_LOOK_SECONDS)
    seconds = time.monotonic() - begun
    if running.process.returncode:
        raise SystemExit(running.text())
    running.end()
    return Cost(seconds, most)


def _rows(count: int, folder: Path) -> Iterator[str]:
    stacks = Stacks(folder)
    limits = ("--concurrency-limit", str(count), "--rate-limit", "0", "--start-delay", "0.2")
    with emulator(folder / "emulator", *limits) as emu:
        try:
            stack, nothing = beside_nothing(_program(count), stacks, emu, folder)
            stack.unhurried()
            nothing.unhurried(str(ROOT))
            for command in _COMMANDS:
                ours, engine = _cost(stack, command), _cost(nothing, command)
                if command[0] == "up":
                    all_recording(emu)
                yield (
                    f"| {count:10} | {command[0]:7} | {ours.seconds:7.1f} s | {engine.seconds:7.1f} s "
                    f"| {1000 * (ours.seconds - engine.seconds) / count:8.1f} ms "
                    f"| {ours.memory_mb:7.0f} MB | {engine.memory_mb:7.0f} MB |"
                )
        finally:
            stacks.close()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure what a stack costs as it grows.")
    parser.add_argument("--counts", type=int, nargs="+", default=[200, 1000, 2000])
    options = parser.parse_args(arguments)
    print(f"Load {os.getloadavg()[0]:.1f} before the first measurement\n")
    print("| recordings | command | time | the engine's own | more for each | at most | the engine's own |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            for row in _rows(count, Path(folder)):
                print(row, flush=True)


if __name__ == "__main__":
    main()
