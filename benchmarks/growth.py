"""What an update costs as a stack grows, in time and memory.

    python -m benchmarks.growth [--counts 200 1000 2000] [--dynamic]

The recordings are in four applications; the emulator has no limits, so that what is seen beside the
provider's own pace (20 requests of one action a second) is the engine's, the SDK's and the provider's.
"At most" is the largest memory (PSS) that all processes of a command had together, seen each half second.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import attrs

from benchmarks.usage import descendants, memory_mb
from tests.support import plugin_programs
from tests.support.emulator import Emulator, emulator
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import all_recording, inputs, new_stack, program

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


def _program(count: int, *, dynamic: bool) -> str:
    names = {f"room{number}": _FIRST_APPLICATION + number % _APPLICATIONS for number in range(count)}
    if dynamic:
        return program(**{name: inputs(sdk_app_id=application) for name, application in names.items()})
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


def _costs(count: int, folder: Path, *, dynamic: bool) -> dict[str, Cost]:
    stacks = Stacks(folder)
    limits = ("--concurrency-limit", str(count), "--rate-limit", "0", "--start-delay", "0.2")
    with emulator(folder / "emulator", *limits) as emu:
        try:
            stack = _stack(stacks, emu, _program(count, dynamic=dynamic), dynamic=dynamic)
            costs = {}
            for command in _COMMANDS:
                costs[command[0]] = _cost(stack, command)
                if command[0] == "up":
                    all_recording(emu)
            return costs
        finally:
            stacks.close()


def _stack(stacks: Stacks, emu: Emulator, text: str, *, dynamic: bool) -> Stack:
    stack = new_stack(stacks, emu, text)
    stack.env["PYTHONPATH"] = ""  # nothing of what the tests do to be quick
    return stack if dynamic else plugin_programs.with_plugin(stack)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure what a stack costs as it grows.")
    parser.add_argument("--counts", type=int, nargs="+", default=[200, 1000, 2000])
    parser.add_argument("--dynamic", action="store_true", help="through the dynamic provider")
    options = parser.parse_args(arguments)
    how = "the dynamic provider" if options.dynamic else "the plugin"
    print(f"Through {how}; load {os.getloadavg()[0]:.1f} before the first measurement\n")
    print("| recordings | command | seconds | ms each | at most | kB each |")
    print("|---|---|---|---|---|---|", flush=True)
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            for name, cost in _costs(count, Path(folder), dynamic=options.dynamic).items():
                each = f"{1000 * cost.seconds / count:7.1f} | {cost.memory_mb:6.0f} MB"
                row = f"| {count:10} | {name:7} | {cost.seconds:7.1f} | {each}"
                print(f"{row} | {1024 * cost.memory_mb / count:7.0f} |", flush=True)


if __name__ == "__main__":
    main()
