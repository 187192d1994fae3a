"""The sound of a page in the files of its recording."""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support import beeps, pages, recording, video
from trtc_emulator.media.contract import PictureWay


@pytest.mark.parametrize("picture", recording.BOTH_WAYS)
def test_a_beep_is_heard_when_its_flash_is_seen(tmp_path: Path, picture: PictureWay) -> None:
    """In MP4 and in HLS, from both of them at once."""
    with pages.serving({"/": beeps.page()}) as site:
        job = recording.job(tmp_path, site.url, formats=("mp4", "hls"))
        events = asyncio.run(recording.record(job, 8, picture=picture))
    assert events.names() == ["started", "file", "file", "finished"]
    for name in ("task_0.mp4", "task.m3u8"):
        found = sorted(beeps.offsets(tmp_path / name, recording.WIDTH))
        assert len(found) >= 4, name
        # A loaded machine shows some flashes late and none early. (The soak is stricter.)
        assert abs(found[len(found) // 4]) <= 0.06, (name, found)
    seen = video.inspect(tmp_path / "task_0.mp4")
    assert seen.audio_seconds == pytest.approx(seen.seconds, abs=0.5)


@pytest.mark.soak
def test_sound_and_picture_stay_together(tmp_path: Path) -> None:
    with pages.serving({"/": beeps.page()}) as site:
        asyncio.run(recording.record(recording.job(tmp_path, site.url), 300))
    found = beeps.offsets(tmp_path / "task_0.mp4", recording.WIDTH)
    assert len(found) >= 290
    tenth = len(found) // 10
    assert max(abs(statistics.median(found[i : i + tenth])) for i in range(0, len(found), tenth)) <= 0.06


def test_many_and_odd_sounds_are_mixed_without_clipping(tmp_path: Path) -> None:
    """Four contexts at full volume, mono and at 44.1 kHz; and one of 8 channels; on still pages."""
    loud = beeps.page(rate=44_100, gain=1, tones=4, channels=1, flashes=False)
    wide = beeps.page(channels=8, flashes=False)

    async def run(site: pages.Pages) -> None:
        jobs = [recording.job(tmp_path / name, f"{site.url}/{name}") for name in ("loud", "wide")]
        await asyncio.gather(*(recording.record(job, 4) for job in jobs))

    with pages.serving({"/loud": loud, "/wide": wide}) as site:
        asyncio.run(run(site))
    for name in ("loud", "wide"):
        path = tmp_path / name / "task_0.mp4"
        assert len(beeps.beep_times(path)) >= 2, name
        assert 0.2 < beeps.peak(path) <= 1.0, name


@contextmanager
def _strangers(folder: Path) -> Iterator[None]:
    """Talk to the sound server of a recording as nobody should, and stay connected."""
    scratch = Path(json.loads((folder / ".lock").read_text())["scratch"])
    path = scratch / "sound/socket"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with ExitStack() as stack:
        for said in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 4096, bytes(100_000)):
            stranger = stack.enter_context(socket.socket(socket.AF_UNIX))
            stranger.connect(str(path))
            try:
                stranger.sendall(said)
            except BrokenPipeError:
                continue
        yield


def test_strangers_at_the_socket_change_nothing(tmp_path: Path) -> None:
    async def run() -> recording.Events:
        async with recording.recorder() as (media, events):
            await media.start(recording.job(tmp_path, site.url))
            await events.have("started")
            with _strangers(tmp_path):
                await asyncio.sleep(3)
                await media.stop("task")
            return events

    with pages.serving({"/": beeps.page()}) as site:
        events = asyncio.run(run())
    assert events.names() == ["started", "file", "finished"]
    assert len(beeps.beep_times(tmp_path / "task_0.mp4")) >= 1


def test_a_silent_page_has_a_silent_track(tmp_path: Path) -> None:
    with pages.serving({"/": pages.plain("c03010")}) as site:
        asyncio.run(recording.record(recording.job(tmp_path, site.url), 1))
    sound: array[float] = beeps.heard(tmp_path / "task_0.mp4")
    assert len(sound) / beeps.RATE == pytest.approx(video.inspect(tmp_path / "task_0.mp4").seconds, abs=0.5)
    assert max(map(abs, sound)) < 0.001
