"""What the engine in memory saves of a stack, and what the CLI shows of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any

import attrs

from tests.support.clock import ManualClock

TYPE = "pulumi-python:dynamic/trtc:WebRecording"
SECRETS = frozenset({"accessKey", "secretKey", "publishCdnParams"})
_SEALED = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:c2VhbGVkIGluIHRlc3Rz",
}
_SHOWN = 10  # updates that the history is asked for

Resource = dict[str, Any]


@attrs.frozen
class Ended:
    """A command that told its end; one that was killed with its CLI never does."""

    at: float
    kind: str
    good: bool


@attrs.define
class EngineState:
    """Resources, pending operations and history of one stack.

    As the engine does (v3.250), it carries the pending creates of earlier updates over, and forgets other
    pending operations with the first one of a later command.

    Attributes:
        secrets: Keys whose values are encrypted in what is shown.
        written: When anything was changed, by the clock's `now`.
    """

    clock: ManualClock
    secrets: Collection[str] = SECRETS
    resources: list[Resource] = attrs.field(factory=list)
    pending: list[Resource] = attrs.field(factory=list)
    history: list[Ended] = attrs.field(factory=list)
    written: float = 0.0
    _begun: list[Resource] = attrs.field(factory=list, init=False)

    def current(self, urns: Collection[str]) -> Resource | None:
        """The resource of the first of these URNs that has one which does not wait for its deletion."""
        found = {one["urn"]: one for one in reversed(self.resources) if not one.get("delete")}
        return next((found[urn] for urn in urns if urn in found), None)

    @property
    def undone(self) -> bool:
        """Whether a deletion did not finish, and no update has succeeded since."""
        for one in reversed(self.history):
            if one.good and one.kind == "update":
                break
            if not one.good and one.kind == "destroy":
                return True
        return any(one["type"] == "deleting" for one in self.pending)

    def begin(self, kind: str, resource: Resource) -> Resource:
        """An operation, saved before it is carried out."""
        operation = {"type": kind, "resource": dict(resource)}
        self.pending = [one for one in self.pending if one["type"] == "creating" or _in(one, self._begun)]
        self.pending.append(operation)
        self._begun.append(operation)
        self._write()
        return operation

    def end(self, operation: Resource) -> None:
        """It was carried out."""
        self.pending = [one for one in self.pending if one is not operation]
        self._write()

    def remove(self, resource: Resource) -> None:
        """A resource is no more."""
        self.resources = [one for one in self.resources if one is not resource]

    def killed(self) -> None:
        """The CLI is gone: what was under way stays."""
        self._begun.clear()

    def ended(self, kind: str, good: bool) -> None:
        """The CLI reports an end: of what failed, nothing stays."""
        self.pending = [one for one in self.pending if not _in(one, self._begun)]
        self._begun.clear()
        self.history.append(Ended(self.clock.now(), kind, good))
        self._write()

    def clear_creates(self) -> None:
        """What `--clear-pending-creates` does before the engine begins; nothing is written by it alone."""
        self.pending = [one for one in self.pending if one["type"] != "creating"]

    def exported(self) -> str:
        """What `pulumi stack export` prints."""
        shown = {
            "manifest": {"time": stamp(self.written)},
            "resources": self.resources,
            "pending_operations": self.pending,
        }
        return json.dumps({"version": 3, "deployment": sealed(shown, self.secrets)})

    def told(self) -> str:
        """What `pulumi stack history --json` prints."""
        newest = reversed(self.history[-_SHOWN:])
        return json.dumps(
            [
                {
                    "kind": one.kind,
                    "result": "succeeded" if one.good else "failed",
                    "startTime": stamp(one.at - 1),
                    "endTime": stamp(one.at),
                }
                for one in newest
            ]
        )

    def _write(self) -> None:
        self.written = self.clock.now()


def _in(operation: Resource, some: list[Resource]) -> bool:
    return any(operation is one for one in some)


def sealed(value: Any, secrets: Collection[str] = SECRETS) -> Any:
    """The value as an exported state shows it: what these keys hold is encrypted."""
    if isinstance(value, dict):
        return {
            key: deepcopy(_SEALED) if key in secrets else sealed(inner, secrets)
            for key, inner in value.items()
        }
    return [sealed(one, secrets) for one in value] if isinstance(value, list) else value


def stamp(at: float) -> str:
    """A time as the CLI shows it."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
