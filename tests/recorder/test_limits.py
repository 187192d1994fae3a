"""How many recordings run at once, the disk, and ends at unusual times."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.support import pages, recording
from trtc_emulator.recorder import (
    ChromiumMedia,
    NotInstalledError,
    RecorderSettings,
    find_browser,
    find_ffmpeg,
)


def test_capacity_is_given_back_at_the_end(tmp_path: Path) -> None:
    async def run() -> None:
        async with recording.recorder(max_recordings=1) as (media, events):
            assert media.capacity(0) is None
            await media.start(recording.job(tmp_path, f"{site.url}/hang"))
            assert "1 recordings are running" in str(media.capacity(0))
            await media.stop("task")
            assert media.capacity(0) is None
            await media.close()
            assert "shutting down" in str(media.capacity(0))
            assert events.names() == ["finished"]

    with pages.serving({}) as site:
        asyncio.run(run())


def test_a_full_disk_takes_no_recording_and_ends_a_running_one(tmp_path: Path) -> None:
    async def run() -> recording.Events:
        events = recording.Events()
        settings = recording.settings(min_free_bytes=10**18)
        media = ChromiumMedia(events, settings, data=tmp_path / "not" / "there")
        assert "of disk are free" in str(media.capacity(0))
        await media.start(recording.job(tmp_path, site.url))
        await events.have("finished")
        await media.close()
        return events

    with pages.serving({"/": pages.plain("00ff00")}) as site:
        events = asyncio.run(run())
    assert events.names() == ["started", "crashed", "file", "finished"]
    assert events.told[1] == ("crashed", ("task", "The disk is full."))


def test_a_recorder_that_cannot_be_started_fails_one_recording_and_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """At the limit of open files, say; or its Python was taken away by an update."""

    async def run() -> recording.Events:
        async with recording.recorder(max_recordings=1) as (media, events):
            with monkeypatch.context() as gone:
                gone.setattr(sys, "executable", str(tmp_path / "python"))
                await media.start(recording.job(tmp_path, site.url, task_id="first"))
                await events.have("finished")
            assert media.capacity(0) is None
            await media.start(recording.job(tmp_path, site.url))
            await events.have("started")
            return events

    with pages.serving({"/": pages.plain("00ff00")}) as site:
        events = asyncio.run(run())
    assert events.told[:2] == [("failed", ("first", "StartRecording error")), ("finished", ("first",))]
    (line,) = caplog.messages
    assert line == "recording first: its process cannot be started: No such file or directory"


def test_stop_at_any_time_and_more_than_once(tmp_path: Path) -> None:
    """Before the page is there, while another stop waits, for a task that never was."""

    async def run() -> None:
        async with recording.recorder(max_recordings=4) as (media, events):
            await media.stop("never")
            await media.start(recording.job(tmp_path / "a", f"{site.url}/hang", task_id="a"))
            await asyncio.gather(media.stop("a"), media.stop("a"))
            assert events.told == [("finished", ("a",))]
            await media.start(recording.job(tmp_path / "b", f"{site.url}/hang", task_id="b"))
            await events.until(lambda _: "/hang" in site.requests, "the page's request")
            await media.stop("b")
            await media.stop("b")
            assert events.told[1:] == [("finished", ("b",))]
            assert not (tmp_path / "a").exists() or recording.names(tmp_path / "a") == []
            assert recording.names(tmp_path / "b") == []

    with pages.serving({}) as site:
        asyncio.run(run())


def test_the_same_folder_is_not_recorded_into_twice(tmp_path: Path) -> None:
    async def run() -> None:
        async with recording.recorder(max_recordings=2) as (media, events):
            await media.start(recording.job(tmp_path, site.url, task_id="one"))
            await events.have("started")
            await media.start(recording.job(tmp_path, site.url, task_id="two"))
            await events.have("finished")
            assert events.told[1:] == [("failed", ("two", "StartRecording error")), ("finished", ("two",))]
            await media.stop("one")

    with pages.serving({"/": pages.plain("00ff00")}) as site:
        asyncio.run(run())
    assert recording.names(tmp_path) == ["one_0.mp4"]


def test_a_browser_that_does_not_start_fails_its_task(tmp_path: Path) -> None:
    async def run() -> recording.Events:
        events = recording.Events()
        settings = RecorderSettings(Path("/bin/false"), find_ffmpeg())
        media = ChromiumMedia(events, settings)
        await media.start(recording.job(tmp_path, "http://127.0.0.1:1/"))
        await events.have("finished")
        return events

    assert asyncio.run(run()).told == [("failed", ("task", "StartRecording error")), ("finished", ("task",))]
    assert recording.names(tmp_path) == []


def _program(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_browser_is_looked_for_in_this_order(tmp_path: Path) -> None:
    folder = tmp_path / "home/.cache/ms-playwright"
    _program(folder / "chromium-999/chrome-linux", "chrome")
    fetched = _program(folder / "chromium-1200/chrome-linux64", "chrome")
    named = _program(tmp_path, "named")
    setting = _program(tmp_path, "setting")
    google = _program(tmp_path / "path", "google-chrome")
    path = {"PATH": str(tmp_path / "path"), "HOME": str(tmp_path / "home")}
    with_setting = {**path, "TRTC_EMULATOR_BROWSER": str(setting)}
    assert find_browser(str(named), with_setting) == named
    assert find_browser(None, with_setting) == setting
    assert find_browser("google-chrome", path) == google
    assert find_browser(None, path) == google
    chromium = _program(tmp_path / "path", "chromium")
    assert find_browser(None, path) == chromium
    assert find_browser(None, {**path, "PATH": str(tmp_path / "empty")}) == fetched
    elsewhere = {"PATH": "", "HOME": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(folder)}
    assert find_browser(None, elsewhere) == fetched


def test_no_browser_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(NotInstalledError) as none:
        find_browser(None, {"PATH": str(tmp_path), "HOME": str(tmp_path)})
    assert "apt-get install chromium" in str(none.value)
    assert "playwright install --with-deps chromium" in str(none.value)
    with pytest.raises(NotInstalledError, match="--browser names nothing-like-it"):
        find_browser("nothing-like-it", {"PATH": str(tmp_path)})
    with pytest.raises(NotInstalledError, match="TRTC_EMULATOR_BROWSER names nothing-like-it"):
        find_browser(None, {"PATH": str(tmp_path), "TRTC_EMULATOR_BROWSER": "nothing-like-it"})


def test_no_ffmpeg_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nothing-like-it")
    with pytest.raises(NotInstalledError, match=r"pip install 'pulumi-trtc\[emulator\]'.*IMAGEIO_FFMPEG_EXE"):
        find_ffmpeg()
