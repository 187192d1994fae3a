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

from tools.demo import children
from tools.demo.telling import DemoError

START_TIMEOUT = 60.0
# Shorter than the real service's 5 s: nobody watches a demo wait.
START_DELAY = "2"


@attrs.frozen(eq=False)
class Emulator:
    """A running emulator on a free port.

    Attributes:
        address: Its URL.
        data: Its folder.
        log: What it prints.
    """

    address: str
    data: Path
    log: Path
    _process: subprocess.Popen[str]

    @classmethod
    def start(cls, data: Path, log: Path, media: str) -> Emulator:
        """Start one and wait for its first line, the address."""
        data.mkdir(parents=True)
        arguments = ["--port", "0", "--data", str(data), "--media", media, "--start-delay", START_DELAY]
        with log.open("w") as output:
            command = [sys.executable, "-m", "trtc_emulator", *arguments]
            process = children.start(command, env=os.environ, cwd=data.parent, output=output.fileno())
        try:
            _wait_for_first_line(process, log)
        except BaseException:
            children.end(process, signal.SIGTERM)
            raise
        return cls(log.read_text().partition("\n")[0], data, log, process)

    def stop(self) -> None:
        """End it; it completes the files that it still writes."""
        children.end(self._process, signal.SIGTERM)

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


def _wait_for_first_line(process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while "\n" not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise DemoError(f"the emulator did not start:\n{log.read_text()}")
        time.sleep(0.05)
