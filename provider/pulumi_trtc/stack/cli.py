"""Runs the Pulumi CLI to read the stack's own state, once in a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from pulumi_trtc.clock import Clock
from pulumi_trtc.stack.backend import backend_id
from pulumi_trtc.stack.history import History, parse_history
from pulumi_trtc.stack.state import UNREADABLE, StackView, view_of

_TIMEOUT_S = 60.0
_HISTORY = "10"


@attrs.define
class StackReader:
    """Reads and keeps one view of each stack, and which backend it is. Shared by the provider's threads."""

    clock: Clock
    environ: Mapping[str, str]
    _views: dict[str, StackView] = attrs.field(factory=dict, init=False)
    _backend: str | None = attrs.field(default=None, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def view(self, stack: str) -> StackView:
        """The state of "organization/project/stack" when this was first asked; `UNREADABLE` if it cannot be
        had.

        Asked first in `check`, which comes before every create of the process: so each pending create that
        it shows is an earlier update's.
        """
        with self._lock:
            if stack not in self._views:
                self._views[stack] = self._read(stack)
            return self._views[stack]

    def backend(self) -> str:
        """Which backend it is, see `backend_id`; "" if the CLI does not tell."""
        with self._lock:
            if self._backend is None:
                self._backend = backend_id(self._address(), Path(self.environ.get("HOME", "~")))
            return self._backend

    def _address(self) -> str:
        named = self.environ.get("PULUMI_BACKEND_URL", "")
        # A service is named by its API's address there, and by its console's everywhere else.
        if named and not named.startswith("http"):
            return named
        try:
            return str(json.loads(self.run("whoami", "--json"))["url"])
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
            return ""

    def _read(self, stack: str) -> StackView:
        with ThreadPoolExecutor(max_workers=1) as beside:
            history = beside.submit(self._history, stack)
            try:
                text = self.run("stack", "export", "--stack", stack)
                return view_of(text, history.result(), self.clock.now())
            except (OSError, subprocess.SubprocessError, ValueError):
                return UNREADABLE

    def _history(self, stack: str) -> History:
        try:
            text = self.run("stack", "history", "--stack", stack, "--json", "--page-size", _HISTORY)
            return parse_history(text, self.clock.now())
        except (OSError, subprocess.SubprocessError, ValueError):
            return History()

    def run(self, *arguments: str) -> str:
        """What a command of the CLI prints.

        Raises:
            OSError, subprocess.SubprocessError: There is no CLI, or the command failed.
        """
        environ = {**self.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
        done = subprocess.run(  # noqa: S603  the CLI that runs this update, with arguments of ours
            [find_cli(self.environ), *arguments, "--non-interactive"],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_TIMEOUT_S,
        )
        return done.stdout


def find_cli(environ: Mapping[str, str]) -> str:
    """The CLI on PATH, else the one that started this process, which may have been called by its full path.

    Raises:
        FileNotFoundError: There is neither.
    """
    on_path = shutil.which("pulumi", path=environ.get("PATH"))
    if on_path:
        return on_path
    process = os.getppid()
    while process > 1:
        folder = Path("/proc") / str(process)
        executable = (folder / "exe").readlink()
        if executable.name == "pulumi":
            return str(executable)
        process = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    raise FileNotFoundError("pulumi")
