"""Whatever is killed: the files play, nobody else notices, no process stays."""

from __future__ import annotations

import asyncio
import contextlib
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
LOST_SECONDS = 3.5
RECORDED_SECONDS = 5.0
# What the victim's program is called; the recorder is the group's own first process.
PROGRAMS = {"recorder": "", "ffmpeg": "ffmpeg", "browser": "chrom"}
FORMATS = {"recorder": ("mp4", "hls"), "ffmpeg": ("mp4", "hls"), "browser": ("mp4",), "nobody": ("mp4",)}


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


def test_a_death_ends_one_recording_and_keeps_its_files(tmp_path: Path) -> None:
    """One process of each recording dies, in turn; the other recordings go on."""

    async def run() -> tuple[recording.Events, dict[str, float]]:
        async with recording.recorder(max_recordings=len(FORMATS)) as (media, events):
            started: dict[str, float] = {}
            for name, formats in FORMATS.items():
                await media.start(recording.job(tmp_path / name, site.url, task_id=name, formats=formats))
                await events.until(lambda e: e.names().count("started") > len(started), f"start of {name}")
                started[name] = time.monotonic()
            await asyncio.sleep(RECORDED_SECONDS)
            recorded = {}
            living = list(FORMATS)
            for victim, program in PROGRAMS.items():
                group = recording.group_of(tmp_path / victim)
                os.kill(_child(group, program) if program else group, signal.SIGKILL)
                recorded[victim] = time.monotonic() - started[victim]
                living.remove(victim)
                await events.until(lambda e: e.names().count("finished") == len(recorded), f"end of {victim}")
                await _until_gone(group)
                assert events.told[-1] == ("finished", (victim,))
                assert all(processes.session_members(recording.group_of(tmp_path / one)) for one in living)
            assert [values[0] for name, values in events.told if name == "crashed"] == list(PROGRAMS)
            await media.stop("nobody")
            return events, recorded

    with pages.serving({"/": pages.clock(0)}) as site:
        events, recorded = asyncio.run(run())

    for victim in PROGRAMS:
        told = [values[1] for name, values in events.told if name == "file" and values[0] == victim]
        expected = {"mp4": f"{victim}_0.mp4", "hls": f"{victim}.m3u8"}
        # Both began at once; which of them was the first to begin is known to some frames only.
        assert sorted(file.name for file in told) == sorted(expected[one] for one in FORMATS[victim])
        for file in told:
            seen = video.inspect(tmp_path / victim / file.name)
            assert seen.seconds >= recorded[victim] - LOST_SECONDS
            assert (file.end_ms - file.start_ms) / 1000 == pytest.approx(seen.seconds, abs=0.5)
        _nothing_is_unfinished(tmp_path / victim)
    assert recording.names(tmp_path / "nobody") == ["nobody_0.mp4"]


def _nothing_is_unfinished(folder: Path) -> None:
    unfinished = (".part", ".tmp")
    assert not [name for name in recording.names(folder) if name.startswith(".") or name.endswith(unfinished)]


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


def test_a_killed_emulator_leaves_complete_files_and_no_process(tmp_path: Path) -> None:
    """What is left, the next start completes, whether the recorder died with the emulator or after it."""
    alone, together = folders = [tmp_path / "alone", tmp_path / "together"]

    async def after_the_kill(folder: Path, group: int) -> recording.Events:
        async with recording.recorder() as (media, events):
            for file in await media.recover(folder):
                events.file("task", file)
            await _until_gone(group)
            assert await media.recover(folder) == tuple(events.files())
            return events

    with pages.serving({"/": pages.clock(0)}) as site, contextlib.ExitStack() as stack:
        emulators, started = {}, {}
        for folder in folders:
            command = [sys.executable, "-c", EMULATOR, str(folder), site.url]
            emulators[folder] = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
            )
            output = emulators[folder].stdout
            assert output is not None
            assert output.readline() == b"started\n"
            started[folder] = time.monotonic()
        time.sleep(RECORDED_SECONDS)
        groups = {folder: recording.group_of(folder) for folder in folders}
        emulators[alone].kill()
        emulators[together].kill()
        os.kill(groups[together], signal.SIGKILL)
        recorded = {folder: time.monotonic() - started[folder] for folder in folders}
        told = {folder: asyncio.run(after_the_kill(folder, groups[folder])) for folder in folders}

    for folder, events in told.items():
        assert {file.name for file in events.files()} == {"task_0.mp4", "task.m3u8"}
        for file in events.files():
            assert video.inspect(folder / file.name).seconds >= recorded[folder] - LOST_SECONDS
            assert file.size > 0
        _nothing_is_unfinished(folder)


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
