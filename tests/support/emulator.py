"""The emulator as a real process, for tests: started, asked, told what goes wrong, killed and restarted."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

SECRET_ID = "AKIDtrtcEmulatorDefault0000000000000"
SECRET_KEY = "trtc-emulator-default-secret-key"
DEADLINE = 60.0

T = TypeVar("T")


def eventually(look: Callable[[], T], what: str, deadline: float = DEADLINE) -> T:
    """Ask until the answer is truthy, and return it; fails the test after `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not seen within {deadline:g} s: {what}")
        time.sleep(0.02)


class ControlError(Exception):
    """A control route answered with another status than 200."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
        self.text = text


class Emulator:
    """One `python -m trtc_emulator` and its data folder. The port is kept over restarts."""

    def __init__(self, data: Path, *arguments: str, env: dict[str, str] | None = None) -> None:
        self.data = data
        self.arguments = arguments
        self.env = {**os.environ, **(env or {})}
        # Bound, never listening: nobody else on this machine is given the port while the emulator is down.
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind(("127.0.0.1", 0))
        self.port: int = self._holder.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self._output = data.parent / f"{data.name}.out"
        self._output.parent.mkdir(parents=True, exist_ok=True)
        self._output.write_bytes(b"")

    @property
    def host(self) -> str:
        """Host and port, the SDK's `endpoint`."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """The URL, as the emulator itself prints it."""
        return f"http://{self.host}"

    # The process

    def start(self) -> Emulator:
        """Start it and wait until it says that it serves."""
        assert self.process is None or self.process.poll() is not None, "it runs already"
        command = [sys.executable, "-m", "trtc_emulator", "--port", str(self.port), "--data", str(self.data)]
        begin = self._output.stat().st_size
        with self._output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *self.arguments], stdout=output, stderr=subprocess.STDOUT, env=self.env
            )
        eventually(lambda: self._ready(begin), "that the emulator serves")
        return self

    def kill(self) -> None:
        """SIGKILL: it has no time for anything."""
        self._end(signal.SIGKILL)

    def terminate(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, and return its exit code."""
        return self._end(number)

    def restart(self) -> Emulator:
        """Start it again on the same port and data; kill() or terminate() comes first."""
        return self.start()

    def close(self) -> None:
        """End it for good, however it stands."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._holder.close()

    def output(self) -> str:
        """All that it has printed, over all restarts."""
        return self._output.read_text(errors="replace")

    def _ready(self, begin: int) -> bool:
        assert self.process is not None
        first, newline, _ = self._output.read_bytes()[begin:].partition(b"\n")
        if newline and first == self.address.encode():
            return True
        assert self.process.poll() is None, f"the emulator did not start:\n{self.output()}"
        return False

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    # The control routes

    def control(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Ask /_emulator/<path> and return its JSON; raises ControlError."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}/_emulator/{path}", data=data, method=method, headers=headers or {}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=DEADLINE) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise ControlError(error.code, error.read().decode(errors="replace")) from None

    def health(self) -> dict[str, Any]:
        """That it serves, its media, and how many tasks are in each state."""
        answer: dict[str, Any] = self.control("GET", "health")
        return answer

    def tasks(self, state: str | None = None) -> list[dict[str, Any]]:
        """The 10,000 newest tasks, newest first; `state` is accepted, recording or ended."""
        answer: dict[str, list[dict[str, Any]]]
        answer = self.control("GET", f"tasks?state={state}" if state else "tasks")
        return answer["tasks"]

    def task(self, task_id: str) -> dict[str, Any]:
        """One task."""
        return next(task for task in self.tasks() if task["task_id"] == task_id)

    def running(self) -> list[dict[str, Any]]:
        """All tasks that cost money: accepted or recording."""
        # In one question: between two a task goes from the one to the other.
        return [task for task in self.tasks() if task["state"] != "ended"]

    def requests(self, action: str | None = None) -> list[dict[str, Any]]:
        """The API requests that came, oldest first; `code` is None while one is not answered."""
        answer: dict[str, list[dict[str, Any]]]
        answer = self.control("GET", f"requests?action={action}" if action else "requests")
        return answer["requests"]

    def fault(self, kind: str, action: str = "*", **fields: Any) -> dict[str, Any]:
        """Make requests go wrong: see emulator/DIFFERENCES.md for the kinds and fields."""
        made: dict[str, Any] = self.control("POST", "faults", {"kind": kind, "action": action, **fields})
        return made

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force, with what they hit."""
        answer: dict[str, list[dict[str, Any]]] = self.control("GET", "faults")
        return answer["faults"]

    def clear_faults(self) -> None:
        """Take all faults back."""
        self.control("DELETE", "faults")

    def advance(self, seconds: float) -> None:
        """Move the recordings' clock; what becomes due has happened when this returns."""
        self.control("POST", "clock", {"advance_s": seconds})

    def reset(self) -> None:
        """Forget tasks, faults, requests and the moved clock."""
        self.control("POST", "reset")


class StartEmulator(Protocol):
    """Starts an emulator with the arguments given; a fixture that ends it, too."""

    def __call__(self, *arguments: str, env: dict[str, str] | None = None) -> Emulator: ...


@contextmanager
def emulator(data: Path, *arguments: str, env: dict[str, str] | None = None) -> Iterator[Emulator]:
    """A running emulator without media, ended when the block is left."""
    media = () if "--media" in arguments else ("--media", "none")
    found = Emulator(data, *media, *arguments, env=env)
    try:
        yield found.start()
    finally:
        found.close()
