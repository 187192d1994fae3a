"""The steps of the demo, each followed by a look at whether it did what it should."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path
from typing import Any

import attrs

from tools.demo import video
from tools.demo.emulator import START_DELAY, Emulator
from tools.demo.stack import DemoStack
from tools.demo.telling import DemoError, Teller, expect

STEPS = 8
NAME = "demo-page"
RECORDING = "web-recordings:recordings[0]"
KEYS = ("access_key", "secret_key")
START_TIMEOUT = 120.0
COMPLETE_TIMEOUT = 60.0


@attrs.define
class Story:
    """One recording from start to stop.

    Attributes:
        kept: Where the recorded file goes; made only when there is one.
        seconds: How long is recorded.
    """

    emulator: Emulator
    stack: DemoStack
    teller: Teller
    kept: Path
    seconds: float
    secrets: dict[str, str] = attrs.field(
        factory=lambda: {key: f"demo-{secrets.token_hex(16)}" for key in KEYS}
    )

    def tell(self) -> None:
        """All steps after the emulator's start; raises DemoError at the first that went wrong."""
        records = self.emulator.media() != "none"
        self._configure()
        task_id = self._up()
        self._no_changes(task_id)
        self._change(task_id)
        self._refresh(task_id)
        self._destroy(task_id, records)
        self._no_secrets()
        if records:
            self._show_file(task_id)
        else:
            self.teller.step("the recorded file")
            self.teller.say("none: the emulator opened no page (see the first step)")

    def _configure(self) -> None:
        self.teller.step("a stack of the project in this folder, its state in a file")
        self.stack.init(
            {
                "trtc:endpoint": self.emulator.address,
                # Recordings are found sooner here than on the real service: a refresh need not wait as long.
                "trtc:startWindow": START_DELAY,
                "web-recordings:recordings": [
                    {
                        "name": NAME,
                        "record_url": f"{self.emulator.address}/_emulator/demo",
                        "web_record_video_params": {"width": 1280, "height": 720, "format": "mp4"},
                    }
                ],
                "web-recordings:defaults": {
                    "sdk_app_id": 1400000000,
                    "storage_params": {
                        "cloud_storage": {
                            "vendor": 0,
                            "region": "ap-singapore",
                            "bucket": "demo-1250000000",
                            "file_name_prefix": ["demo"],
                        }
                    },
                },
            }
        )
        for key, value in self.secrets.items():
            path = f"web-recordings:defaults.storage_params.cloud_storage.{key}"
            self.stack.set(path, value, secret=True)

    def _up(self) -> str:
        self.teller.step("pulumi up starts the recording")
        self.stack.run("up", "--yes", "--skip-preview")
        output = self.stack.outputs()[NAME]
        task_id = str(output["task_id"])
        self._runs_alone(task_id)
        expect(output["status"] == "recording", f"the status is {output['status']!r}")
        expect(self.stack.task_ids() == [task_id], "the state has another TaskId than the outputs")
        self.teller.say("so it is: the emulator runs this one task, and its TaskId is in the state")
        self._wait_until_started(task_id)
        return task_id

    def _no_changes(self, task_id: str) -> None:
        self.teller.step("pulumi preview finds nothing to do")
        self.stack.run("preview", "--expect-no-changes")
        self._runs_alone(task_id)

    def _change(self, task_id: str) -> None:
        self.teller.step("a larger picture would replace it: the preview shows how")
        self._set_size(1920, 1080)
        shown = self.stack.run("preview", "--diff").text
        for change in (r"\(replace\)", r"width\s*: 1280\s*=> 1920", r"height\s*: 720\s*=> 1080"):
            expect(re.search(change, shown) is not None, f"the preview does not show {change}")
        self._runs_alone(task_id)
        self._set_size(1280, 720)

    def _refresh(self, task_id: str) -> None:
        self.teller.step("pulumi refresh sees that it still runs")
        self.stack.run("refresh", "--yes", "--skip-preview")
        self._runs_alone(task_id)
        expect(self.stack.outputs()[NAME]["status"] == "recording", "the refresh says that it has ended")

    def _destroy(self, task_id: str, records: bool) -> None:
        self.teller.step("pulumi destroy stops it")
        if records:
            self._wait_until_recorded(task_id)
        self.stack.run("destroy", "--yes", "--skip-preview")
        running = self.emulator.running()
        expect(not running, f"still running after the destroy: {running}")
        expect(self.stack.task_ids() == [], "the state still has a recording")
        reason = self._task(task_id)["reason"]
        expect(reason == "stopped", f"it did not end by the stop, but by: {reason}")
        self.teller.say("so it is: the emulator runs no task")

    def _no_secrets(self) -> None:
        texts = {
            "the output": "\n".join(self.teller.heard),
            "the emulator's output": self.emulator.log.read_text(),
        }
        files = [path for path in self.stack.state.rglob("*") if path.is_file()]
        texts |= {str(path): path.read_text(errors="replace") for path in files}
        for where, text in texts.items():
            for key, value in self.secrets.items():
                expect(value not in text, f"the {key} stands in clear in {where}")
        self.teller.say(
            f"no storage key stands in clear in the {len(files)} files of the state or in any output"
        )

    def _show_file(self, task_id: str) -> None:
        self.teller.step("the recorded file")
        self._wait_until_complete(task_id)
        made = list(self.emulator.data.rglob("*.mp4"))
        expect(len(made) == 1, f"one mp4 file was to be recorded, there are {len(made)}")
        self.kept.mkdir()
        file = made[0].rename(self.kept / "demo.mp4")
        found = video.look(file)
        frame = self.kept / "frame.png"
        colours = video.picture(file, found.seconds / 2, frame)
        size = file.stat().st_size
        self.teller.say(f"file     {file}")
        self.teller.say(f"length   {found.seconds:.1f} s, {found.shape}")
        self.teller.say(f"size     {size / 1e6:.2f} MB")
        self.teller.say(f"a frame  {frame}")
        expect(found.seconds >= self.seconds - 0.5, f"less than {self.seconds:g} s were recorded")
        expect(colours >= video.FEWEST_COLOURS, "the frame in the middle is of one colour")

    def _wait_until_started(self, task_id: str) -> None:
        """A browser takes its time on a busy machine, longer than the service that the provider knows."""
        deadline = time.monotonic() + START_TIMEOUT
        while (task := self._task(task_id))["state"] != "recording":
            expect(task["state"] == "accepted", f"the recording did not begin: {task['message']}")
            expect(time.monotonic() < deadline, f"the recording did not begin within {START_TIMEOUT:g} s")
            time.sleep(0.2)
        self.teller.say("the page is open and being recorded")

    def _wait_until_recorded(self, task_id: str) -> None:
        """Ends early only where the recording does."""
        told = -1
        while True:
            task = self._task(task_id)
            expect(task["state"] == "recording", f"the recording ended by itself: {task['message']}")
            recorded = (self.emulator.now_ms() - int(task["started_ms"])) / 1000
            if recorded >= self.seconds:
                return
            if int(recorded) // 2 > told:
                told = int(recorded) // 2
                self.teller.say(f"recorded so far: {recorded:.0f} of {self.seconds:g} s")
            time.sleep(0.2)

    def _wait_until_complete(self, task_id: str) -> None:
        """A stop is answered at once; the file is closed after it."""
        deadline = time.monotonic() + COMPLETE_TIMEOUT
        while self._task(task_id)["finished_ms"] is None:
            expect(time.monotonic() < deadline, f"the file was not complete within {COMPLETE_TIMEOUT:g} s")
            time.sleep(0.2)

    def _runs_alone(self, task_id: str) -> None:
        running = [task["task_id"] for task in self.emulator.running()]
        expect(running == [task_id], f"the emulator should run {task_id} alone, and runs {running}")

    def _set_size(self, width: int, height: int) -> None:
        for name, value in (("width", width), ("height", height)):
            self.stack.set(f"{RECORDING}.web_record_video_params.{name}", str(value))

    def _task(self, task_id: str) -> dict[str, Any]:
        for task in self.emulator.tasks():
            if task["task_id"] == task_id:
                return task
        raise DemoError(f"the emulator does not know the task {task_id}")
