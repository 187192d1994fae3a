"""Runs the demo. Whatever ends it, nothing is left but a recorded file: `python -m tools.demo --help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tools import sessions

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """0 when every step did what it should, 1 when one did not, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--media", choices=("auto", "none", "chromium"), default="auto")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long is recorded (default 10)")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / ".demo", help="of the recording (default .demo)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trtc-demo-", ignore_cleanup_errors=True) as scratch:
        story = [sys.executable, "-m", "tools.demo.story", scratch, str(options.folder.resolve())]
        status = sessions.run([*story, options.media, str(options.seconds)], ROOT)
    if status == 130:
        print("\ninterrupted; everything that the demo started is ended", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
