"""The long form: a minute in real time, what a kill costs, nothing that piles up. Needs a quiet machine."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import tempfile
import time
from pathlib import Path

import pytest

from tests.support import beeps, pages, processes, recording, video
from trtc_emulator.media.contract import RecordedFile

pytestmark = pytest.mark.soak


def test_a_minute_is_a_minute(tmp_path: Path) -> None:
    """±0.2 s over 60 s: the length, and the time that the page shows at each second."""
    base_ms = round(time.time() * 1000)
    with pages.serving({"/": pages.clock(base_ms)}) as site:
        events = asyncio.run(recording.record(recording.job(tmp_path, site.url), 60))
    (file,) = events.files()
    path = tmp_path / file.name
    assert video.inspect(path).seconds == pytest.approx(
        events.times["stop"] - events.times["started"], abs=0.2
    )
    times = video.clock_times(path, recording.WIDTH)
    errors = [shown + base_ms - file.start_ms - 40 * number for number, shown in enumerate(times)]
    for second in range(len(errors) // 25):
        assert abs(statistics.median(errors[second * 25 : second * 25 + 25])) < 200, second


HOURS = float(os.environ.get("TRTC_SOAK_HOURS", "2"))
LOOKS = 20


def test_hours_are_hours_and_memory_stays_flat(tmp_path: Path) -> None:
    """No drift beyond one frame, of the picture from the clock and of the sound from the picture."""
    seconds = HOURS * 3600
    base_ms = round(time.time() * 1000)
    memory: dict[str, list[int]] = {"clock": [], "beeps": []}

    async def run(url: str) -> recording.Events:
        async with recording.recorder(split_seconds=seconds / LOOKS, max_recordings=2) as (media, events):
            for name in memory:
                await media.start(recording.job(tmp_path / name, f"{url}/{name}", task_id=name))
            await events.until(lambda e: e.names().count("started") == len(memory), "both starts")
            begun = time.monotonic()
            for look in range(LOOKS):
                await asyncio.sleep(max(0.0, begun + (look + 1) * seconds / LOOKS - time.monotonic()))
                for name, found in memory.items():
                    found.append(_kilobytes(recording.group_of(tmp_path / name)))
            return events

    with pages.serving({"/clock": pages.clock(base_ms), "/beeps": beeps.page()}) as site:
        events = asyncio.run(run(site.url))
    assert set(events.names()) == {"started", "file", "finished"}

    def pieces(name: str) -> tuple[RecordedFile, ...]:
        """The first file and the last that is whole."""
        files = [values[1] for kind, values in events.told if kind == "file" and values[0] == name]
        assert (files[-1].end_ms - files[0].start_ms) / 1000 == pytest.approx(seconds, rel=0.01, abs=10)
        return files[0], files[LOOKS - 2]

    ages = []
    for file in pieces("clock"):
        times = video.clock_times(tmp_path / "clock" / file.name, recording.WIDTH)
        shown = [file.start_ms + 40 * number - base_ms - time_ms for number, time_ms in enumerate(times)]
        ages.append(statistics.median(age % (1 << pages.CLOCK_BITS) for age in shown))
    assert abs(ages[1] - ages[0]) <= 40, ages
    offsets = [beeps.offsets(tmp_path / "beeps" / file.name, recording.WIDTH) for file in pieces("beeps")]
    assert all(len(found) >= 0.9 * seconds / LOOKS - 3 for found in offsets)
    early, late = (statistics.median(found) for found in offsets)
    assert abs(late - early) <= 0.04, (early, late)
    # The recorders' own. In the first looks is what is loaded once.
    for found in memory.values():
        assert max(found[-3:]) <= found[1] * 1.02 + 2000, found


def _kilobytes(pid: int) -> int:
    """The memory that a process alone has."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private"))


async def _kill(tmp_path: Path, url: str, victim: str, seconds: float) -> float:
    """Kill what records some seconds after its start; returns how long it was at work."""
    async with recording.recorder() as (media, events):
        await media.start(recording.job(tmp_path, url, formats=("mp4", "hls")))
        await events.have("started")
        started = time.monotonic()
        await asyncio.sleep(seconds)
        group = recording.group_of(tmp_path)
        (os.kill if victim == "recorder" else os.killpg)(group, signal.SIGKILL)
        recorded = time.monotonic() - started
        await events.have("finished")
        return recorded


@pytest.mark.parametrize("victim", ["recorder", "all of its processes"])
def test_a_kill_costs_less_than_two_seconds(tmp_path: Path, victim: str) -> None:
    with pages.serving({"/": pages.clock(0)}) as site:
        recorded = asyncio.run(_kill(tmp_path, site.url, victim, 15))
    for name in ("task_0.mp4", "task.m3u8"):
        assert video.inspect(tmp_path / name).seconds >= recorded - 2


def test_a_kill_in_the_second_second_leaves_the_first(tmp_path: Path) -> None:
    with pages.serving({"/": pages.clock(0)}) as site:
        recorded = asyncio.run(_kill(tmp_path, site.url, "all of its processes", 1.9))
    for name in ("task_0.mp4", "task.m3u8"):
        assert video.inspect(tmp_path / name).seconds >= recorded - 1


def test_nothing_piles_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty recordings, stopped at every moment of their lives: no process, no temporary file stays."""
    groups: list[int] = []
    temporary = Path(tempfile.mkdtemp(prefix="soak-", dir="/tmp"))  # a long path would not be used
    monkeypatch.setenv("TMPDIR", str(temporary))

    async def run() -> None:
        async with recording.recorder(max_recordings=2) as (media, events):
            for number in range(30):
                folder = tmp_path / str(number)
                await media.start(recording.job(folder, site.url, task_id=str(number)))
                await asyncio.sleep(number * 0.1)
                # Made, then written: a recording this young may be between the two.
                if (folder / ".lock").exists() and (folder / ".lock").read_text():
                    groups.append(recording.group_of(folder))
                await media.stop(str(number))
                assert events.told[-1] == ("finished", (str(number),))
                assert not folder.exists() or set(recording.names(folder)) <= {f"{number}_0.mp4"}

    with pages.serving({"/": pages.clock(0)}) as site:
        asyncio.run(run())
    assert len(groups) > 10
    assert not [pid for group in groups for pid in processes.session_members(group)]
    temporary.rmdir()  # which it only does if nothing is in it
