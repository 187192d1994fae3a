"""The emulator as the demo sees it: a process, and its control routes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import attrs

from tools.demo import children, interrupts
from tools.demo.telling import DemoError

START_TIMEOUT = 60.0
# Shorter than the real service's 5 s: nobody watches a demo wait.
START_DELAY = "2"


@attrs.define(eq=False)
class Emulator:
    """An emulator on a free port.

    Attributes:
        data: Its folder.
        log: What it prints.
        address: Its URL, once it has started.
    """

    data: Path
    log: Path
    address: str = ""
    _process: subprocess.Popen[str] | None = attrs.field(default=None, init=False)

    def start(self, media: str) -> None:
        """Start it and wait for its first line, the address."""
        self.data.mkdir(parents=True)
        arguments = ["--port", "0", "--data", str(self.data), "--media", media, "--start-delay", START_DELAY]
        command = [sys.executable, "-m", "trtc_emulator", *arguments]
        with self.log.open("w") as output, interrupts.held():
            process = children.start(command, env=os.environ, cwd=self.data.parent, output=output.fileno())
            self._process = process
        deadline = time.monotonic() + START_TIMEOUT
        while not self.log.read_text().partition("\n")[1]:
            if process.poll() is not None or time.monotonic() > deadline:
                raise DemoError("the emulator did not start")
            time.sleep(0.05)
        self.address = self.lines()[0]

    def stop(self) -> None:
        """End it; it completes the files that it still writes."""
        if self._process is not None:
            children.end(self._process, signal.SIGTERM)

    def lines(self) -> list[str]:
        """What it has printed so far."""
        return self.log.read_text(errors="replace").splitlines() if self.log.exists() else []

    def media(self) -> str:
        """What it records with: "chromium", or "none"."""
        return str(self._ask("health")["media"])

    def running(self) -> list[dict[str, Any]]:
        """The tasks that have not ended, as the real service would bill them."""
        return [task for task in self.tasks() if task["state"] != "ended"]

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks."""
        return list(self._ask("tasks")["tasks"])

    def now_ms(self) -> int:
        """Its clock."""
        return int(self._ask("clock")["now_ms"])

    def _ask(self, route: str) -> dict[str, Any]:
        # A proxy of the person's must not be asked for what is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.address}/_emulator/{route}", timeout=30) as answer:
                return dict(json.load(answer))
        except OSError as error:
            raise DemoError(f"the emulator does not answer: {error}") from None
