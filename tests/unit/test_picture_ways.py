"""Which way a page's picture comes, how large it is, and what is made small of it."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.support import video
from trtc_emulator.assembly import media_choice
from trtc_emulator.media.contract import Mobile
from trtc_emulator.recorder import devices, find_ffmpeg, thumbnail
from trtc_emulator.recorder.ways import OnDisplay, Screencast, fitted
from trtc_emulator.settings.values import Settings


@pytest.mark.parametrize(
    ("device", "size"),
    [((1280, 720), (1280, 720)), ((412, 839), (352, 720)), ((863, 360), (1280, 532)), ((1, 4000), (2, 720))],
)
def test_a_page_stands_in_the_video_as_large_as_fits(device: tuple[int, int], size: tuple[int, int]) -> None:
    found, scale = fitted(device, (1280, 720))
    assert found == size
    assert [side * scale for side in device] == pytest.approx(size, abs=2)


@pytest.mark.parametrize("mobile", [None, Mobile(0, 0), Mobile(1, 1)])
def test_a_window_is_never_smaller_than_the_video(mobile: Mobile | None, tmp_path: Path) -> None:
    device = devices.emulated(mobile) if mobile else devices.desktop(320, 180)
    way = OnDisplay(device, (320, 180), tmp_path, 1.0)
    assert way.window == (500, 180)
    assert way.size is not None
    assert max(way.size[0] / 320, way.size[1] / 180) == 1
    way.close()


def test_a_screencasts_frames_tell_their_size() -> None:
    assert Screencast((320, 180)).size is None


@pytest.mark.parametrize(
    ("size", "small"), [((1280, 720), (640, 360)), ((1366, 768), (456, 256)), ((2, 2), (2, 2))]
)
def test_a_thumbnail_is_small_and_has_the_frames_colours(
    size: tuple[int, int], small: tuple[int, int]
) -> None:
    width, height = size
    red, blue = b"\0\0\xff\0", b"\xff\0\0\0"
    frame = memoryview((red * width * (height // 2)) + blue * width * (height // 2))
    made = asyncio.run(thumbnail.jpeg(frame, size, find_ffmpeg()))
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.size == small
        if small[1] > 2:
            colours = [picture.convert("RGB").getpixel((9, y)) for y in (9, small[1] - 9)]
            assert all(
                isinstance(got, tuple) and video.near((got[0], got[1], got[2]), wanted)
                for got, wanted in zip(colours, ((255, 0, 0), (0, 0, 255)), strict=True)
            )


def test_a_thumbnail_that_cannot_be_made_is_none() -> None:
    assert asyncio.run(thumbnail.jpeg(bytes(16), (2, 2), Path("/bin/false"))) == b""


@pytest.mark.parametrize(
    ("asked", "draws", "picture", "said"),
    [
        ("display", True, "display", "display"),
        ("display", False, "screencast", "screencast: the browser draws nothing"),
        ("screencast", True, "screencast", "screencast"),
    ],
)
def test_the_way_is_chosen_by_what_the_browser_does(  # noqa: PLR0917 - a table
    asked: str, draws: bool, picture: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_choice, "find_browser", lambda *_: Path("/bin/browser"))
    monkeypatch.setattr(media_choice, "find_ffmpeg", lambda: Path("/bin/ffmpeg"))
    monkeypatch.setattr(media_choice, "draws_on_display", lambda *_, **__: draws)
    settings = Settings(
        data=tmp_path, no_sandbox=True, picture="display" if asked == "display" else "screencast"
    )
    choice = media_choice.choose_media(settings)
    assert choice.picture == picture
    assert choice.picture_line.startswith(said)
