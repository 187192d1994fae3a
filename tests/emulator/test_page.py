"""The page at `/` in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import beeps, pages
from tests.support.browser import TIMEOUT_MS, browser
from tests.support.emulator import Emulator, StartEmulator, eventually
from tests.support.page_files import folder, make_mp4, make_thumbnail
from tests.support.sdk import sdk_client, start, stop

OpenPage = Callable[..., Page]

expect.set_options(timeout=TIMEOUT_MS)
SECRETS = {
    "RecordUrl": "https://user:MARKERa@example.com/lecture?token=MARKERb#MARKERc",
    "PublishCdnParams": [{"PublishCdnUrl": "rtmp://live.example.com/app/MARKERd"}],
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def problems() -> list[str]:
    """What the browser's console says of errors and of what the page's policy refused."""
    return []


@pytest.fixture
def open_page(chromium: Browser, problems: list[str]) -> Iterator[OpenPage]:
    opened: list[Page] = []

    def open_it(emu: Emulator, width: int = 1000) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": 800})
        opened.append(page)
        page.set_default_timeout(TIMEOUT_MS)
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(emu.address)
        return page

    yield open_it
    for page in opened:
        page.close()


def becomes(page: Page, expression: str) -> None:
    """Wait until an expression is true; Playwright's own way needs the eval that the page forbids."""
    eventually(lambda: page.evaluate(expression), expression)


def test_the_list_is_live(emu: Emulator, open_page: OpenPage, problems: list[str]) -> None:
    page = open_page(emu)
    expect(page.get_by_role("heading", name="Nothing is recorded yet")).to_be_visible()
    client = sdk_client(emu)
    task_id = start(client, RecordUrl="https://example.com/lecture?x=1", RecordId="lecture-1")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="example.com/lecture"))
    expect(card.locator(".state")).to_have_text("starting")
    expect(page.get_by_role("heading", name="Nothing is recorded yet")).to_be_hidden()
    expect(card.locator("[data-fact=record]")).to_have_text("lecture-1")
    expect(card.locator("[data-fact=video]")).to_have_text("1280 \u00d7 720, MP4")
    emu.advance(3600)
    expect(card.locator(".state")).to_have_text("recording")
    expect(card.locator(".latest")).to_have_text("Recording began")
    expect(card.locator("[data-fact=length]")).to_contain_text("of at most 01:00:00")
    emu.advance(600)
    expect(card.locator("[data-fact=length]")).to_contain_text(re.compile(r"00:1\d:"))
    stop(client, task_id)
    expect(card.locator(".state")).to_have_text("ended")
    expect(card.locator(".latest")).to_have_text("Stopped by StopWebRecord")
    expect(page.get_by_role("status")).to_have_text("example.com/lecture: ended")
    expect(page.locator("#summary")).to_have_text("0 running, 1 ended")
    emu.reset()
    expect(page.get_by_role("heading", name="Nothing is recorded yet")).to_be_visible()
    assert problems == []


def test_the_newest_recording_stands_first(emu: Emulator, open_page: OpenPage) -> None:
    client = sdk_client(emu)
    for name in ("one", "two"):
        start(client, RecordUrl=f"https://example.com/{name}")
        emu.advance(1)
    page = open_page(emu)
    headings = page.locator(".card h2")
    expect(headings).to_have_text(["example.com/two", "example.com/one"])
    start(client, RecordUrl="https://example.com/three")
    expect(headings).to_have_text(["example.com/three", "example.com/two", "example.com/one"])


def test_no_secret_reaches_the_page(emu: Emulator, open_page: OpenPage, problems: list[str]) -> None:
    start(sdk_client(emu), **SECRETS)
    emu.advance(3600)
    page = open_page(emu)
    expect(page.locator(".state")).to_have_text("recording")
    expect(page.locator(".card h2")).to_have_text("example.com/lecture")
    expect(page.locator("[data-fact=relays]")).to_have_text("live.example.com: waiting")
    assert "MARKER" not in page.content()
    assert "MARKER" not in str(emu.control("GET", "recordings"))
    assert problems == []


def test_it_is_used_by_keyboard(emu: Emulator, open_page: OpenPage) -> None:
    start(sdk_client(emu))
    emu.advance(3600)
    page = open_page(emu)
    expect(page.locator(".state")).to_have_text("recording")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the recordings")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    event = page.locator(".events li").filter(has_text="Recording began")
    expect(event).to_be_visible()
    # News of the recording takes neither the focus nor what was opened.
    emu.advance(600)
    expect(page.locator("[data-fact=length]")).to_contain_text(re.compile(r"00:1\d:"))
    expect(page.locator("summary")).to_be_focused()
    expect(event).to_be_visible()


def test_a_finished_file_plays_and_goes_on_while_news_come(
    emu: Emulator, open_page: OpenPage, problems: list[str]
) -> None:
    client = sdk_client(emu)
    task_id = start(client)
    emu.advance(3600)
    make_mp4(folder(emu, task_id) / "film_0.mp4")
    stop(client, task_id)
    page = open_page(emu)
    video = page.locator("video")
    expect(video).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^MP4, "))).to_be_visible()
    video.evaluate("video => { video.muted = true; return video.play(); }")
    start(client, RecordUrl="https://example.com/other")
    expect(page.locator(".card")).to_have_count(2)
    becomes(page, "document.querySelector('video[src]').ended")
    size = page.evaluate(
        "(v => [v.videoWidth, Math.round(v.duration)])(document.querySelector('video[src]'))"
    )
    assert size == [160, 3]
    page.evaluate("document.querySelector('video[src]').currentTime = 1")
    becomes(page, "(v => !v.seeking && v.currentTime === 1)(document.querySelector('video[src]'))")
    assert problems == []


def test_parts_are_chosen_by_their_buttons(emu: Emulator, open_page: OpenPage, problems: list[str]) -> None:
    client = sdk_client(emu)
    task_id = start(client)
    emu.advance(3600)
    for number in (0, 1):
        make_mp4(folder(emu, task_id) / f"film_{number}.mp4", seconds=1 + number)
    stop(client, task_id)
    page = open_page(emu)
    button = page.get_by_role("button", name="Play Part 2")
    button.focus()
    page.keyboard.press("Enter")
    becomes(page, "Math.round(document.querySelector('video').duration) === 2")
    assert problems == []


def test_hls_is_linked_and_said_not_to_play_here(emu: Emulator, open_page: OpenPage) -> None:
    client = sdk_client(emu)
    task_id = start(client, WebRecordVideoParams={"Format": "hls"})
    emu.advance(3600)
    files = folder(emu, task_id)
    (files / "film_00000.ts").write_bytes(b"G" * 188)
    (files / "film.m3u8").write_text("#EXTM3U\n")
    stop(client, task_id)
    page = open_page(emu)
    expect(page.get_by_role("link", name="HLS playlist, 1 segments")).to_be_visible()
    expect(page.locator(".placeholder")).to_have_text("HLS: open the playlist in another player")
    expect(page.locator("video")).to_be_hidden()


def test_how_pictures_are_taken_is_told(
    emu: Emulator, start_emulator: StartEmulator, open_page: OpenPage, problems: list[str]
) -> None:
    opening = start_emulator("--media", "chromium", "--picture", "screencast")
    expect(open_page(opening).locator("#picture")).to_contain_text("from the browser's screencast")
    expect(open_page(emu).locator("#picture")).to_be_hidden()
    assert problems == []


def test_a_running_recording_has_a_picture_that_is_renewed(
    emu: Emulator, open_page: OpenPage, problems: list[str]
) -> None:
    task_id = start(sdk_client(emu))
    emu.advance(3600)
    thumbnail = folder(emu, task_id) / ".thumbnail.jpg"
    page = open_page(emu)
    expect(page.locator(".placeholder")).to_have_text("No picture yet")
    make_thumbnail(thumbnail, "red")
    image = page.locator(".card img")
    expect(image).to_be_visible()
    becomes(page, "document.querySelector('.card img').naturalWidth === 64")
    first = image.get_attribute("src")
    make_thumbnail(thumbnail, "blue")
    expect(image).not_to_have_attribute("src", first)
    assert problems == []


def test_a_recording_is_seen_to_sound_and_plays_with_its_sound(
    start_emulator: StartEmulator, open_page: OpenPage, problems: list[str]
) -> None:
    """Made of two real pages, of which the one beeps and the other is silent."""
    emu = start_emulator("--media", "chromium", "--max-recordings", "2", "--start-delay", "0")
    client = sdk_client(emu)
    video = {"Width": 320, "Height": 180, "Format": "mp4"}
    with pages.serving({"/loud": beeps.page(), "/quiet": pages.plain("c03010")}) as site:
        tasks = [
            start(client, RecordUrl=f"{site.url}/{name}", WebRecordVideoParams=video)
            for name in ("loud", "quiet")
        ]
        page = open_page(emu)
        loud, quiet = (page.locator(".card", has_text=f"/{name}") for name in ("loud", "quiet"))
        meters = [card.get_by_role("meter", name="Sound level") for card in (loud, quiet)]
        for meter in meters:
            expect(meter).to_be_visible()
        eventually(lambda: meters[0].evaluate("meter => meter.value > -30"), "that the meter moves")
        expect(loud.locator("[data-fact=level]")).to_have_text(re.compile(r"^-\d+ dB$"))
        assert meters[1].evaluate("meter => meter.value === meter.min")
        expect(quiet.locator("[data-fact=level]")).to_have_text("silent")
        for task_id in tasks:
            stop(client, task_id)
        for meter in meters:
            expect(meter).to_be_hidden()
    player = loud.locator("video")
    expect(player).to_be_visible()
    # A click, as people do: nothing may play with sound unasked.
    player.evaluate("video => video.addEventListener('click', () => video.play(), {once: true})")
    player.click(position={"x": 20, "y": 20})
    eventually(lambda: player.evaluate("video => video.webkitAudioDecodedByteCount > 0"), "its sound")
    assert player.evaluate("video => [video.muted, video.volume, video.videoWidth]") == [False, 1, 320]
    assert problems == []


def test_nothing_is_wider_than_the_screen(emu: Emulator, open_page: OpenPage) -> None:
    client = sdk_client(emu)
    start(client, RecordUrl=f"https://example.com/{'a-very-long-path' * 20}", RecordId="r" * 31)
    relays = [{"PublishCdnUrl": f"rtmp://{'long' * 12}.example.com/a/b{number}"} for number in range(10)]
    start(client, PublishCdnParams=relays)
    emu.advance(3600)
    page = open_page(emu, width=768)
    expect(page.locator(".card")).to_have_count(2)
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.locator("details[open]")).to_have_count(2)
    for width in (768, 375, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_follows_the_systems_colours(emu: Emulator, open_page: OpenPage) -> None:
    page = open_page(emu)
    colours = set()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(colours) == 2


def test_the_page_to_record_runs_under_its_own_policy(
    emu: Emulator, open_page: OpenPage, problems: list[str]
) -> None:
    page = open_page(emu)
    page.goto(f"{emu.address}/_emulator/demo")
    becomes(page, "document.querySelector('#clock').textContent !== '00:00:00.0'")
    assert problems == []


def test_it_says_when_the_emulator_is_gone_and_when_it_is_back(
    start_emulator: StartEmulator, open_page: OpenPage
) -> None:
    emu = start_emulator("--start-delay", "0")
    page = open_page(emu)
    expect(page.locator("#summary")).to_have_text("0 running, 0 ended")
    expect(page.get_by_role("alert")).to_be_hidden()
    emu.kill()
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    emu.restart()
    start(sdk_client(emu))
    expect(page.locator(".card")).to_have_count(1)
    expect(page.get_by_role("alert")).to_be_hidden()
