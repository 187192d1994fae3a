"""What many recordings cost, on an emulator whose every answer takes as long as the real service's may.

    python -m benchmarks.scale [--count 200] [--repeat 15] [--plugin] [--parallel 64] [--latency 0.3] [--wait]

The limit is the service's own: so many requests of one action at 20/s. "Requests" is the time from the first
request to the last answer, "command" all of it. The previews alternate with those of the same program on a
provider that does nothing; with --plugin both are plugins.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from benchmarks import nothing_plugin
from tests.support import plugin_programs
from tests.support.emulator import Emulator, emulator
from tests.support.pulumi_cli import ROOT, Stack, Stacks
from tests.support.recordings import all_recording, inputs, new_stack, program

_RATE = 20
_START, _DESCRIBE, _STOP = "StartWebRecord", "DescribeWebRecord", "StopWebRecord"


@attrs.frozen
class Cost:
    """What one command came to.

    Attributes:
        requests: By action.
        refused: Part of the requests that were over the service's limit.
        asking_s, command_s: From the first request to the last answer, and in all.
    """

    requests: Counter[str]
    refused: float
    asking_s: float
    command_s: float


@attrs.frozen
class Options:
    """What is measured.

    Attributes:
        plugin: Through the plugin, in place of the dynamic provider.
        parallel: The engine's `--parallel`; 0 for its own choice.
        latency: Seconds that each answer takes.
        wait: Each recording is waited for until it records.
    """

    count: int
    repeat: int
    plugin: bool
    parallel: int
    latency: float
    wait: bool

    def command(self, name: str) -> tuple[str, ...]:
        """A command that asks nobody."""
        side_by_side = ("--parallel", str(self.parallel)) if self.parallel else ()
        return (name, "--yes", "--skip-preview", *side_by_side)


def _seconds(command: Sequence[str], stack: Stack) -> float:
    begun = time.monotonic()
    stack.run(*command, timeout=1800)
    return time.monotonic() - begun


def _cost(command: Sequence[str], stack: Stack, emu: Emulator, latency: float) -> Cost:
    before = len(emu.requests())
    command_s = _seconds(command, stack)
    requests = emu.requests()[before:]
    times = [datetime.fromisoformat(one["time"]) for one in requests]
    return Cost(
        Counter(one["action"] for one in requests),
        sum(one["code"] == "RequestLimitExceeded" for one in requests) / max(1, len(requests)),
        (max(times) - min(times)).total_seconds() + latency if times else 0.0,
        command_s,
    )


def _row(name: str, cost: Cost, limit_s: float, target: str) -> None:
    counts = (f"{cost.requests[action]:5}" for action in (_START, _DESCRIBE, _STOP))
    ratios = (f"{seconds:6.1f} s, {seconds / limit_s:4.2f}" for seconds in (cost.asking_s, cost.command_s))
    print(
        f"| {name:<7} | {' | '.join(counts)} | {cost.refused:7.1%} | {' | '.join(ratios)} | {target:<44} |",
        flush=True,
    )


def beside_nothing(text: str, stacks: Stacks, emu: Emulator, folder: Path) -> tuple[Stack, Stack]:
    """A stack of a program on the plugin, and the same on one that does nothing."""
    nothing_plugin.install(folder / "nothing")
    stack = plugin_programs.with_plugin(new_stack(stacks, emu, text))
    return stack, plugin_programs.with_plugin(stacks.new(text), folder / "nothing")


def _stacks(options: Options, stacks: Stacks, emu: Emulator, folder: Path) -> tuple[Stack, Stack]:
    """A stack of the recordings, and the same on a provider that does nothing."""
    names = [f"room{number}" for number in range(options.count)]
    if options.plugin:
        wait: dict[str, Any] = {"waitUntilRecording": 60} if options.wait else {}
        text = plugin_programs.program(*(plugin_programs.declared(name, **wait) for name in names))
        return beside_nothing(text, stacks, emu, folder)
    text = program(**{name: inputs(wait_until_recording=60 if options.wait else None) for name in names})
    other = stacks.new(text.replace("import pulumi_trtc as trtc", "import benchmarks.nothing as trtc"))
    return new_stack(stacks, emu, text), other


def _measure(options: Options, folder: Path) -> None:
    count = options.count
    limit_s = count / _RATE
    stacks = Stacks(folder)
    with emulator(folder / "emulator", "--start-delay", "0.2", "--concurrency-limit", str(count)) as emu:
        try:
            stack, nothing = _stacks(options, stacks, emu, folder)
            stack.unhurried()
            nothing.unhurried(str(ROOT))
            emu.fault("latency", seconds=options.latency)
            how = "the plugin" if options.plugin else "the dynamic provider"
            print(
                f"{count} recordings through {how}, {options.latency} s for each answer; at {_RATE}/s at "
                f"least {limit_s:g} s\n"
            )
            print("|         | Start | Descr | Stop  | refused | requests: limit | command: limit | target |")
            print("|---|---|---|---|---|---|---|---|")
            up = _cost(options.command("up"), stack, emu, options.latency)
            _row("up", up, limit_s, f"{count} Starts, <= 5 Describes, <= 1 % refused")
            all_recording(emu)
            ratio, asked = _previews(stack, nothing, emu, options.repeat)
            refresh = _cost(options.command("refresh"), stack, emu, options.latency)
            _row("refresh", refresh, limit_s, f"<= {count + 10} Describes")
            destroy = _cost(options.command("destroy"), stack, emu, options.latency)
            _row("destroy", destroy, limit_s, "<= 1.20 of the limit")
            target = 1.3 if options.plugin else 1.1
            print(f"\n{ratio}; target <= {target:.2f}. {asked} requests in all of these previews; target 0.")
        finally:
            stacks.close()


def _previews(stack: Stack, nothing: Stack, emu: Emulator, repeat: int) -> tuple[str, int]:
    """The ratio of previews that have nothing to do, and the requests that they made."""
    nothing.up()
    before = len(emu.requests())
    ours: list[float] = []
    theirs: list[float] = []
    turns = [(stack, ours), (nothing, theirs)]
    for _ in range(repeat):
        for one, times in turns:
            times.append(_seconds(("preview", "--expect-no-changes"), one))
        turns.reverse()  # a machine that slows down slows both
    a, b = statistics.median(ours), statistics.median(theirs)
    spread = f"{min(ours):.2f}..{max(ours):.2f} and {min(theirs):.2f}..{max(theirs):.2f}"
    text = f"no-op preview: {a:.2f} s, {b:.2f} s on a provider that does nothing ({spread}): {a / b:.2f}"
    return text, len(emu.requests()) - before


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure what many recordings cost.")
    parser.add_argument("--count", type=int, default=200, help="recordings of the stack")
    parser.add_argument("--repeat", type=int, default=15, help="previews of each kind")
    parser.add_argument("--plugin", action="store_true", help="through the plugin")
    parser.add_argument("--parallel", type=int, default=0, help="the engine's `--parallel`")
    parser.add_argument("--latency", type=float, default=0.3, help="seconds that each answer takes")
    parser.add_argument("--wait", action="store_true", help="wait until each recording records")
    options = Options(**vars(parser.parse_args(arguments)))
    with tempfile.TemporaryDirectory() as folder:
        _measure(options, Path(folder))


if __name__ == "__main__":
    main()
