"""The steps of the demo, each followed by a look at whether it did what it should."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image

STEPS = iter(
    (
        "[1/8] the emulator, in place of Tencent's service",
        "[2/8] a stack of examples/fleet with one page, its state in a file",
        "[3/8] pulumi up starts the recording",
        "[4/8] pulumi preview finds nothing to do",
        "[5/8] pulumi refresh sees that it still runs",
        "[6/8] a larger picture would replace it: the preview shows how",
        "[7/8] pulumi destroy stops it",
        "[8/8] the recorded file",
    )
)
PATIENCE_S = 180.0
FEWEST_COLOURS = 4


def tell(scratch: Path, kept: Path, media: str, seconds: float) -> None:
    """All steps; raises RuntimeError or OSError at the first that went wrong."""
    step()
    address, records = start_emulator(scratch / "data", media)
    say(f"watch it while it runs: {address}/")
    step()
    make_stack(scratch, address)
    step()
    pulumi("up", "--yes", "--skip-preview")
    wait("the recording begins", lambda: is_running(address) and the_task(address)["state"] == "recording")
    say("so it is: the emulator runs this one task")
    step()
    pulumi("preview", "--expect-no-changes")
    step()
    pulumi("refresh", "--yes", "--skip-preview")
    expect(is_running(address), "the recording has ended by itself")
    step()
    pulumi("config", "set", "--path", "pages[0].width", "1920")
    pulumi("preview")
    step()
    if records:
        say(f"when {seconds:g} s are recorded")
        wait("so much is recorded", lambda: is_running(address) and recorded_s(address) >= seconds)
    pulumi("destroy", "--yes", "--skip-preview")
    expect(not is_running(address), "it still runs after the destroy")
    say("so it is: the emulator runs no task")
    step()
    if records:
        wait("the file is complete", lambda: the_task(address)["finished_ms"] is not None)
        show(next((scratch / "data").rglob("*.mp4")), kept, seconds)
    else:
        say("none: the emulator opened no page (see the first step)")


def start_emulator(data: Path, media: str) -> tuple[str, bool]:
    """Its address, and whether it records."""
    command = [sys.executable, "-m", "trtc_emulator", "--port", "0", "--data", str(data), "--media", media]
    command += ["--start-delay", "2"]  # the real service takes 5 s
    emulator = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert emulator.stdout is not None
    lines = []
    for line in emulator.stdout:
        lines.append(line.rstrip())
        say(lines[-1])
        if line.startswith("media"):
            return lines[0], "none:" not in line
    raise RuntimeError("the emulator did not start")


def make_stack(scratch: Path, address: str) -> None:
    """A copy of the example, with a file backend, home and settings of its own."""
    project = scratch / "fleet"
    shutil.copytree("examples/fleet", project, ignore=shutil.ignore_patterns("__pycache__", "Pulumi.*.yaml"))
    settings = project / "Pulumi.yaml"
    settings.write_text(settings.read_text().replace("../../.venv", sys.prefix))
    (scratch / "state").mkdir()
    os.environ["PULUMI_HOME"] = str(scratch / "home")
    os.environ["PULUMI_BACKEND_URL"] = f"file://{scratch}/state"
    os.environ["PULUMI_CONFIG_PASSPHRASE"] = "demo"
    os.chdir(project)
    pulumi("stack", "init", "demo")
    config = ["trtc:site=emulator", f"trtc:endpoint={address}", "trtc:startWindow=2", "sdkAppId=1400000000"]
    config += ["bucket=demo-1250000000", "pages[0].name=page", f"pages[0].url={address}/_emulator/demo"]
    plain = [part for value in config for part in ("--plaintext", value)]
    secret = ["--secret", "cosAccessKey=not-a-key", "--secret", "cosSecretKey=no-key-either"]
    pulumi("config", "set-all", "--path", *plain, *secret)


def show(recorded: Path, kept: Path, seconds: float) -> None:
    """What was recorded, kept with a frame of its middle."""
    kept.mkdir(parents=True, exist_ok=True)
    file = Path(shutil.move(recorded, kept / "demo.mp4"))
    facts = next(imageio_ffmpeg.read_frames(file))
    width, height = facts["size"]
    say(f"file     {file}")
    say(f"length   {facts['duration']:.1f} s, {width}x{height} pixels, {facts['fps']:g} frames/s")
    say(f"size     {file.stat().st_size / 1e6:.2f} MB")
    middle = imageio_ffmpeg.read_frames(file, input_params=["-ss", str(facts["duration"] / 2)])
    next(middle)  # the facts again
    frame = Image.frombytes("RGB", (width, height), next(middle))
    frame.save(kept / "frame.png")
    say(f"a frame  {kept / 'frame.png'}")
    expect(facts["duration"] >= seconds - 0.5, f"less than {seconds:g} s were recorded")
    expect(
        len(frame.resize((32, 18)).getcolors(32 * 18) or []) >= FEWEST_COLOURS, "the frame is of one colour"
    )


def pulumi(*arguments: str) -> None:
    """Run a command of the CLI, told as it would be typed."""
    say(f"$ pulumi {' '.join(arguments)}")
    command = ["pulumi", "--non-interactive", *arguments]
    try:
        status = subprocess.run(command, timeout=PATIENCE_S, check=False).returncode
    except FileNotFoundError:
        raise RuntimeError("no pulumi on PATH; `make demo` gets one") from None
    expect(status == 0, f"pulumi {arguments[0]} failed with status {status}")


def the_task(address: str) -> dict[str, Any]:
    """The one recording, as the emulator sees it."""
    tasks = ask(address, "tasks")["tasks"]
    expect(len(tasks) == 1, f"the emulator has {len(tasks)} tasks instead of one")
    return dict(tasks[0])


def is_running(address: str) -> bool:
    """Whether the one recording has not ended, as the real service would bill it."""
    return bool(the_task(address)["state"] != "ended")


def recorded_s(address: str) -> float:
    """Since when it records."""
    return float(ask(address, "clock")["now_ms"] - the_task(address)["started_ms"]) / 1000


def ask(address: str, route: str) -> dict[str, Any]:
    """A control route's answer; http.client asks no proxy for what is on this machine."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.request("GET", f"/_emulator/{route}")
    return dict(json.load(connection.getresponse()))


def wait(until: str, is_so: Callable[[], bool]) -> None:
    """Look until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        expect(time.monotonic() < deadline, f"waited {PATIENCE_S:g} s until {until}")
        time.sleep(0.2)


def step() -> None:
    """The next step begins."""
    print(f"\n{next(STEPS)}", flush=True)


def say(text: str) -> None:
    """One line within a step."""
    print(f"      {text}", flush=True)


def expect(is_so: bool, otherwise: str) -> None:
    """Hold that a step did what it should."""
    if not is_so:
        raise RuntimeError(otherwise)


if __name__ == "__main__":
    started = time.monotonic()
    try:
        tell(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"\nthe demo failed: {error}")
    print(f"\nthe demo did all that it should, in {time.monotonic() - started:.0f} s")
