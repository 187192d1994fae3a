"""What a stack's history of updates says: which of them failed, so that a recording needs a look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

import attrs

from pulumi_trtc.stack.state import epoch

_PARTIAL = ("pulumi.flag.target", "pulumi.flag.target-dependents", "pulumi.flag.exclude")


@attrs.frozen
class FailedCommand:
    """A command that failed: a task may run, or may have been stopped, of which the state does not tell.

    Attributes:
        stamp: Tells it from every other.
        kind: "update" (may have started or stopped something) or "destroy" (may have stopped something).
        ended: When, as the engine writes it.
    """

    stamp: str
    kind: str
    ended: str

    @property
    def ended_at(self) -> float | None:
        """When, in seconds since 1970; None if the engine does not say."""
        return epoch(self.ended)

    def __str__(self) -> str:
        return f"{self.kind} of {self.ended[:16].replace('T', ' ')} UTC"


@attrs.frozen
class History:
    """The failed commands among a stack's newest.

    Attributes:
        failures: Newest first. A refresh neither starts nor stops anything, so it is not among them.
        unanswered: How many of them came after the last update that succeeded for the whole stack.
    """

    failures: tuple[FailedCommand, ...] = ()
    unanswered: int = 0

    @property
    def newest(self) -> str:
        """What a recording remembers once it was looked at; "" if nothing failed."""
        return self.failures[0].stamp if self.failures else ""

    def since(self, last: str | None) -> tuple[FailedCommand, ...]:
        """The failures since a recording was last looked at.

        Args:
            last: The `newest` of that time; None for a recording that remembers none, or that the state does
                not hold: then those since the last update that succeeded.
        """
        if last is None:
            return self.failures[: self.unanswered]
        return tuple(takewhile(lambda one: one.stamp != last, self.failures))


def parse_history(text: str) -> History:
    """Read what `pulumi stack history --json` prints.

    The update that runs now is "in-progress" where the backend lists it. A killed one may have no entry or
    may be "in-progress" too: its pending operations tell of it.

    Raises:
        ValueError: The text is no history.
    """
    entries = json.loads(text)
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ValueError("no list of updates")
    done = [one for one in entries if one.get("result") != "in-progress"]
    since = list(takewhile(lambda one: not _covers_all(one), done))
    return History(tuple(map(_failure, filter(_counts, done))), sum(map(_counts, since)))


def _failure(update: Mapping[str, Any]) -> FailedCommand:
    ended = str(update.get("endTime"))
    return FailedCommand(f"{ended} {update.get('version', '')}".strip(), str(update.get("kind")), ended)


def _counts(update: Mapping[str, Any]) -> bool:
    return update.get("result") != "succeeded" and update.get("kind") != "refresh"


def _covers_all(update: Mapping[str, Any]) -> bool:
    """Whether an update has looked at every recording of the stack."""
    flags = update.get("environment")
    partial = isinstance(flags, Mapping) and any(flag in flags for flag in _PARTIAL)
    return update.get("result") == "succeeded" and update.get("kind") == "update" and not partial
