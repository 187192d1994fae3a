"""CPU and memory of everything that a process has started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

import attrs

_TICKS = os.sysconf("SC_CLK_TCK")


@attrs.frozen
class Usage:
    """Cores, and the proportional share of memory (PSS), so that what processes share counts once."""

    cpu: float
    memory_mb: float


def descendants(of: int) -> list[int]:
    """All processes under one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = [of]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found[1:]


def _cpu_seconds() -> dict[int, float]:
    seconds = {}
    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
    return seconds


def memory_mb(pids: Iterable[int]) -> float:
    """What these processes have, the proportional share of what they share with others (PSS)."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):  # one that ends has none
            total += int(re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[0])
    return total / 1024


async def measure(seconds: float) -> Usage:
    """What everything under this process uses during the next seconds."""
    before, begun = _cpu_seconds(), time.monotonic()
    await asyncio.sleep(seconds)
    after, passed = _cpu_seconds(), time.monotonic() - begun
    memory = await asyncio.to_thread(memory_mb, descendants(os.getpid()))
    cpu = sum(spent - before.get(pid, 0.0) for pid, spent in after.items()) / passed
    return Usage(cpu, memory)
