"""The scripts behind `make setup`: what they decide, without installing anything."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tools.dev import browser, debian, steps, venv
from tools.dev.steps import ProblemError


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def checkout(folder: Path) -> Path:
    folder.mkdir()
    for name in ("pyproject.toml", "requirements.lock"):
        (folder / name).write_text(name)
    return folder


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_the_environment_is_renewed_when_what_it_holds_changes(tmp_path: Path, name: str) -> None:
    root = checkout(tmp_path / "one")
    before = venv.wanted_stamp(root)
    assert venv.wanted_stamp(root) == before
    (root / name).write_text("changed")
    assert venv.wanted_stamp(root) != before


def test_an_environment_that_was_moved_is_not_taken_for_the_same(tmp_path: Path) -> None:
    assert venv.wanted_stamp(checkout(tmp_path / "one")) != venv.wanted_stamp(checkout(tmp_path / "two"))


def test_the_browser_that_is_named_comes_first(tmp_path: Path) -> None:
    named = program(tmp_path / "mine")
    program(tmp_path / "bin" / "chromium")
    environ = {browser.SETTING: str(named), "PATH": str(tmp_path / "bin")}
    assert browser.find(environ, tmp_path) == named
    with pytest.raises(ProblemError, match=r"names .*/none, and there is no such program"):
        browser.find({**environ, browser.SETTING: str(tmp_path / "none")}, tmp_path)


def test_a_browser_on_path_comes_before_playwrights(tmp_path: Path) -> None:
    home = tmp_path / "home"
    playwrights = program(home / ".cache/ms-playwright/chromium-1200/chrome-linux/chrome")
    environ = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(home / ".cache/ms-playwright")}
    assert browser.find(environ, home) == playwrights
    on_path = program(tmp_path / "bin" / "google-chrome")
    assert browser.find(environ, home) == on_path


def test_without_a_browser_none_is_found(tmp_path: Path) -> None:
    assert browser.find({"PATH": str(tmp_path)}, tmp_path) is None


@pytest.mark.parametrize(
    ("os_release", "is_debian"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', True),
        ('ID="debian"\n', True),
        ("ID=ubuntu\nID_LIKE=debian\n", False),
        ("", False),
    ],
)
def test_debian_is_told_from_its_kin(os_release: str, is_debian: bool) -> None:
    assert debian.is_debian(os_release) is is_debian


def test_a_failed_command_is_told_with_the_end_of_its_output(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    with pytest.raises(ProblemError, match=r"(?s)making it failed with status 3:.*the reason"):
        steps.run(command, "making it", tmp_path / "log")


def test_a_long_command_tells_its_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(steps, "PROGRESS_EVERY", 0.01)
    go = tmp_path / "go"
    told: list[str] = []

    def progress() -> str:
        told.append("half")
        go.touch()  # the command ends once its progress was asked for
        return "half of it"

    wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)"
    steps.run([sys.executable, "-c", wait], "making it", tmp_path / "log", progress=progress)
    assert told
    assert re.search(r"… making it: \d+ s, half of it", capsys.readouterr().err)


def test_a_python_is_found_and_an_unfit_one_is_not(tmp_path: Path) -> None:
    find = steps.ROOT / "tools" / "find-python"
    fit = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
    assert subprocess.run([find], env=fit, capture_output=True, text=True, check=True).stdout.strip()
    program(tmp_path / "python3", "#!/bin/sh\nexit 1\n")
    unfit = subprocess.run(
        ["/bin/sh", find], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert unfit.returncode == 1
    assert unfit.stderr.startswith("error: no Python 3.10 or newer was found. Install one")
