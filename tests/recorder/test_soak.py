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

from tests.support import pages, processes, recording, video

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
