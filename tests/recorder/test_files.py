"""What stands in the files of a recording."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from tests.support import pages, recording, video
from trtc_emulator.media.contract import PictureWay

RED = "c03010"


def test_a_clock_is_recorded_in_real_time(tmp_path: Path) -> None:
    """The page shows its own clock: each frame has the time that it stands for, and nothing drifts."""
    seconds = 6.0
    base_ms = round(time.time() * 1000)
    folder = tmp_path / "files"
    with pages.serving({"/": pages.clock(base_ms)}) as site:
        events = asyncio.run(recording.record(recording.job(folder, site.url), seconds))
    assert events.names() == ["started", "file", "finished"]
    (file,) = events.files()
    path = folder / "task_0.mp4"
    seen = video.inspect(path)
    assert file.name == path.name
    assert file.size == path.stat().st_size
    assert recording.names(folder) == ["task_0.mp4"]

    assert (seen.width, seen.height) == (recording.WIDTH, recording.HEIGHT)
    assert seen.description.startswith("h264")
    assert "yuv420p(tv, bt709" in seen.description
    assert "25 fps" in seen.description or "25 tbr" in seen.description
    assert seen.audio_seconds == pytest.approx(seen.seconds, abs=0.5)

    # It began before the start was seen here, and ended after the stop was asked for and before it was done.
    assert seen.seconds >= events.times["stop"] - events.times["started"] - 0.1
    assert seen.seconds <= events.times["file"] - events.times["asked"]
    assert (file.end_ms - file.start_ms) / 1000 == pytest.approx(seen.seconds, abs=0.2)

    errors = [
        shown + base_ms - file.start_ms - 40 * number
        for number, shown in enumerate(video.clock_times(path, recording.WIDTH))
    ]
    third = len(errors) // 3
    first, last = statistics.median(errors[:third]), statistics.median(errors[-third:])
    # A loaded machine shows a frame late; the video never runs at another speed. (The soak is stricter.)
    assert abs(last - first) < 1000
    assert -3000 < statistics.median(errors) < 500


@pytest.mark.parametrize("picture", recording.BOTH_WAYS)
def test_colours_are_those_of_the_page(tmp_path: Path, picture: PictureWay) -> None:
    width, height = 640, 360
    with pages.serving({"/": pages.bars()}) as site:
        job = recording.job(tmp_path, site.url, width=width, height=height)
        events = asyncio.run(recording.record(job, 0.5, picture=picture))
    assert events.names() == ["started", "file", "finished"]
    path = tmp_path / "task_0.mp4"
    points = [(int((i + 0.5) * width / len(pages.BARS)), y) for i in range(len(pages.BARS)) for y in (8, 350)]
    for frame in video.pixels(path, points, width):
        for bar, colour in enumerate(pages.BARS):
            for got in frame[2 * bar : 2 * bar + 2]:
                assert video.near(got, video.rgb(colour)), (colour, got)


def test_a_page_that_stands_still_has_its_full_length(tmp_path: Path) -> None:
    with pages.serving({"/": pages.plain(RED)}) as site:
        events = asyncio.run(recording.record(recording.job(tmp_path, site.url), 1.5))
    seen = video.inspect(tmp_path / "task_0.mp4")
    assert seen.seconds >= events.times["stop"] - events.times["started"] - 0.1
    middle = [(recording.WIDTH // 2, recording.HEIGHT // 2)]
    for (colour,) in video.pixels(tmp_path / "task_0.mp4", middle, recording.WIDTH):
        assert video.near(colour, video.rgb(RED))


SLIDES = ("ff0000", "00ff00", "0000ff")
_SLIDE_SHOW = """
  const slide = document.body.firstChild;
  let shown = -1;
  const show = (number) => {
    let left = moves && moves + 3 * number;
    const move = () => {
      slide.style.background = left ? (left % 2 ? "#404040" : "#606060") : "#" + slides[number];
      if (left-- > 0) requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  };
  setInterval(async () => {
    const number = Number(await (await fetch("/number")).text());
    if (number > shown) show(shown = number);
  }, 200);
"""


@pytest.mark.parametrize("picture", recording.BOTH_WAYS)
def test_each_slide_of_a_page_that_seldom_changes_is_shown(tmp_path: Path, picture: PictureWay) -> None:
    """A browser that skips frames to save work must not skip the one that stays, also after a movement."""

    async def show(folder: Path, moves: int) -> None:
        script = f"const slides = {list(SLIDES)}, moves = {moves}; {_SLIDE_SHOW}"
        number = 0
        replies: pages.Replies = {
            "/": pages.plain("ffffff", script),
            "/number": lambda _: pages.Reply(str(number)),
        }
        with pages.serving(replies) as site:
            async with recording.recorder(picture=picture) as (media, events):
                await media.start(recording.job(folder, site.url))
                for number, slide in enumerate(SLIDES):
                    await events.until(partial(_stands, folder, slide), f"slide {number}")
                await media.stop("task")

    async def run() -> None:
        await asyncio.gather(show(tmp_path / "still", 0), show(tmp_path / "moving", 5))

    asyncio.run(run())
    for kind in ("still", "moving"):
        seen = [
            colour
            for (middle,) in video.pixels(tmp_path / kind / "task_0.mp4", [(160, 90)], recording.WIDTH)
            for colour in SLIDES
            if video.near(middle, video.rgb(colour))
        ]
        assert list(dict.fromkeys(seen)) == list(SLIDES), kind


def _stands(folder: Path, colour: str, _: recording.Events) -> bool:
    """Whether the newest picture of a recording has this colour in its middle."""
    try:
        with Image.open(folder / ".thumbnail.jpg") as picture:
            middle = picture.convert("RGB").getpixel((160, 90))
    except FileNotFoundError:
        return False
    return video.near(cast("video.Colour", middle), video.rgb(colour))


def test_both_formats_come_from_one_recording_and_mp4_is_split(tmp_path: Path) -> None:
    """A task id of any characters, both formats, MP4 split every 2 s, and a thumbnail while it runs."""
    thumbnails: list[bytes] = []

    async def run() -> recording.Events:
        async with recording.recorder(split_seconds=2, hls_seconds=2) as (media, events):
            changes = {"task_id": "a+/b", "formats": ("mp4", "hls")}
            await media.start(recording.job(tmp_path, site.url, **changes))
            await events.until(lambda e: len(e.files()) >= 2, "two files")
            assert all((tmp_path / file.name).stat().st_size == file.size for file in events.files())
            assert any(name.endswith(".part") for name in recording.names(tmp_path))
            thumbnails.append((tmp_path / ".thumbnail.jpg").read_bytes())
            await media.stop("a+/b")
            return events

    with pages.serving({"/": pages.clock(0)}) as site:
        events = asyncio.run(run())

    assert thumbnails[0].startswith(b"\xff\xd8")
    assert thumbnails[0].endswith(b"\xff\xd9")
    *mp4s, playlist = [file.name for file in events.files()]
    assert mp4s == [f"a__b_{number}.mp4" for number in range(len(mp4s))]
    assert playlist == "a__b.m3u8"
    text = (tmp_path / playlist).read_text()
    segments = re.findall(r"#EXTINF:([\d.]+),\n(\S+)\n", text)
    assert text.startswith("#EXTM3U\n")
    assert "#EXT-X-PLAYLIST-TYPE:VOD\n" in text
    assert text.endswith("#EXT-X-ENDLIST\n")
    (target,) = re.findall(r"#EXT-X-TARGETDURATION:(\d+)\n", text)
    assert all(round(float(seconds)) <= int(target) for seconds, _ in segments)
    assert recording.names(tmp_path) == sorted([*mp4s, playlist, *(name for _, name in segments)])

    lengths = [video.inspect(tmp_path / name).seconds for name in mp4s]
    whole = video.inspect(tmp_path / playlist)
    assert lengths[:-1] == pytest.approx([2.0] * (len(mp4s) - 1), abs=0.1)
    assert whole.seconds == pytest.approx(sum(lengths), abs=0.1)
    assert sum(float(seconds) for seconds, _ in segments) == pytest.approx(whole.seconds, abs=0.3)
    sizes = sum((tmp_path / name).stat().st_size for name in (playlist, *(name for _, name in segments)))
    assert events.files()[-1].size == sizes
    for one, other in zip(events.files()[:-2], events.files()[1:-1], strict=True):
        assert one.end_ms == other.start_ms


def test_hls_alone(tmp_path: Path) -> None:
    with pages.serving({"/": pages.clock(0)}) as site:
        job = recording.job(tmp_path, site.url, formats=("hls",))
        events = asyncio.run(recording.record(job, 1))
    assert [file.name for file in events.files()] == ["task.m3u8"]
    assert recording.names(tmp_path) == ["task.m3u8", "task_00000.ts"]
    seen = video.inspect(tmp_path / "task.m3u8")
    assert (seen.width, seen.height) == (recording.WIDTH, recording.HEIGHT)
    assert seen.seconds >= events.times["stop"] - events.times["started"] - 0.1
