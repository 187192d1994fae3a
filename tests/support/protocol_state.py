"""A stack's state as the engine writes it, and a `pulumi` command that shows it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

from tests.support.engine_state import Resource, sealed, stamp

# Takes `stack export …`, `stack history …` and `whoami …`, as the provider calls them.
_CLI = """#!/bin/sh
[ "$1" = stack ] && [ -e '{folder}/unreadable' ] && exit 1
case "$1 $2" in
"stack export") exec cat '{folder}/export.json' ;;
"stack history") exec cat '{folder}/history.json' ;;
"whoami --json") echo '{{"user": "test", "url": "file://{folder}"}}' ;;
*) exit 2 ;;
esac
"""


class State:
    """Resources, pending operations and history of one stack, on disk after each change.

    As the engine does (v3.250), it carries the pending creates of earlier updates over, and forgets other
    pending operations. Once its command is killed, nothing more reaches the disk.

    Attributes:
        folder: Holds the files and, in `bin`, the command.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.resources: list[Resource] = []
        self.pending: list[Resource] = []
        self.history: list[dict[str, Any]] = []
        self._age = 0.0
        self._stale: list[Resource] = []
        self._lock = threading.Lock()
        (folder / "bin").mkdir(parents=True)
        command = folder / "bin" / "pulumi"
        command.write_text(_CLI.format(folder=folder))
        command.chmod(0o755)
        self.write()

    @property
    def creating(self) -> list[Resource]:
        """The resources of pending creates."""
        return [one["resource"] for one in self.pending if one["type"] == "creating"]

    @property
    def readable(self) -> bool:
        """Whether the command shows the stack."""
        return not (self.folder / "unreadable").exists()

    @readable.setter
    def readable(self, value: bool) -> None:
        mark = self.folder / "unreadable"
        mark.unlink(missing_ok=True) if value else mark.touch()

    def current(self, urn: str) -> Resource | None:
        """The resource of a URN that does not wait for its deletion."""
        return next((one for one in self.resources if one["urn"] == urn and not one.get("delete")), None)

    @property
    def undone(self) -> bool:
        """Whether a deletion did not finish, and no update has succeeded since."""
        since = list(
            takewhile(lambda one: one["result"] != "succeeded" or one["kind"] != "update", self.history)
        )
        failed = any(one["kind"] == "destroy" and one["result"] != "succeeded" for one in since)
        return failed or any(one["type"] == "deleting" for one in self.pending)

    def task_ids(self) -> list[str]:
        """The TaskIds of all resources that stand for a task."""
        return [one["id"] for one in self.resources if not one.get("pendingReplacement")]

    def open(self) -> None:
        """A command begins; the first thing that it writes forgets what an earlier one did not finish."""
        self._stale = [one for one in self.pending if one["type"] != "creating"]

    def clear_creates(self) -> None:
        """Edit the state as `--clear-pending-creates` does, before the engine begins."""
        with self._lock:
            self.pending = [one for one in self.pending if one["type"] != "creating"]
            self.write()

    def change(self, change: Callable[[], None], check: Callable[[], None]) -> None:
        """Change something and write it, unless `check` raises."""
        with self._lock:
            check()
            for one in self._stale:
                self.drop(one)
            self._stale = []
            change()
            self.write()

    def begin(self, kind: str, resource: Resource, check: Callable[[], None]) -> Resource:
        """A pending operation, on disk before it is carried out."""
        operation = {"resource": resource, "type": kind}
        self.change(lambda: self.pending.append(operation), check)
        return operation

    def drop(self, operation: Resource) -> None:
        """An operation is over."""
        self.pending = [one for one in self.pending if one is not operation]

    def remove(self, resource: Resource) -> None:
        """A resource is no more."""
        self.resources = [one for one in self.resources if one is not resource]

    def ended(self, kind: str, good: bool) -> None:
        """Note an update in the history; one that was killed is never noted."""
        result = "succeeded" if good else "failed"
        self.history.insert(0, {"kind": kind, "result": result, "at": time.time()})
        self.write()

    def later(self, seconds: float = 3600.0) -> None:
        """As if so much time had passed since the last update."""
        for one in self.history:
            one["at"] -= seconds
        self._age = seconds
        self.write()
        self._age = 0.0

    def write(self) -> None:
        """Put what the CLI would show on disk."""
        deployment = {
            "manifest": {
                "time": stamp(time.time() - self._age).replace("Z", "123456Z"),
                "magic": "",
                "version": "",
            },
            "resources": self.resources,
            "pending_operations": self.pending,
        }
        self._put("export.json", {"version": 3, "deployment": sealed(deployment)})
        self._put(
            "history.json",
            [
                {
                    "kind": one["kind"],
                    "startTime": stamp(one["at"] - 1),
                    "message": "",
                    "environment": {},
                    "config": {},
                    "result": one["result"],
                    "endTime": stamp(one["at"]),
                }
                for one in self.history[:10]
            ],
        )

    def _put(self, name: str, content: Any) -> None:
        fresh = self.folder / f"{name}.new"
        fresh.write_text(json.dumps(content))
        fresh.replace(self.folder / name)
