"""CPU and memory of everything that this process has started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from pathlib import Path

import attrs

_TICKS = os.sysconf("SC_CLK_TCK")


@attrs.frozen
class Usage:
    """Cores, and the proportional share of memory (PSS), so that what processes share counts once."""

    cpu: float
    memory_mb: float


def _descendants() -> list[int]:
    """All processes under this one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [os.getpid()]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def _cpu_seconds() -> dict[int, float]:
    seconds = {}
    for pid in _descendants():
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
    return seconds


def _memory_mb() -> float:
    total = 0
    for pid in _descendants():
        with contextlib.suppress(OSError):
            total += int(re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[0])
    return total / 1024


async def measure(seconds: float) -> Usage:
    """What everything under this process uses during the next seconds."""
    before, begun = _cpu_seconds(), time.monotonic()
    await asyncio.sleep(seconds)
    after, passed = _cpu_seconds(), time.monotonic() - begun
    memory = await asyncio.to_thread(_memory_mb)
    cpu = sum(spent - before.get(pid, 0.0) for pid, spent in after.items()) / passed
    return Usage(cpu, memory)
