"""What a recording costs on this machine, by the display and by the screencast, beside Playwright's own
record_video of the same page.

    python -m benchmarks.recording [--seconds 15] [--most 4]

CPU is in cores, memory the proportional share (PSS) of all processes of a recording, both while it runs.
"Pictures" are different frames for each second of video, of 25; the page changes with every frame of the
browser. A "late" frame was written after the next one was due.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import http.server
import json
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast, get_args

import attrs
import playwright
from playwright.async_api import Error, async_playwright

from benchmarks.usage import Usage, measure
from trtc_emulator.media.contract import Job, PictureWay, RecordedFile
from trtc_emulator.recorder import ChromiumMedia, RecorderSettings, find_browser, find_ffmpeg

_FULL_RATE = 24.0
_STARTS = 5
_PAGE = """<!doctype html><body style="margin:0;overflow:hidden;background:#111"><canvas></canvas><script>
const canvas = document.querySelector("canvas"), pen = canvas.getContext("2d");
canvas.width = innerWidth; canvas.height = innerHeight;
let number = 0;
function paint(now) {
  pen.fillStyle = "rgba(17,17,17,.15)"; pen.fillRect(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < 12; i++) {
    const turn = now / 900 + i * Math.PI / 6;
    pen.fillStyle = `hsl(${i * 30} 90% 60%)`;
    pen.beginPath();
    pen.arc(canvas.width * (.5 + .4 * Math.cos(turn)), canvas.height * (.5 + .4 * Math.sin(turn)), 30, 0, 7);
    pen.fill();
  }
  pen.fillStyle = "#111"; pen.fillRect(0, 0, 420, 90);
  pen.fillStyle = "#fff"; pen.font = "72px monospace"; pen.fillText(String(number++), 16, 70);
  requestAnimationFrame(paint);
}
requestAnimationFrame(paint);
</script></body>"""


@attrs.frozen
class Result:
    """One recording."""

    start_s: float
    usage: Usage
    pictures: float
    late: float


@attrs.define
class _Waiter:
    """A listener that knows when each task started, and what failed."""

    begun: dict[str, float] = attrs.Factory(dict)
    problems: list[str] = attrs.Factory(list)

    def started(self, task_id: str) -> None:
        self.begun[task_id] = time.monotonic()

    def reloaded(self, task_id: str) -> None:
        self.problems.append(f"{task_id}: reloaded")

    def screencast(self, task_id: str, why: str) -> None:
        self.problems.append(f"{task_id}: {why}")

    def failed(self, task_id: str, message: str) -> None:
        self.problems.append(f"{task_id}: {message}")

    def crashed(self, task_id: str, message: str) -> None:
        self.problems.append(f"{task_id}: {message}")

    def too_large(self, task_id: str) -> None:
        self.problems.append(f"{task_id}: too large")

    def file(self, task_id: str, file: RecordedFile) -> None:
        pass

    def cdn(self, task_id: str, index: int, status: int, message: str) -> None:
        pass

    def finished(self, task_id: str) -> None:
        pass

    async def until(self, count: int) -> None:
        while len(self.begun) < count:
            if self.problems:
                raise SystemExit(f"a recording failed: {self.problems}")
            await asyncio.sleep(0.01)


async def _ours(
    url: str,
    size: tuple[int, int],
    seconds: float,
    folder: Path,
    *,
    count: int = 1,
    picture: PictureWay = "display",
) -> list[Result]:
    waiter = _Waiter()
    settings = RecorderSettings(
        find_browser(None, os.environ),
        find_ffmpeg(),
        max_recordings=count,
        no_sandbox=os.geteuid() == 0,
        picture=picture,
    )
    media = ChromiumMedia(waiter, settings)
    names = [f"task{number}" for number in range(count)]
    asked = time.monotonic()
    for name in names:
        await media.start(Job(name, url, *size, ("mp4",), folder / name))
    await waiter.until(count)
    usage = await measure(seconds)
    await media.close()
    results = []
    for name in names:
        counts = media.counts[name]
        pictures = _pictures(folder / name / f"{name}_0.mp4")
        results.append(Result(waiter.begun[name] - asked, usage, pictures, counts.late / counts.written))
    return results


async def _playwrights(url: str, size: tuple[int, int], seconds: float, folder: Path) -> Result:
    """record_video of the same page in the same browser."""
    width, height = size
    asked = time.monotonic()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=find_browser(None, os.environ), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            record_video_dir=folder,
            record_video_size={"width": width, "height": height},
        )
        page = await context.new_page()
        await page.goto(url)
        start_s = time.monotonic() - asked
        usage = await measure(seconds)
        await context.close()
        await browser.close()
    (file,) = folder.glob("*.webm")
    return Result(start_s, usage, _pictures(file), float("nan"))


def _pictures(file: Path) -> float:
    """Different frames for each second of a video."""
    command = [str(find_ffmpeg()), "-hide_banner", "-i", str(file), "-map", "0:v"]

    def frames(*filters: str) -> tuple[int, float]:
        log = subprocess.run(
            [*command, *filters, "-f", "null", "-"], capture_output=True, text=True, check=True
        ).stderr
        hours, minutes, seconds = re.findall(r"time=(\d+):(\d+):([\d.]+)", log)[-1]
        length = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        return int(re.findall(r"frame=\s*(\d+)", log)[-1]), length

    # Repeated frames may differ by a little noise of the encoder, new ones differ in the page's counter.
    different, _ = frames("-vf", "mpdecimate=hi=512:lo=256:frac=0.01", "-fps_mode", "passthrough")
    _, length = frames()
    return different / length


@contextlib.contextmanager
def _serving() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / "index.html").write_text(_PAGE)

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

        handler: Callable[..., Quiet] = functools.partial(Quiet, directory=root)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


def _provide_playwrights_ffmpeg(folder: Path) -> str:
    """Playwright records with an ffmpeg of its own, which `playwright install ffmpeg` downloads. Where it is
    not there, the recorder's takes its place, for this process alone: both have the encoder, libvpx.

    Returns:
        What was done, for the report.
    """
    listing = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    browsers = json.loads(listing.read_text())["browsers"]
    revision = next(browser["revision"] for browser in browsers if browser["name"] == "ffmpeg")
    usual = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    name = Path(f"ffmpeg-{revision}") / "ffmpeg-linux"
    if (usual / name).exists():
        return "with its own ffmpeg"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).symlink_to(find_ffmpeg())
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(folder)
    return "with the ffmpeg of imageio-ffmpeg in place of its own, which is not installed here"


def _row(name: str, results: list[Result]) -> None:
    usage = results[0].usage
    pictures = min(result.pictures for result in results)
    late = max(result.late for result in results)
    late_text = "" if late != late else f"{100 * late:.1f} %"  # noqa: PLR0124 - only NaN differs from itself
    print(
        f"| {name:<38} | {usage.cpu:4.2f} | {usage.memory_mb:5.0f} MB | {pictures:8.1f} | {late_text:>6} "
        f"| {max(result.start_s for result in results):5.2f} s |",
        flush=True,
    )


async def _run(seconds: float, most: int) -> None:
    with _serving() as url, tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        how = _provide_playwrights_ffmpeg(scratch / "browsers")
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the first measurement\n")
        print(f"| {'':<38} | CPU  | memory   | pictures | late   | start   |")
        print(f"|{'-' * 40}|------|----------|----------|--------|---------|")
        for size in ((1280, 720), (1920, 1080)):
            label = f"{size[0]}x{size[1]}"
            for picture in get_args(PictureWay):
                results = await _ours(
                    url, size, seconds, scratch / f"{picture}{label}", picture=cast(PictureWay, picture)
                )
                _row(f"{label}, by the {picture}", results)
            try:
                result = await _playwrights(url, size, seconds, scratch / f"playwright{label}")
            except Error as error:
                print(f"Playwright's record_video failed: {str(error).splitlines()[0]}")
            else:
                _row(f"{label}, Playwright's record_video", [result])
        full = 0
        for count in range(1, most + 1):
            results = await _ours(url, (1280, 720), seconds, scratch / f"together{count}", count=count)
            _row(f"1280x720, {count} at once (worst of all)", results)
            if any(result.pictures < _FULL_RATE for result in results):
                break
            full = count
        starts = [
            (await _ours(url, (1280, 720), 0.5, scratch / f"start{number}"))[0].start_s
            for number in range(_STARTS)
        ]
        print(f"\nPlaywright ran {how}.")
        print(f"Full rate is at least {_FULL_RATE:.0f} pictures/s. At 1280x720")
        print(f"{full} at once have it by the display, of {count} tried.")
        print(f"Start to first frame, 1280x720 alone: median {statistics.median(starts):.2f} s.")
        print(f"The load is {os.getloadavg()[0]:.1f} after the last measurement.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a recording costs.")
    parser.add_argument("--seconds", type=float, default=15, help="length of each measurement")
    parser.add_argument("--most", type=int, default=4, help="the largest number of recordings at once to try")
    options = parser.parse_args()
    asyncio.run(_run(options.seconds, options.most))


if __name__ == "__main__":
    main()
