"""Takes the pictures that stand in the documents.

`python -m tools.picture http://127.0.0.1:8647 docs/emulator-page.png`, with an emulator that has something to
show; `python -m tools.picture review.md docs/review.png` shows Markdown as a forge does.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from trtc_emulator.recorder import find_browser

WIDTH, TALLEST = 960, 760
COMMENT = """<!doctype html><meta charset="utf-8"><style>
body { font: 14px/1.5 "Liberation Sans", Arial, sans-serif; color: #1f2328; margin: 16px; padding: 0 16px 8px;
  border: 1px solid #d1d9e0; border-radius: 6px; }
h1, h2 { font-size: 1.5em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; }
table { border-collapse: collapse; margin-bottom: 16px; }
th, td { border: 1px solid #d1d9e0; padding: 6px 10px; vertical-align: top; }
tr:nth-child(even) td { background: #f6f8fa; }
code { font: 85% "Liberation Mono", monospace; background: #818b981f; border-radius: 6px;
  padding: .2em .4em; }
ul { padding-left: 2em; }
</style>"""


def show(page: Page, source: str) -> None:
    """Open an emulator's page, or a Markdown file."""
    if source.endswith(".md"):
        markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        page.set_content(COMMENT + markdown.render(Path(source).read_text()))
        return
    page.goto(source)
    page.locator(".card").first.wait_for()
    for video in page.locator("video[src]").all():
        # Played for a moment, so that no sign of loading is in the picture.
        video.evaluate("async v => { v.muted = true; await v.play(); v.pause(); }")


def take(source: str) -> bytes:
    """It as a PNG, as tall as its content but at most TALLEST."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(None, os.environ), args=sandbox)
        page = browser.new_page(viewport={"width": WIDTH, "height": TALLEST}, color_scheme="light")
        show(page, source)
        content = "Math.ceil(document.body.getBoundingClientRect().bottom) + 16"
        height = min(TALLEST, page.evaluate(content))
        picture = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        browser.close()
    return picture


def smaller(picture: bytes) -> bytes:
    """The same without transparency and packed well: a README is loaded often."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    data = smaller(take(sys.argv[1]))
    Path(sys.argv[2]).write_bytes(data)
    print(f"{sys.argv[2]}: {len(data) / 1000:.0f} kB")
