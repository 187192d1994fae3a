"""Runs the demo: `make demo`, or `tools/with-cli python -m tools.demo` where all is set up."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.demo import interrupts
from tools.demo.emulator import Emulator
from tools.demo.stack import ROOT, DemoStack
from tools.demo.story import STEPS, Story
from tools.demo.telling import DemoError, Teller

FOLDER = ROOT / ".demo"
EMULATOR, EMULATOR_LOG, PULUMI = "emulator", "emulator.log", "pulumi"
RECORDING = "recording"


def main() -> int:
    """Run it; 0 when every step did what it should, 1 when one did not, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--media", choices=("auto", "none", "chromium"), default="auto")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long is recorded (default 10)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="its own folder (default .demo)")
    options = parser.parse_args()
    interrupts.install()
    started = time.monotonic()
    try:
        with _own(options.folder.resolve()) as folder:
            _run(folder, options.media, options.seconds)
    except DemoError as error:
        print(f"\nthe demo failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted; everything that the demo started is ended", file=sys.stderr)
        return 130
    print(f"\nthe demo did all that it should, in {time.monotonic() - started:.0f} s")
    return 0


def _run(folder: Path, media: str, seconds: float) -> None:
    teller = Teller(STEPS)
    teller.step("the emulator, in place of Tencent's service")
    emulator = Emulator(folder / EMULATOR, folder / EMULATOR_LOG)
    try:
        emulator.start(media)
        for line in emulator.lines()[1:]:
            teller.say(line)
        teller.say(f"watch it while it runs: {emulator.address}/")
        stack = DemoStack.make(folder / PULUMI, teller)
        Story(emulator, stack, teller, folder / RECORDING, seconds).tell()
    except DemoError as error:
        log = "".join(f"\n    {line}" for line in emulator.lines()[-15:])
        raise DemoError(f"{error}\n  the emulator's last lines:{log}") from None
    finally:
        with interrupts.held():
            emulator.stop()


@contextlib.contextmanager
def _own(folder: Path) -> Iterator[Path]:
    """The demo's own folder, of one demo at a time; in the end a recorded file alone is left in it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"another demo is running in {folder}") from None
        _remove(folder, (EMULATOR, EMULATOR_LOG, PULUMI, RECORDING))
        try:
            yield folder
        finally:
            with interrupts.held():
                _remove(folder, (EMULATOR, EMULATOR_LOG, PULUMI))
                with contextlib.suppress(OSError):
                    folder.rmdir()
    finally:
        os.close(handle)


def _remove(folder: Path, names: Sequence[str]) -> None:
    """Remove what a demo made; nothing else is touched, whatever folder was named."""
    for path in (folder / name for name in names):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
