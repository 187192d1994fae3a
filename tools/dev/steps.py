"""What the scripts behind make's verbs share: saying what is done, and running long commands with progress.

Everything under tools/dev runs before the virtual environment exists: the standard library alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRESS_EVERY = 15.0
Progress = Callable[[], str]


class ProblemError(Exception):
    """A step cannot be done; the text is one line that says what is missing and how to get it."""


def say(text: str) -> None:
    """Tell a person; stdout stays free for what a script answers."""
    print(text, file=sys.stderr, flush=True)


def run_main(main: Callable[[], None]) -> None:
    """Run a script: a problem becomes one line and exit status 1, Ctrl-C becomes 130."""
    try:
        main()
    except ProblemError as problem:
        say(f"error: {problem}")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        say("interrupted")
        raise SystemExit(130) from None


def run(
    command: Sequence[str | Path],
    doing: str,
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    progress: Progress | None = None,
) -> None:
    """Run `command`, its output appended to `log`, with a line every 15 s, and fail with the log's end.

    `progress` may add to that line how far the command has come.
    """
    started = time.monotonic()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
        )
        try:
            while True:
                try:
                    status = process.wait(timeout=PROGRESS_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    far = f", {progress()}" if progress else ""
                    say(f"  … {doing}: {time.monotonic() - started:.0f} s{far}")
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if status != 0:
        raise ProblemError(f"{doing} failed with status {status}:\n{_tail(log)}")


def _tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:])
