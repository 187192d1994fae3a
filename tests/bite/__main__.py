"""Cuts each row and each check out of a copy of the provider, and sees a test fail each time.

    python -m tests.bite [PART OF A NAME]

Prints a Markdown table. Exit status 1 if a cut goes unnoticed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bite.cuts import CHECKS, ROWS, Cut

ROOT = Path(__file__).resolve().parents[2]
# `test_decide` repeats the tables: what counts is that the behaviour is missed.
TESTS = (
    "tests/unit",
    "--ignore=tests/unit/test_decide.py",
    "--ignore=tests/unit/test_lifecycle_model.py",
)


def failing_test(cut: Cut | None) -> str | None:
    """The first test that fails once this is cut out; None if none does."""
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "provider", Path(folder) / "provider")
        if cut is not None:
            path = Path(folder) / "provider/pulumi_trtc" / cut.file
            path.write_text(path.read_text().replace(cut.piece, cut.instead))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=no", *TESTS],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(Path(folder) / "provider"), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode and found is None:
        raise SystemExit(
            f"{cut and cut.what}: pytest ended with {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return found[1] if found else None


def main(arguments: list[str]) -> int:
    """Try all cuts, or those with a part of a name."""
    if failing_test(None) is not None:
        raise SystemExit("the tests fail as it is")
    cuts = [cut for cut in (*ROWS, *CHECKS) if not arguments or arguments[0] in cut.what]
    print("| Cut out | A test that fails |\n| --- | --- |", flush=True)
    missed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for cut, test in zip(cuts, pool.map(failing_test, cuts), strict=True):
            missed += test is None
            shown = f"`{test.rpartition('/')[2]}`" if test else "**none**"
            print(f"| {cut.what} | {shown} |", flush=True)
    print(f"\n{len(cuts)} cuts, {missed} unnoticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
