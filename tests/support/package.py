"""The package as it is published."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.pulumi_cli import ROOT

NO_PART = (".*", "__pycache__", "*.egg-info", "build", "dist", "tests")


def build(folder: Path) -> tuple[Path, Path]:
    """Build an sdist, and a wheel from it, into a folder that is not there yet."""
    tree = folder / "tree"  # a build writes into its tree: two at once would meet
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NO_PART))
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(tree)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel
