"""The emulator, as a process of its own and over HTTP."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from pulumi_trtc.errors import TrtcError
from pulumi_trtc.rehearse.children import Children
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.service.api import SdkApi
from pulumi_trtc.settings.read import read_settings

_START_S = 60.0
_ANSWER_S = 30.0
_POLL_S = 0.1


@attrs.frozen
class Emulator:
    """A running emulator that really records.

    Attributes:
        address: Its URL.
    """

    address: str
    _log: Path
    _api: SdkApi

    def start(self, body: Mapping[str, Any]) -> str:
        """StartWebRecord; returns the TaskId.

        Raises:
            CannotRehearse: It was refused.
        """
        try:
            return self._api.start(body).task_id
        except TrtcError as failure:
            raise CannotRehearse(f"the emulator refused a recording: {failure}") from None

    def stop(self, task_id: str) -> None:
        """StopWebRecord; one that has ended meanwhile is fine."""
        with contextlib.suppress(TrtcError):
            self._api.stop(task_id)

    def recordings(self) -> Mapping[str, Mapping[str, Any]]:
        """What its page shows of each recording, by TaskId; "now_ms" is in each, too."""
        told = json.loads(self.get("/_emulator/recordings"))
        return {one["task_id"]: {**one, "now_ms": told["now_ms"]} for one in told["recordings"]}

    def browser(self) -> str:
        """The browser that it records with."""
        return str(json.loads(self.get("/_emulator/health"))["browser"])

    def get(self, path: str) -> bytes:
        """What it serves.

        Raises:
            CannotRehearse: It does not answer.
        """
        # A proxy of the person's must not be asked for what is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.address}{path}", timeout=_ANSWER_S) as answer:
                return bytes(answer.read())
        except OSError as failure:
            raise CannotRehearse(f"the emulator does not answer ({failure}){_last_line(self._log)}") from None


@contextlib.contextmanager
def emulator(children: Children, scratch: Path, at_once: int) -> Iterator[Emulator]:
    """An emulator on a free port, with a key of its own, that ends with the block.

    Raises:
        CannotRehearse: It cannot start: its extra, or a browser, is missing.
    """
    key = {"secretId": f"AKID{secrets.token_hex(12)}", "secretKey": secrets.token_hex(16)}
    names = {"TRTC_EMULATOR_SECRET_ID": key["secretId"], "TRTC_EMULATOR_SECRET_KEY": key["secretKey"]}
    # One more than are recorded at once: a browser takes its time to go.
    options = {
        "--port": "0",
        "--data": str(scratch / "emulator"),
        "--media": "chromium",
        "--start-delay": "0",
    }
    options |= {"--max-recordings": str(at_once + 1)}
    command = [sys.executable, "-m", "trtc_emulator", *(word for pair in options.items() for word in pair)]
    log = scratch / "emulator.log"
    with (
        log.open("w") as output,
        children.running(command, cwd=scratch, env={**children.environ, **names}, output=output) as process,
    ):
        address = _address(process, log)
        config = {"trtc:site": "emulator", "trtc:endpoint": address}
        config |= {f"trtc:{name}": value for name, value in key.items()}
        yield Emulator(address, log, SdkApi(read_settings(config, {}, scratch)))


def _address(process: subprocess.Popen[str], log: Path) -> str:
    """Its first line, once it is there."""
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        first, newline, _ = log.read_text().partition("\n")
        if newline and first.startswith("http://"):
            return first
        time.sleep(_POLL_S)
    raise CannotRehearse(f"the emulator did not start{_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "")
    return f": {last.removeprefix('trtc-emulator: ').strip()}" if last else ""
