"""A stack's state and history, and what is written of them when.

Follows the snapshot manager of Pulumi v3.250: the pending creates of earlier updates are carried over, and
their other pending operations are forgotten with the first thing that a later command writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from itertools import takewhile
from typing import Any

import attrs

from tests.support.engine.resources import Resource, sealed, stamp, stands_for_a_task


@attrs.define
class Ended:
    """A command that told its end; one that was killed with its CLI never does."""

    at: float
    kind: str
    good: bool


def _nothing(_state: State) -> None:
    """Nobody is told."""


@attrs.define(eq=False)
class State:
    """One stack.

    Attributes:
        stack: "organization/project/stack".
        now: The clock.
        wrote: Told of each change.
        history: Oldest first.
        written: When anything was changed.
        locked: A killed CLI has left its lock.
    """

    stack: str
    now: Callable[[], float]
    wrote: Callable[[State], None] = _nothing
    resources: list[Resource] = attrs.field(factory=list)
    pending: list[Resource] = attrs.field(factory=list)
    history: list[Ended] = attrs.field(factory=list)
    written: float = 0.0
    locked: bool = False
    _stale: list[Resource] = attrs.field(factory=list, init=False)
    _begun: list[Resource] = attrs.field(factory=list, init=False)
    _lock: threading.RLock = attrs.field(factory=threading.RLock, init=False)

    # What it holds

    @property
    def creating(self) -> list[Resource]:
        """The resources of pending creates."""
        return [one["resource"] for one in self.pending if one["type"] == "creating"]

    @property
    def undone(self) -> bool:
        """Whether a deletion did not finish, and no update has succeeded since."""
        since = takewhile(lambda one: not (one.good and one.kind == "update"), reversed(self.history))
        failed = any(one.kind == "destroy" and not one.good for one in since)
        return failed or any(one["type"] == "deleting" for one in self.pending)

    def current(self, *urns: str) -> Resource | None:
        """The resource of the first of these URNs that has one which does not wait for its deletion."""
        found = {one["urn"]: one for one in self.resources if not one.get("delete")}
        return next((found[urn] for urn in urns if urn in found), None)

    def task_ids(self) -> list[str]:
        """The TaskIds of all resources that stand for a task of the stack."""
        return [one["id"] for one in self.resources if stands_for_a_task(one)]

    # How a command changes it

    def open(self) -> None:
        """A command begins."""
        self.locked = True
        self._begun = []
        self._stale = [one for one in self.pending if one["type"] != "creating"]

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
        """A pending operation, written before it is carried out."""
        operation = {"type": kind, "resource": dict(resource)}

        def add() -> None:
            self.pending.append(operation)
            self._begun.append(operation)

        self.change(add, check)
        return operation

    def drop(self, operation: Resource) -> None:
        """An operation is over."""
        self.pending = [one for one in self.pending if one is not operation]

    def remove(self, resource: Resource) -> None:
        """A resource is no more."""
        self.resources = [one for one in self.resources if one is not resource]

    def replace(self, resource: Resource, new: Resource) -> None:
        """A resource is another one now, such as after an update in place."""
        self.resources = [new if one is resource else one for one in self.resources]

    def renamed(self, urn: str, new: str) -> None:
        """A resource took another one's place by an alias: what is left under the old name has the new."""
        for one in self.resources:
            if one["urn"] == urn:
                one["urn"] = new
            if urn in one.get("dependencies", ()):
                one["dependencies"] = [new if other == urn else other for other in one["dependencies"]]

    def ended(self, kind: str, good: bool) -> None:
        """A command tells its end."""
        with self._lock:
            for one in (*self._begun, *self._stale):
                self.drop(one)
            self.locked = False
            self.history.append(Ended(self.now(), kind, good))
            self.write()

    def later(self, seconds: float = 3600.0) -> None:
        """As if so much time had passed since the last command."""
        for one in self.history:
            one.at -= seconds
        self.written -= seconds
        self.wrote(self)

    def write(self) -> None:
        """Note that something has changed."""
        self.written = self.now()
        self.wrote(self)

    # What the CLI shows of it

    def deployment(self, secrets: Collection[str]) -> dict[str, Any]:
        """What `pulumi stack export` prints."""
        with self._lock:
            shown = {
                "manifest": {"time": stamp(self.written), "magic": "", "version": ""},
                "resources": [{"custom": True, **one} for one in self.resources],
                "pending_operations": self.pending,
            }
            return {"version": 3, "deployment": sealed(shown, secrets)}

    def updates(self) -> Iterator[dict[str, Any]]:
        """What `pulumi stack history --json` prints, newest first."""
        with self._lock:
            for one in reversed(self.history):
                yield {
                    "kind": one.kind,
                    "startTime": stamp(one.at - 1),
                    "message": "",
                    "environment": {},
                    "config": {},
                    "result": "succeeded" if one.good else "failed",
                    "endTime": stamp(one.at),
                }
