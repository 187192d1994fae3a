"""A browser for tests: the one that the emulator itself would record with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from trtc_emulator.recorder import find_browser

TIMEOUT_MS = 60_000


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium. While it runs, asyncio.run() cannot be used in this thread."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=find_browser(None, os.environ),
            args=[*sandbox, "--disable-dev-shm-usage", "--disable-background-networking"],
            timeout=TIMEOUT_MS,
        )
        try:
            yield found
        finally:
            found.close()
