"""Whatever is killed: the files play, nobody else notices, no process stays."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import pages, processes, recording, video
from trtc_emulator.recorder import recover

# A file may end this long before the kill. (The promise is 2 s, which the soak checks on a quiet machine.)
LOST_SECONDS = 4.0
RECORDED_SECONDS = 6.0


def _child(recorder: int, name: str) -> int:
    """The process that the recorder itself started from a program with this name."""
    for pid in processes.session_members(recorder):
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        program = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
        if parent == recorder and name in program:
            return pid
    raise AssertionError(f"no {name}")


async def _until_gone(group: int) -> None:
    deadline = time.monotonic() + recording.PATIENCE_SECONDS
    while left := processes.session_members(group):
        assert time.monotonic() < deadline, left
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("victim", ["recorder", "ffmpeg", "browser"])
def test_a_death_ends_one_recording_and_keeps_its_files(tmp_path: Path, victim: str) -> None:
    one, other = tmp_path / "one", tmp_path / "other"

    async def run() -> tuple[recording.Events, float]:
        async with recording.recorder(max_recordings=2) as (media, events):
            formats = ("mp4", "hls") if victim != "browser" else ("mp4",)
            await media.start(recording.job(other, site.url, task_id="other"))
            await media.start(recording.job(one, site.url, task_id="one", formats=formats))
            await events.until(lambda e: e.names().count("started") == 2, "both starts")
            started = time.monotonic()
            await asyncio.sleep(RECORDED_SECONDS)
            group = recording.group_of(one)
            programs = {"ffmpeg": "ffmpeg", "browser": "chrom"}
            os.kill(_child(group, programs[victim]) if victim in programs else group, signal.SIGKILL)
            recorded = time.monotonic() - started
            await events.have("finished")
            await _until_gone(group)
            assert events.told[-1] == ("finished", ("one",))
            assert [values[0] for name, values in events.told if name == "crashed"] == ["one"]
            assert processes.session_members(recording.group_of(other))
            await media.stop("other")
            return events, recorded

    with pages.serving({"/": pages.clock(0)}) as site:
        events, recorded = asyncio.run(run())

    files = {
        values[1].name: values[1] for name, values in events.told if name == "file" and values[0] == "one"
    }
    assert list(files) == (["one_0.mp4"] if victim == "browser" else ["one_0.mp4", "one.m3u8"])
    for name, file in files.items():
        seen = video.inspect(one / name)
        assert seen.seconds >= recorded - LOST_SECONDS
        assert (file.end_ms - file.start_ms) / 1000 == pytest.approx(seen.seconds, abs=0.5)
    assert not [
        name for name in recording.names(one) if name.startswith(".") or name.endswith((".part", ".tmp"))
    ]
    assert recording.names(other) == ["other_0.mp4"]


EMULATOR = """
import asyncio, sys
from pathlib import Path
from tests.support import recording

async def main():
    async with recording.recorder() as (media, events):
        await media.start(recording.job(Path(sys.argv[1]), sys.argv[2], formats=("mp4", "hls")))
        await events.have("started")
        print("started", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.parametrize("with_recorder", [False, True], ids=["emulator alone", "emulator and recorder"])
def test_a_killed_emulator_leaves_complete_files_and_no_process(tmp_path: Path, with_recorder: bool) -> None:
    """What is left, the next start completes."""
    command = [sys.executable, "-c", EMULATOR, str(tmp_path)]

    async def after_the_kill(group: int) -> recording.Events:
        async with recording.recorder() as (media, events):
            for file in await media.recover(tmp_path):
                events.file("task", file)
            assert processes.session_members(group) == []
            assert await media.recover(tmp_path) == tuple(events.files())
            return events

    with (
        pages.serving({"/": pages.clock(0)}) as site,
        subprocess.Popen([*command, site.url], stdout=subprocess.PIPE, start_new_session=True) as emulator,
    ):
        assert emulator.stdout is not None
        assert emulator.stdout.readline() == b"started\n"
        started = time.monotonic()
        time.sleep(RECORDED_SECONDS)
        group = recording.group_of(tmp_path)
        emulator.kill()
        if with_recorder:
            os.kill(group, signal.SIGKILL)
        recorded = time.monotonic() - started
        events = asyncio.run(after_the_kill(group))

    assert {file.name for file in events.files()} == {"task_0.mp4", "task.m3u8"}
    for file in events.files():
        assert video.inspect(tmp_path / file.name).seconds >= recorded - LOST_SECONDS
        assert file.size > 0
    assert not [name for name in recording.names(tmp_path) if name.startswith(".") or name.endswith(".part")]


def test_a_folder_without_leftovers_needs_no_recovery(tmp_path: Path) -> None:
    async def run() -> None:
        async with recording.recorder() as (media, _):
            assert await media.recover(tmp_path / "none") == ()
            assert await media.recover(tmp_path) == ()

    asyncio.run(run())


@pytest.mark.parametrize("growing", [True, False])
def test_a_segment_that_is_gone_is_left_out(tmp_path: Path, growing: bool) -> None:
    segments = "".join(f"#EXTINF:6.000000,\ntask_0000{number}.ts\n" for number in range(3))
    head = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n"
    whole = tmp_path / "task.m3u8"
    if growing:
        # The end of a line is missing too, as after a write without room.
        (tmp_path / "task.m3u8.part").write_text(f"{head}{segments}#EXTINF:6.0")
    else:
        whole.write_text(f"{head}{segments}#EXT-X-ENDLIST\n")
    for number in (0, 2):
        (tmp_path / f"task_0000{number}.ts").write_bytes(b"x" * 100)

    for _ in range(2):
        (file,) = recover.complete(tmp_path, Path("/bin/false"))
        assert file.name == "task.m3u8"
        assert file.size == 200 + whole.stat().st_size
        assert file.end_ms - file.start_ms == 12_000
    if growing:
        rest = segments.replace("#EXTINF:6.000000,\ntask_00001.ts\n", "")
        assert whole.read_text() == f"{head}{rest}#EXT-X-ENDLIST\n"


def test_a_playlist_without_any_of_its_segments_is_none(tmp_path: Path) -> None:
    (tmp_path / "task.m3u8.part").write_text("#EXTM3U\n#EXTINF:6.000000,\ntask_00000.ts\n")
    assert recover.complete(tmp_path, Path("/bin/false")) == ()
    assert recording.names(tmp_path) == []
