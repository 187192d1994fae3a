"""Pages and browsers that do what a recorder would not like: each ends in a right file, or in its event."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from pathlib import Path

import pytest

from tests.support import pages, processes, recording, video
from tests.support.pages import Reply
from trtc_emulator.media.contract import PictureWay
from trtc_emulator.recorder import draws_on_display, find_browser

GREEN, RED = "00a000", "c03010"
SIZE = (640, 360)
PLACES = [(2, 2), (637, 2), (320, 180), (2, 357), (637, 357)]

RUDE = """
  const tell = (what, value) => fetch("/told?" + new URLSearchParams({ what, value }));
  const size = () => `${innerWidth}x${innerHeight} ${screen.width}x${screen.height}`;
  const webgl = document.createElement("canvas").getContext("webgl");
  onload = async () => {
    tell("webgl", Boolean(webgl));
    resizeTo(300, 200);
    resizeBy(50, 50);
    moveTo(90, 90);
    const full = await document.documentElement.requestFullscreen().then(() => "full", () => "refused");
    tell("full", full);
    for (let i = 0; i < 100; i++) {
      open("/popup", "popup" + i, "width=200,height=200");
      open("/popup");
    }
    print();
    setTimeout(() => { alert("stay"); tell("size", size()); tell("alive", "yes"); }, 1500);
  };
"""


def _told(site: pages.Pages) -> dict[str, str]:
    return {one["what"]: one["value"] for one in site.told("/told")}


def _last_colours(path: Path) -> list[video.Colour]:
    return list(video.pixels(path, PLACES, SIZE[0]))[-1]


@pytest.mark.parametrize("picture", recording.DISPLAY_FIRST)
def test_a_page_that_wants_more_than_its_place_keeps_it(tmp_path: Path, picture: PictureWay) -> None:
    """It moves and resizes its window, asks for the full screen, prints and opens two hundred popups."""

    async def run() -> recording.Events:
        async with recording.recorder(picture=picture) as (media, events):
            await media.start(recording.job(tmp_path, site.url, width=SIZE[0], height=SIZE[1]))
            await events.until(lambda _: "alive" in _told(site), "a sign of life")
            await events.have("started")
            await asyncio.sleep(0.5)
            await media.stop("task")
            return events

    replies: pages.Replies = {"/": pages.plain(GREEN, RUDE), "/told": Reply(), "/popup": pages.plain(RED)}
    with pages.serving(replies) as site:
        events = asyncio.run(run())
        assert _told(site) == {
            "webgl": "true",
            "full": "refused",
            "size": "640x360 640x360",
            "alive": "yes",
        }
    assert events.names() == ["started", "file", "finished"]
    assert all(video.near(colour, video.rgb(GREEN)) for colour in _last_colours(tmp_path / "task_0.mp4"))


@pytest.mark.parametrize("picture", recording.DISPLAY_FIRST)
def test_a_page_that_goes_to_another_site_is_followed(tmp_path: Path, picture: PictureWay) -> None:
    replies: pages.Replies = {"/there": pages.plain(GREEN, "fetch('/arrived')"), "/arrived": Reply()}
    with pages.serving(replies) as site:
        there = f"{site.url.replace('127.0.0.1', 'localhost')}/there"
        replies["/"] = pages.plain(RED, f"setTimeout(() => location.href = '{there}', 700)")

        async def run() -> recording.Events:
            async with recording.recorder(picture=picture) as (media, events):
                await media.start(recording.job(tmp_path, site.url, width=SIZE[0], height=SIZE[1]))
                await events.until(lambda _: "/arrived" in site.requests, "the other site")
                await asyncio.sleep(1.5)
                await media.stop("task")
                return events

        events = asyncio.run(run())
    assert events.names() == ["started", "file", "finished"]
    assert all(video.near(colour, video.rgb(GREEN)) for colour in _last_colours(tmp_path / "task_0.mp4"))


def _renderers(group: int) -> list[int]:
    programs = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes.session_members(group)}
    return [pid for pid, program in programs.items() if b"--type=renderer" in program]


@pytest.mark.parametrize("picture", recording.DISPLAY_FIRST)
def test_a_page_that_crashes_leaves_its_file(tmp_path: Path, picture: PictureWay) -> None:
    async def run() -> recording.Events:
        async with recording.recorder(picture=picture) as (media, events):
            await media.start(recording.job(tmp_path, site.url, width=SIZE[0], height=SIZE[1]))
            await events.have("started")
            await asyncio.sleep(1)
            for pid in _renderers(recording.group_of(tmp_path)):
                os.kill(pid, signal.SIGKILL)
            await events.have("finished")
            return events

    with pages.serving({"/": pages.plain(GREEN)}) as site:
        events = asyncio.run(run())
    assert events.names() == ["started", "crashed", "file", "finished"]
    assert ("crashed", ("task", "The page crashed.")) in events.told
    frames = list(video.pixels(tmp_path / "task_0.mp4", PLACES, SIZE[0]))
    assert all(video.near(colour, video.rgb(GREEN)) for colour in frames[0])


def _browser(folder: Path, name: str, change: str) -> Path:
    """This machine's browser, in another build: started with its arguments changed by sed."""
    path = folder / name
    real = find_browser(None, os.environ)
    path.write_text(
        f"""#!/bin/bash
for argument; do arguments+=("$(sed '{change}' <<<"$argument")"); done
exec {real} "${{arguments[@]}}"
"""
    )
    path.chmod(0o755)
    return path


def test_a_browser_without_wayland_is_found_out_and_recorded_by_screencast(tmp_path: Path) -> None:
    """One that refuses the platform, and one that runs and draws on no display."""
    refusing = _browser(tmp_path, "refusing", "s/--ozone-platform=wayland/--ozone-platform=none/")
    as_root = os.geteuid() == 0
    assert not draws_on_display(refusing, no_sandbox=as_root)
    assert draws_on_display(find_browser(None, os.environ), no_sandbox=as_root)
    headless = _browser(tmp_path, "headless", "s/--kiosk/--headless/")

    with pages.serving({"/": pages.plain(GREEN)}) as site:
        for browser in (refusing, headless):
            job = recording.job(tmp_path / f"{browser.name} files", site.url, width=SIZE[0], height=SIZE[1])
            events = asyncio.run(recording.record(job, 0.5, browser=browser, window_timeout=2))
            assert events.names() == ["screencast", "started", "file", "finished"]
            file = tmp_path / f"{browser.name} files/task_0.mp4"
            assert all(video.near(colour, video.rgb(GREEN)) for colour in _last_colours(file))


def test_nobody_else_finds_the_display(tmp_path: Path) -> None:
    """No socket of it is anywhere: of those in the recording's folder, none answers to Wayland."""

    async def run() -> list[bytes]:
        async with recording.recorder() as (media, events):
            await media.start(recording.job(tmp_path, site.url))
            await events.have("started")
            scratch = Path(json.loads((tmp_path / ".lock").read_text())["scratch"])
            assert scratch.stat().st_mode & 0o777 == 0o700
            answers = []
            for path in (one for one in scratch.rglob("*") if one.is_socket()):
                with socket.socket(socket.AF_UNIX) as stranger, contextlib.suppress(OSError):
                    stranger.settimeout(0.5)
                    stranger.connect(str(path))
                    stranger.sendall(b"\1\0\0\0\1\0\x0c\0\2\0\0\0\1\0\0\0\0\0\x0c\0\3\0\0\0")
                    answers.append(stranger.recv(1000))
            await media.stop("task")
            assert events.names() == ["started", "file", "finished"]
            return answers

    with pages.serving({"/": pages.plain(GREEN)}) as site:
        assert not any(b"wl_compositor" in answer for answer in asyncio.run(run()))
