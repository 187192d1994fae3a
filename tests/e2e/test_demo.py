"""`make demo` does what it promises, and leaves nothing but the recording."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support import processes
from tests.support.emulator import eventually
from tests.support.pulumi_cli import ROOT

TIMEOUT = 240.0


class Demos:
    """Starts demos as `make demo` does, in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "demo"
        self._log = folder / "demo.txt"
        self._started: list[processes.Running] = []

    def start(self, *arguments: str) -> processes.Running:
        return self._start(["tools/with-cli"], arguments, os.environ)

    def start_plain(self, *arguments: str, env: Mapping[str, str]) -> processes.Running:
        """Without what `make` puts around it."""
        return self._start([], arguments, env)

    def _start(
        self, around: Sequence[str], arguments: Sequence[str], env: Mapping[str, str]
    ) -> processes.Running:
        demo = [sys.executable, "-m", "tools.demo", "--folder", str(self.folder)]
        running = processes.start([*around, *demo, *arguments], self._log, env=env, cwd=ROOT)
        self._started.append(running)
        return running

    def close(self) -> None:
        for running in self._started:
            running.end()


@pytest.fixture
def demos(tmp_path: Path) -> Iterator[Demos]:
    made = Demos(tmp_path)
    yield made
    made.close()


def processes_of(folder: Path) -> Sequence[str]:
    """The command lines that name the demo's folder."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line and "tools.demo" not in line]


def test_the_demo_ends_with_a_video(demos: Demos) -> None:
    running = demos.start("--seconds", "3")
    status = running.wait(TIMEOUT)
    text = running.text()
    assert status == 0, text
    for step in range(1, 9):
        assert f"\n[{step}/8] " in text
    assert re.search(r"length +\d+\.\d s, 1280x720 pixels, [\d.]+ frames/s", text)
    assert sorted(path.name for path in demos.folder.rglob("*")) == ["demo.mp4", "frame.png", "recording"]
    assert processes_of(demos.folder) == []


@pytest.mark.soak
def test_the_demo_without_a_browser_says_so_and_shows_the_rest(demos: Demos) -> None:
    running = demos.start("--media", "none")
    assert running.wait(TIMEOUT) == 0, running.text()
    assert "none: the emulator opened no page" in running.text()
    assert not demos.folder.exists()


def test_an_interrupted_demo_leaves_nothing(demos: Demos) -> None:
    running = demos.start("--media", "none")
    eventually(lambda: "$ pulumi up" in running.text() or running.process.poll() is not None, "the up")
    running.signal(signal.SIGINT)
    assert running.wait(TIMEOUT) == 130, running.text()
    assert "everything that the demo started is ended" in running.text()
    assert not demos.folder.exists()
    assert processes_of(demos.folder) == []


def test_a_step_that_goes_wrong_fails_the_demo_and_leaves_nothing(demos: Demos, tmp_path: Path) -> None:
    nowhere = tmp_path / "empty"
    nowhere.mkdir()
    running = demos.start_plain("--media", "none", env={**os.environ, "PATH": str(nowhere)})
    assert running.wait(TIMEOUT) == 1, running.text()
    assert "the demo failed: no pulumi on PATH" in running.text()
    assert "Traceback" not in running.text()
    assert not demos.folder.exists()
    assert processes_of(demos.folder) == []
