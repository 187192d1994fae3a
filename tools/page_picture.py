"""Takes the picture of the emulator's page that stands in the README.

`python -m tools.page_picture http://127.0.0.1:8647 docs/emulator-page.png`, with an emulator running
there that has something to show.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from trtc_emulator.recorder import find_browser

WIDTH, TALLEST = 960, 760


def take(address: str) -> bytes:
    """The page as a PNG, as tall as its content but at most TALLEST."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(None, os.environ), args=sandbox)
        page = browser.new_page(viewport={"width": WIDTH, "height": TALLEST}, color_scheme="light")
        page.goto(address)
        page.locator(".card").first.wait_for()
        for video in page.locator("video[src]").all():
            # Played for a moment, so that no sign of loading is in the picture.
            video.evaluate("async v => { v.muted = true; await v.play(); v.pause(); }")
        height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
        picture = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        browser.close()
    return picture


def smaller(picture: bytes) -> bytes:
    """The same without transparency and packed well: a README is loaded often."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    data = smaller(take(sys.argv[1]))
    Path(sys.argv[2]).write_bytes(data)
    print(f"{sys.argv[2]}: {len(data) / 1000:.0f} kB")
