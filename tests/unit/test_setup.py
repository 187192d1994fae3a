"""`tools/setup`, run in a checkout of the test's own with a Python that only writes down what it is asked."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
    *sys.executable*) echo "$0" ;;
    *version_info*) echo 3.12 ;;
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *require-hashes*) [ -z "$PIP_FAILS" ] || { echo "ERROR: no such package"; exit 1; } ;;
    *find_browser*) echo "NoBrowser: none is here"; exit 1 ;;
esac
"""


class Checkout:
    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "tools").mkdir(parents=True)
        for name in ("setup", "find-python"):
            shutil.copy(ROOT / "tools" / name, root / "tools")
        for name in ("pyproject.toml", "requirements.lock"):
            (root / name).write_text(name)
        self.python = root / "python3"
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)

    def setup(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> tuple[subprocess.CompletedProcess[str], str]:
        """What it came to, and what Python was asked."""
        calls = self.root / "calls"
        calls.write_text("")
        # The browser is named, so that none is installed where the tests run.
        own = {"PATH": "/usr/bin:/bin", "PYTHON": str(self.python), "CALLS": str(calls)}
        own |= {"TRTC_EMULATOR_BROWSER": "/nowhere", "PIP_FAILS": "", **(env or {})}
        done = subprocess.run(
            [self.root / "tools/setup", *arguments], env=own, capture_output=True, text=True, check=False
        )
        return done, calls.read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path / "one")
    assert made.setup("--browser=none")[0].returncode == 0
    return made


def test_a_second_run_installs_nothing(checkout: Checkout) -> None:
    done, calls = checkout.setup("--browser=none")
    assert (done.returncode, done.stderr) == (0, "")
    assert "pip" not in calls


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_the_environment_is_renewed_when_what_it_holds_changes(checkout: Checkout, name: str) -> None:
    (checkout.root / name).write_text("changed")
    _, calls = checkout.setup("--browser=none")
    assert "install --require-hashes -r requirements.lock" in calls
    assert "-m venv" not in calls


def test_an_environment_that_was_moved_is_made_anew(checkout: Checkout, tmp_path: Path) -> None:
    moved = Checkout(tmp_path / "two")
    shutil.copytree(checkout.root / ".venv", moved.root / ".venv")
    assert "-m venv .venv" in moved.setup("--browser=none")[1]


def test_what_fails_is_one_clear_line_and_is_tried_again(checkout: Checkout) -> None:
    (checkout.root / "requirements.lock").write_text("changed")
    done, _ = checkout.setup("--browser=none", env={"PIP_FAILS": "yes"})
    assert done.returncode == 1
    assert done.stderr.endswith("\nerror: the packages could not be installed (see above)\n")
    assert "require-hashes" in checkout.setup("--browser=none")[1]


def test_a_missing_browser_is_an_error_only_where_it_is_required(checkout: Checkout) -> None:
    required, _ = checkout.setup()
    assert (required.returncode, required.stderr) == (1, "error: none is here\n")
    optional, _ = checkout.setup("--browser=optional")
    assert (optional.returncode, optional.stderr) == (0, "going on without a browser: none is here\n")


def test_a_python_is_found_and_an_unfit_one_is_not(tmp_path: Path) -> None:
    find = ROOT / "tools" / "find-python"
    fit = {"PATH": "/usr/bin:/bin", "PYTHON": sys.executable}
    assert subprocess.run([find], env=fit, capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)
    unfit = subprocess.run(
        ["/bin/sh", find], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert unfit.returncode == 1
    assert unfit.stderr.startswith("error: no Python 3.10 or newer was found. Install one")
