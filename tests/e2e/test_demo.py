"""`make demo` does what it promises, and leaves nothing but the recording."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import processes
from tests.support.emulator import eventually
from tests.support.pulumi_cli import ROOT

TIMEOUT = 240.0


class Demos:
    """Starts demos as `make demo` does, in folders of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.scratch = folder / "demo", folder / "scratch"
        self.scratch.mkdir()
        self._log = folder / "demo.txt"
        self._started: list[processes.Running] = []

    def start(self, *arguments: str, path: Path | None = None) -> processes.Running:
        """With `path`, the demo's PATH is that alone."""
        demo = [sys.executable, "-m", "tools.demo", "--folder", str(self.folder), *arguments]
        around = ["/usr/bin/env", f"PATH={path}"] if path else []
        env = {**os.environ, "TMPDIR": str(self.scratch)}
        running = processes.start(["tools/with-cli", *around, *demo], self._log, env=env, cwd=ROOT)
        self._started.append(running)
        return running

    def left(self) -> list[str]:
        """The files that are left of it, and the command lines that name its scratch."""
        listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        files = [path.name for folder in (self.folder, self.scratch) for path in folder.rglob("*")]
        return sorted(files) + [line for line in listed.splitlines() if str(self.scratch) in line]

    def close(self) -> None:
        for running in self._started:
            running.end()


@pytest.fixture
def demos(tmp_path: Path) -> Iterator[Demos]:
    made = Demos(tmp_path)
    yield made
    made.close()


def test_the_demo_ends_with_a_video(demos: Demos) -> None:
    running = demos.start("--seconds", "3")
    status = running.wait(TIMEOUT)
    text = running.text()
    assert status == 0, text
    for step in range(1, 9):
        assert f"\n[{step}/8] " in text
    assert re.search(r"length +\d+\.\d s, 1280x720 pixels, [\d.]+ frames/s", text)
    assert demos.left() == ["demo.mp4", "frame.png"]


@pytest.mark.soak
def test_the_demo_without_a_browser_says_so_and_shows_the_rest(demos: Demos) -> None:
    running = demos.start("--media", "none")
    assert running.wait(TIMEOUT) == 0, running.text()
    assert "none: the emulator opened no page" in running.text()
    assert demos.left() == []


@pytest.mark.parametrize(
    ("when", "number"),
    [
        pytest.param("[1/8]", signal.SIGTERM, marks=pytest.mark.soak),
        ("$ pulumi up", signal.SIGINT),
        pytest.param("$ pulumi destroy", signal.SIGHUP, marks=pytest.mark.soak),
    ],
)
def test_an_interrupted_demo_leaves_nothing(demos: Demos, when: str, number: int) -> None:
    running = demos.start("--media", "none")
    eventually(lambda: when in running.text() or running.process.poll() is not None, when, 120)
    running.signal(number)
    assert running.wait(TIMEOUT) == 130, running.text()
    assert "everything that the demo started is ended" in running.text()
    assert demos.left() == []


def test_a_step_that_goes_wrong_fails_the_demo_and_leaves_nothing(demos: Demos, tmp_path: Path) -> None:
    nowhere = tmp_path / "empty"
    nowhere.mkdir()
    running = demos.start("--media", "none", path=nowhere)
    assert running.wait(TIMEOUT) == 1, running.text()
    assert "the demo failed: no pulumi on PATH" in running.text()
    assert "Traceback" not in running.text()
    assert demos.left() == []
