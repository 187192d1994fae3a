"""One recording, from the page's address to complete files: what a recorder process does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import attrs

from trtc_emulator import sound
from trtc_emulator.media.contract import LEVEL, THUMBNAIL, RecordedFile
from trtc_emulator.recorder import chromium, devices, encoder, files, lock, recover
from trtc_emulator.recorder.cdp import CdpError
from trtc_emulator.recorder.clock import FrameClock
from trtc_emulator.recorder.identity import Identity, Version
from trtc_emulator.recorder.job import ChildJob
from trtc_emulator.recorder.page import LoadError, Page
from trtc_emulator.recorder.process import kill_rest_of_group
from trtc_emulator.recorder.relay import Relay, Relays
from trtc_emulator.recorder.soundtrack import SoundTrack
from trtc_emulator.recorder.ways import NoWindowError, OnDisplay, Screencast, Way

_WATCH_SECONDS = 2.0
_ENCODER_END_SECONDS = 15.0
_RELAY_END_SECONDS = 5.0
_GROUP_END_SECONDS = 5.0

_PAGE_GONE = "The page is gone."
_TOO_LARGE = "A video on the page is too large."
_ENCODER_GONE = "ffmpeg ended unexpectedly."

T = TypeVar("T")
Emit = Callable[..., None]


class _StoppedError(Exception):
    """The recording is to end."""


async def record(job: ChildJob, stop: asyncio.Event, emit: Emit) -> None:
    """Make one recording until `stop` is set, and report with `emit(event, **values)`.

    Events: screencast(why), started, reloaded, failed(message), crashed(message), too_large, file(name,
    size, start_ms, end_ms), cdn(index, status, message), counts(...), finished. The last one always comes.
    """
    try:
        await _Recording(job, stop, emit).run()
    except _StoppedError:
        pass
    except LoadError as error:
        emit("failed", message=str(error))
    except (OSError, CdpError, lock.FolderBusyError) as error:
        # Only before the first frame: after it, everything that can die is watched.
        emit("failed", message="StartRecording error", detail=f"{type(error).__name__}: {error}")
    emit("finished")


@attrs.define
class _Recording:
    _job: ChildJob
    _stop: asyncio.Event
    _emit: Emit
    _sound: SoundTrack = attrs.Factory(SoundTrack)

    async def run(self) -> None:
        job = self._job
        job.folder.mkdir(parents=True, exist_ok=True)
        kept_fd, scratch = lock.take(job.folder)
        try:
            device = devices.emulated(job.mobile) if job.mobile else devices.desktop(job.width, job.height)
            identity = Identity(device, await Version.of(job.browser))
            with contextlib.closing(sound.SoundServer(scratch / "sound", self._sound.put)):
                await self._by_display_or_screencast(identity, scratch, kept_fd)
        finally:
            kill_rest_of_group(_GROUP_END_SECONDS)
            files.remove_what_is_shown(job.folder)
            lock.release(job.folder, scratch)
            os.close(kept_fd)

    async def _by_display_or_screencast(self, identity: Identity, scratch: Path, kept_fd: int) -> None:
        video = (self._job.width, self._job.height)
        why = ""
        if self._job.picture == "display":
            display = OnDisplay(identity.device, video, scratch, self._job.window_timeout)
            try:
                await self._by(display, identity, scratch, kept_fd)
            except NoWindowError as error:
                why = str(error)
            else:
                return
        await self._by(Screencast(video), identity, scratch, kept_fd, why)

    async def _by(self, way: Way, identity: Identity, scratch: Path, kept_fd: int, why: str = "") -> None:
        """Record; `why` not by display, although that was asked for."""
        job, device = self._job, identity.device
        with contextlib.closing(way):
            browser = await chromium.launch(
                job.browser,
                scratch,
                way.window or (device.width, device.height),
                no_sandbox=job.no_sandbox,
                switches=(*identity.switches(), *way.switches),
                environment={**sound.environment(scratch / "sound"), **way.environment},
                fds=(kept_fd, *way.fds),
            )
            try:
                await self._unless_stopped(way.launched())
                page = await self._unless_stopped(self._show(way, browser, identity))
                if why:
                    self._emit("screencast", why=why)
                await self._with_page(way, browser, page, kept_fd)
            finally:
                await browser.close()

    async def _with_page(self, way: Way, browser: chromium.Browser, page: Page, kept_fd: int) -> None:
        encoding = await self._encoder(way, kept_fd)
        metering = asyncio.ensure_future(self._sound.show_level(self._job.folder / LEVEL))
        self._emit("started")
        try:
            why = await self._until_over(way, browser, page, encoding)
            if why == _TOO_LARGE:
                self._emit("too_large")
            elif why:
                self._emit("crashed", message=why)
        finally:
            metering.cancel()
            await self._finish(encoding)

    async def _show(self, way: Way, browser: chromium.Browser, identity: Identity) -> Page:
        """Open the page and wait for its first frame."""
        job = self._job
        try:
            page = await Page.open(browser.cdp, identity, way.scale)
        except CdpError as error:
            # Why a browser does not start (no sandbox, a missing library), it only says there.
            raise CdpError("; ".join([str(error), *browser.log])) from error
        if job.ready_timeout:
            await page.expect_ready()
        await page.load(job.url, job.load_timeout, whole=not job.ready_timeout)
        if job.ready_timeout and not await page.ready(job.ready_timeout):
            self._emit("reloaded")
            await page.load(job.url, job.load_timeout, whole=False)
            if not await page.ready(job.ready_timeout):
                raise LoadError("Page load timeout")
        await way.begin(page)
        return page

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait([task, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise _StoppedError
            return task.result()
        finally:
            stopping.cancel()
            task.cancel()

    async def _encoder(self, way: Way, kept_fd: int) -> _Encoding:
        job = self._job
        finished = files.Finished(job.folder, job.name)
        if "hls" in job.formats:
            finished.begin_playlist(job.hls_seconds)

        async def on_segment(segment: encoder.Segment) -> None:
            name, *_ = segment
            if files.whole(name).endswith(".mp4"):
                await asyncio.to_thread(recover.make_seekable, job.folder / name, job.ffmpeg)
            self._file(finished.segment(*segment))

        process = await encoder.start(job, way.size, kept_fd, on_segment)
        clock = FrameClock(encoder.FPS, way.newest)
        now = time.monotonic()
        clock.begin(process.frames_fd, now)
        self._sound.begin(process.sound_fd, now, way.delay)
        way.align(now)
        finished.start_ms = round(time.time() * 1000)
        relays = None
        if process.relay is not None:
            relays = Relays(process.relay, [self._relay(i, url) for i, url in enumerate(job.cdn_urls)])
        return _Encoding(process, clock, finished, relays)

    def _relay(self, index: int, url: str) -> Relay:
        def report(status: int, message: str) -> None:
            self._emit("cdn", index=index, status=status, message=message)

        return Relay(url, report, self._job.relay_period, self._job.relay_patience)

    def _file(self, file: RecordedFile | None) -> None:
        if file is not None:
            self._emit("file", **attrs.asdict(file))

    async def _until_over(self, way: Way, browser: chromium.Browser, page: Page, encoding: _Encoding) -> str:
        """Wait for the end; returns what has crashed, _TOO_LARGE or nothing."""
        process = encoding.process
        waits = {
            "": self._stop.wait(),
            "The browser ended unexpectedly.": browser.cdp.closed.wait(),
            _PAGE_GONE: page.gone.wait(),
            _TOO_LARGE: page.too_large.wait(),
            _ENCODER_GONE: process.process.wait(),
            "The disk is full.": self._watch(way, encoding.clock),
        }
        ends = {why: asyncio.ensure_future(wait) for why, wait in waits.items()}
        try:
            await asyncio.wait(ends.values(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in ends.values():
                task.cancel()
        # In this order: when the emulator is stopped, what else ends with it is no crash.
        why = next(why for why, task in ends.items() if task.done() and not task.cancelled())
        if why == _PAGE_GONE:
            return page.why_gone
        return f"{why} {process.last_words()}".strip() if why == _ENCODER_GONE else why

    async def _watch(self, way: Way, clock: FrameClock) -> None:
        """Renew the thumbnail; returns when the disk is nearly full."""
        with contextlib.suppress(OSError):
            while enough_disk(self._job.folder, self._job.min_free_bytes):
                if clock.frame and (picture := await way.thumbnail(clock.frame, self._job.ffmpeg)):
                    files.replace(self._job.folder / THUMBNAIL, picture)
                await asyncio.sleep(_WATCH_SECONDS)

    async def _finish(self, encoding: _Encoding) -> None:
        self._sound.end(encoding.clock.end(time.monotonic()))
        process = encoding.process
        try:
            await asyncio.wait_for(process.process.wait(), _ENCODER_END_SECONDS)
        except asyncio.TimeoutError:
            process.kill()
        status = await process.wait()
        if encoding.relays is not None:
            await encoding.relays.close(_RELAY_END_SECONDS)
        if status == 0:
            if "hls" in self._job.formats:
                self._file(encoding.finished.playlist())
        else:
            for file in await asyncio.to_thread(recover.complete, self._job.folder, self._job.ffmpeg):
                self._file(file)
        self._emit("counts", **attrs.asdict(encoding.clock.counts()))


@attrs.frozen
class _Encoding:
    process: encoder.Encoder
    clock: FrameClock
    finished: files.Finished
    relays: Relays | None


def enough_disk(folder: Path, min_free_bytes: int) -> bool:
    """Whether the disk of a folder, which may not be there yet, has so much space left."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free >= min_free_bytes
