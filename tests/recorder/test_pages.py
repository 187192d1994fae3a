"""How pages are loaded, what they are told, and what they may not do."""

from __future__ import annotations

import asyncio
import base64
import subprocess
from pathlib import Path

import attrs
import imageio_ffmpeg
import pytest

from tests.support import pages, recording, video
from tests.support.pages import Reply
from trtc_emulator.media.contract import Mobile, PictureWay

GREEN = "00a000"
_VIEWPORT = "<meta name='viewport' content='width=device-width,initial-scale=1'>"
_REPORT = """
  const about = new URLSearchParams({
    agent: navigator.userAgent, width: innerWidth, height: innerHeight, touch: navigator.maxTouchPoints,
    handler: "ontouchstart" in window, orientation: screen.orientation.type, scale: devicePixelRatio,
  });
  fetch("/about?" + about);
"""


@attrs.frozen
class Shown:
    """What a page should find, and where it stands in the video of 640x360 (left edge, top edge)."""

    mobile: Mobile | None
    size: tuple[str, str]
    orientation: str
    agent: tuple[str, ...]
    margin: tuple[int, int]


DEVICES = {
    "desktop": Shown(None, ("640", "360"), "landscape-primary", ("X11; Linux",), (0, 0)),
    "phone, portrait": Shown(
        Mobile(0, 0), ("412", "839"), "portrait-primary", ("Android", "Mobile Safari"), (231, 0)
    ),
    "phone, landscape": Shown(
        Mobile(0, 1), ("863", "360"), "landscape-primary", ("Android", "Mobile Safari"), (0, 46)
    ),
    "tablet, portrait": Shown(Mobile(1, 0), ("712", "1138"), "portrait-primary", ("Android",), (207, 0)),
    "tablet, landscape": Shown(Mobile(1, 1), ("1138", "712"), "landscape-primary", ("Android",), (32, 0)),
}


@pytest.mark.parametrize(
    ("device", "picture"),
    [
        *((device, "display") for device in DEVICES),
        ("desktop", "screencast"),
        ("phone, portrait", "screencast"),
    ],
)
def test_a_page_sees_its_device_and_stands_in_the_middle(
    tmp_path: Path, device: str, picture: PictureWay
) -> None:
    shown = DEVICES[device]
    with pages.serving({"/": pages.plain(GREEN, _REPORT, _VIEWPORT), "/about": Reply()}) as site:
        job = recording.job(tmp_path, site.url, width=640, height=360, mobile=shown.mobile)
        asyncio.run(recording.record(job, 0.5, picture=picture))
        (about,) = site.told("/about")

    touch = shown.mobile is not None
    assert (about["width"], about["height"]) == shown.size
    assert about["orientation"] == shown.orientation
    assert all(part in about["agent"] for part in shown.agent)
    assert "Headless" not in about["agent"]
    assert (int(about["touch"]) > 0, about["handler"]) == (touch, str(touch).lower())
    assert (float(about["scale"]) > 1) == touch

    path = tmp_path / "task_0.mp4"
    seen = video.inspect(path)
    assert (seen.width, seen.height) == (640, 360)
    left, top = shown.margin
    inside = [(left + 6, top + 6), (633 - left, 353 - top), (320, 180)]
    outside = (
        [(left - 6, 180), (645 - left, 180)] if left else [(320, top - 6), (320, 365 - top)] if top else []
    )
    frame = list(video.pixels(path, inside + outside, 640))[-1]
    assert all(video.near(colour, video.rgb(GREEN)) for colour in frame[: len(inside)])
    assert all(video.near(colour, (0, 0, 0)) for colour in frame[len(inside) :])


def test_a_page_that_reports_ready_is_recorded_at_once(tmp_path: Path) -> None:
    """It reports with notifyReady, and a resource of it that never comes is not waited for."""
    ready = pages.page("<img src='/hang'><script>window.navigator.notifyReady()</script>")
    with pages.serving({"/": ready}) as site:
        events = asyncio.run(recording.record(recording.job(tmp_path, site.url, ready_timeout=60), 0.2))
    assert events.names() == ["started", "file", "finished"]


def test_a_scheme_in_capitals_is_one_all_the_same(tmp_path: Path) -> None:
    with pages.serving({"/": pages.plain(GREEN)}) as site:
        job = recording.job(tmp_path, site.url.replace("http", "HTTP"))
        events = asyncio.run(recording.record(job, 0.2))
    assert events.names() == ["started", "file", "finished"]


def test_a_page_that_is_ready_after_a_reload_is_recorded(tmp_path: Path) -> None:
    def reply(asked: int) -> Reply:
        return pages.plain(GREEN, "navigator.notifyReady()" if asked else "")

    with pages.serving({"/": reply}) as site:
        events = asyncio.run(recording.record(recording.job(tmp_path, site.url, ready_timeout=4), 0.2))
    assert events.names() == ["reloaded", "started", "file", "finished"]


def test_a_page_that_is_never_ready_fails(tmp_path: Path) -> None:
    with pages.serving({"/": pages.plain(GREEN)}) as site:
        events = asyncio.run(recording.record(recording.job(tmp_path, site.url, ready_timeout=1), 0))
        assert site.requests.count("/") == 2
    assert [values[1:] for name, values in events.told if name == "failed"] == [("Page load timeout",)]
    assert events.names() == ["reloaded", "failed", "finished"]
    assert recording.names(tmp_path) == []


def test_pages_that_cannot_be_opened_fail(tmp_path: Path) -> None:
    """No server, an error status, a redirect to a file, other schemes, a server that never answers."""
    redirect = Reply(status=302, headers={"Location": "file:///etc/hostname"})
    with pages.serving({}) as gone:
        closed = gone.url
    with pages.serving({"/500": Reply("broken", 500), "/file": redirect}) as site:
        urls = [
            *(closed, f"{site.url}/404", f"{site.url}/500", f"{site.url}/file"),
            *("file:///etc/hostname", "chrome://version", "data:text/html,hello"),
        ]

        async def run() -> recording.Events:
            async with recording.recorder(max_recordings=2, load_timeout=60) as (media, events):
                for number, url in enumerate(urls):
                    await events.until(lambda _: media.capacity(0) is None, "room")
                    await media.start(recording.job(tmp_path / str(number), url, task_id=str(number)))
                await events.until(lambda e: e.names().count("finished") == len(urls), "all ends")
                return events

        events = asyncio.run(run())
        hanging = recording.job(tmp_path / "hang", f"{site.url}/hang")
        late = asyncio.run(recording.record(hanging, 0, load_timeout=1))
    failed = {values[0]: values[1] for name, values in events.told if name == "failed"}
    assert failed == {str(number): "Goto url timeout" for number in range(len(urls))}
    assert late.told[0] == ("failed", ("task", "Goto url timeout"))
    assert events.names("failed", "finished") == []


HOSTILE = """
  const tell = (what, value) => fetch("/told?" + new URLSearchParams({ what, value }));
  addEventListener("beforeunload", (event) => event.preventDefault());
  open("/popup");
  alert("stay");
  tell("confirm", confirm("yes?"));
  tell("prompt", prompt("what?"));
  Notification.requestPermission().then((answer) => tell("notification", answer));
  const position = (answer) => () => tell("position", answer);
  navigator.geolocation.getCurrentPosition(position("given"), position("refused"));
  setTimeout(() => { location.href = "file:///etc/hostname"; }, 100);
  setTimeout(() => { location.href = "data:text/html,gone"; }, 300);
  setTimeout(() => { location.href = "chrome://version"; }, 500);
  setTimeout(() => { location.href = "/download"; }, 700);
  setTimeout(() => tell("alive", location.pathname), 1500);
"""


def test_a_hostile_page_gets_nothing_and_goes_nowhere(tmp_path: Path) -> None:
    """Dialogs, popups, permissions, downloads and leaving for file:, data: and chrome: come to nothing."""
    download = Reply("x" * 1000, headers={"Content-Disposition": "attachment; filename=x.bin"})
    hostile = pages.plain(GREEN, HOSTILE)
    with pages.serving({"/": hostile, "/told": Reply(), "/download": download}) as site:

        async def run() -> None:
            async with recording.recorder() as (media, events):
                await media.start(recording.job(tmp_path, site.url))
                await events.until(
                    lambda _: any(t["what"] == "alive" for t in site.told("/told")), "a sign of life"
                )
                await events.have("started")
                await asyncio.sleep(0.5)
                await media.stop("task")
                assert events.names() == ["started", "file", "finished"]

        asyncio.run(run())
        told = {t["what"]: t.get("value", "") for t in site.told("/told")}
    assert told == {
        "confirm": "false",
        "prompt": "null",
        "notification": "denied",
        "position": "refused",
        "alive": "/",
    }
    (middle,) = list(video.pixels(tmp_path / "task_0.mp4", [(160, 90)], recording.WIDTH))[-1]
    assert video.near(middle, video.rgb(GREEN))
    assert recording.names(tmp_path) == ["task_0.mp4"]


def film(size: str) -> str:
    """A film of this size, as the address of a video."""
    source = f"-v error -f lavfi -i color=size={size}:rate=5:duration=1"
    codec = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p -f webm -"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *source.split(), *codec.split()]
    made = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout
    return f"data:video/webm;base64,{base64.b64encode(made).decode()}"


@pytest.mark.parametrize(
    ("sizes", "is_over"),
    [(("1920x1080", "1080x1920"), False), (("1922x1080",), True), (("1088x1920",), True)],
    ids=str,
)
def test_a_video_that_the_real_service_does_not_record_ends_it(
    tmp_path: Path, sizes: tuple[str, ...], is_over: bool
) -> None:
    """In a frame, before the page has loaded, and however small it is shown."""
    films = "".join(f'<video autoplay muted loop width=80 src="{film(size)}"></video>' for size in sizes)
    frame = pages.page(films)
    with pages.serving({"/": pages.page("<iframe src=/frame></iframe>"), "/frame": frame}) as site:
        events = asyncio.run(recording.record(recording.job(tmp_path, site.url), 2))
    assert events.names() == ["started", *(["too_large"] if is_over else []), "file", "finished"]
