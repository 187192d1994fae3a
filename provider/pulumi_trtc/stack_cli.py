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
from pulumi_trtc.stack_state import (
    UNREADABLE,
    History,
    StackView,
    is_touched,
    parse_export,
    parse_history,
    parse_stopping,
)

_TIMEOUT_S = 60.0
_HISTORY = "10"


@attrs.define
class StackReader:
    """Reads and keeps one view of each stack, and the backend's address. Shared by the provider's threads."""

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
        """The address of the backend, "" if the CLI does not tell."""
        named = self.environ.get("PULUMI_BACKEND_URL")
        if named:
            return named
        with self._lock:
            if self._backend is None:
                try:
                    self._backend = str(json.loads(self.run("whoami", "--json"))["url"])
                except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
                    self._backend = ""
            return self._backend

    def _read(self, stack: str) -> StackView:
        with ThreadPoolExecutor(max_workers=1) as beside:
            history = beside.submit(self._history, stack)
            try:
                text = self.run("stack", "export", "--stack", stack)
                saved, pending = parse_export(text)
            except (OSError, subprocess.SubprocessError, ValueError):
                return UNREADABLE
        read = history.result()
        return StackView(
            saved=saved,
            pending=pending,
            recent=read.recent,
            failed=read.failed,
            suspect=read.suspect,
            cleared=read.cleared,
            undone=read.undone,
            stopping=parse_stopping(text),
            touched=is_touched(text, self.clock.now()),
        )

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
