"""What each frame and worker of a page is told about its browser, and what its requests say."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import pages, recording
from tests.support.pages import Reply
from trtc_emulator.media.contract import Mobile, PictureWay

# `kind` tells what it sees, and what its requests carry; in each kind a request meets an HTTP prompt.
TELL = """
const tell = async (kind) => {
  const is = (query) => self.matchMedia ? matchMedia(query).matches : null;
  const asked = ["fullVersionList", "platformVersion", "model", "formFactors", "architecture", "bitness"];
  const hints = await navigator.userAgentData.getHighEntropyValues(asked);
  const prompt = (await fetch("/protected?" + kind)).status;
  await fetch("/told?" + new URLSearchParams({ kind, value: JSON.stringify({
    agent: navigator.userAgent, platform: navigator.platform, hints, prompt,
    page: self.document ? {
      webdriver: navigator.webdriver, ready: typeof navigator.notifyReady, touch: navigator.maxTouchPoints,
      handler: "ontouchstart" in self, scale: devicePixelRatio, screen: [screen.width, screen.height],
      hover: [is("(hover: hover)"), is("(any-hover: hover)")],
      fine: [is("(pointer: fine)"), is("(any-pointer: fine)")],
      coarse: [is("(pointer: coarse)"), is("(any-pointer: coarse)")],
    } : null,
  }) }));
};
"""
SERVICE = """
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(tell("service worker").then(() => clients.claim())));
addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
"""
PAGE = """
(async () => {
  if (sessionStorage.again) {
    await tell("page, reloaded");
    location.href = "/next";
    return;
  }
  sessionStorage.again = "yes";
  await tell("page");
  navigator.serviceWorker.oncontrollerchange = () => location.reload();
  await navigator.serviceWorker.register("/service.js");
})();
"""
# The last page has all again: what the first ones had may have ended with them.
ALL = """new Worker("/worker.js"); new SharedWorker("/shared.js");"""
# What a frame sends while its page goes away.
LAST = """addEventListener("pagehide", () => fetch("/last", { keepalive: true }));"""
SPECULATE = '<script type="speculationrules">{"prerender": [{"urls": ["/next"]}]}</script>'
KINDS = {"page", "page, reloaded", "next page", "frame", "frame's worker"} | {
    "worker",
    "shared worker",
    "service worker",
}


def _site(other: str) -> pages.Replies:
    def script(text: str) -> Reply:
        return Reply(TELL + text, headers={"Content-Type": "text/javascript"})

    def html(text: str, body: str = "") -> Reply:
        return pages.page(f"{body}<script>{TELL}{text}</script>", SPECULATE)

    resources = f"<img src='/protected'><iframe src='{other}/frame'></iframe>"
    return {
        "/": html(ALL + PAGE, resources),
        "/next": html(ALL + "tell('next page')", resources),
        "/frame": html("tell('frame'); new Worker('/frames.js');" + LAST),
        "/last": Reply(),
        "/frames.js": script('tell("frame\'s worker")'),
        "/worker.js": script("tell('worker')"),
        "/shared.js": script("tell('shared worker')"),
        "/service.js": script(SERVICE),
        "/protected": Reply(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'}),
        "/told": Reply(),
    }


def _seen(
    tmp_path: Path, mobile: Mobile | None, picture: PictureWay
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    replies: pages.Replies = {}
    with pages.serving(replies) as site:
        # The same server by its other name is another site: its frame gets a process of its own.
        replies |= _site(site.url.replace("127.0.0.1", "localhost"))

        def kinds() -> set[str]:
            return {t["kind"] for t in site.told("/told")}

        async def run() -> None:
            async with recording.recorder(picture=picture) as (media, events):
                await media.start(recording.job(tmp_path, site.url, width=640, height=360, mobile=mobile))
                await events.until(lambda _: kinds() >= KINDS, f"all of {KINDS}")
                await events.until(lambda _: "/last" in site.requests, "a frame's last request")
                await events.have("started")
                await media.stop("task")
                assert events.names() == ["started", "file", "finished"]

        asyncio.run(run())
        return {t["kind"]: json.loads(t["value"]) for t in site.told("/told")}, site.headers


@pytest.mark.parametrize("picture", recording.BOTH_WAYS)
@pytest.mark.parametrize("mobile", [None, Mobile(0, 0)], ids=["desktop", "phone"])
def test_all_of_a_page_is_in_the_same_browser(
    tmp_path: Path, mobile: Mobile | None, picture: PictureWay
) -> None:
    seen, headers = _seen(tmp_path, mobile, picture)
    assert seen.keys() == KINDS

    agents = {told["agent"] for told in seen.values()}
    assert len(agents) == 1
    assert {sent["user-agent"] for sent in headers} == agents
    assert not any("headless" in value.lower() for sent in headers for value in sent.values())
    assert {told["prompt"] for told in seen.values()} == {401}
    assert len({told["platform"] for told in seen.values()}) == 1

    hints = seen["page"]["hints"]
    assert all(told["hints"] == hints for told in seen.values())
    assert "Chromium" in {brand["brand"] for brand in hints["brands"]}
    assert all(brand["version"].count(".") == 3 for brand in hints["fullVersionList"])
    platform, form = ("Android", "Mobile") if mobile else ("Linux", "Desktop")
    assert (hints["platform"], hints["formFactors"]) == (platform, [form])
    sent = {headers_["sec-ch-ua-platform"] for headers_ in headers if "sec-ch-ua-platform" in headers_}
    assert sent == {f'"{platform}"'}
    sent = {headers_["sec-ch-ua-mobile"] for headers_ in headers if "sec-ch-ua-mobile" in headers_}
    assert sent == {"?1" if mobile else "?0"}

    mouse, touch = [mobile is None] * 2, [mobile is not None] * 2
    for told in (told["page"] for told in seen.values() if told["page"]):
        assert told == {
            **{"webdriver": False, "ready": "function", "touch": 5 if mobile else 0, "handler": bool(mobile)},
            **{"scale": 2.625 if mobile else 1, "screen": [412, 839] if mobile else [640, 360]},
            **{"hover": mouse, "fine": mouse, "coarse": touch},
        }


def test_a_page_that_is_busy_after_its_load_is_recorded(tmp_path: Path) -> None:
    busy = "onload = () => setTimeout(() => { const end = Date.now() + 20000; while (Date.now() < end); })"
    with pages.serving({"/": pages.plain("00a000", busy)}) as site:
        events = asyncio.run(recording.record(recording.job(tmp_path, site.url), 0.2))
    assert events.names() == ["started", "file", "finished"]
