"""What type checkers say of programs: nothing of a correct one, and of a wrong one each line that is marked.

A mark that no finding answers is a finding itself, so that `wrong.py` is exact, too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "tests" / "unit" / "typing_programs"


def test_mypy_finds_what_is_marked_and_no_more() -> None:
    command = [sys.executable, "-m", "mypy", "--strict", str(PROGRAMS)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout.startswith("Success"), found.stdout


def test_pyright_finds_what_is_marked_and_no_more(tmp_path: Path) -> None:
    settings = {
        "include": [str(PROGRAMS)],
        "extraPaths": [str(ROOT / "provider")],
        "typeCheckingMode": "strict",
        "enableTypeIgnoreComments": False,
        "reportUnnecessaryTypeIgnoreComment": "error",
        "reportUnusedExpression": "none",
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "-p", str(tmp_path), "--pythonpath", sys.executable]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.stdout.startswith("0 errors"), found.stdout
    assert "No source files found" not in found.stdout
