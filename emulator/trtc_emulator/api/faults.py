"""Faults on demand: which request goes wrong, and how. Pure: the wire is server.py's."""

from __future__ import annotations

import enum
import random
from typing import Any

import attrs


class FaultKind(str, enum.Enum):
    """What goes wrong."""

    ERROR = "error"
    """An error of the API, by its `code`."""
    LATENCY = "latency"
    """The answer takes `seconds` more, spent before or after handling (`when`)."""
    CUT_BEFORE = "cut_before"
    """The connection is cut, and the request is not carried out."""
    CUT_AFTER = "cut_after"
    """The request is carried out, and the connection is cut."""
    HTTP_STATUS = "http_status"
    """An answer with this HTTP `status` and no envelope."""
    MALFORMED = "malformed"
    """A body that is no JSON."""
    EMPTY = "empty"
    """An empty body."""
    TRUNCATED = "truncated"
    """Half the right answer, then the connection is cut."""
    NO_ENVELOPE = "no_envelope"
    """JSON without `Response`."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """The right answer with a charset in its Content-Type."""
    MISSING_TASK_ID = "missing_task_id"
    """The right answer without its TaskId."""


@attrs.define
class Fault:
    """One fault and what is left of it.

    Attributes:
        action: The action that it is for, or "*".
        skip: How many requests pass before it begins.
        next: How many requests it then hits; None for all.
        probability: Of each request that it could hit.
        handled: Whether the request is carried out all the same.
    """

    action: str
    kind: FaultKind
    code: str = ""
    message: str = ""
    seconds: float = 0.0
    when: str = "before"
    status: int = 0
    handled: bool = True
    skip: int = 0
    next: int | None = None
    probability: float = 1.0
    hits: int = 0
    random: random.Random = attrs.field(factory=random.Random, repr=False, eq=False)

    @property
    def spent(self) -> bool:
        """Whether it will hit nothing any more."""
        return self.next is not None and self.hits >= self.next

    def take(self) -> bool:
        """Whether it hits the request that is here now; counts it."""
        if self.skip:
            self.skip -= 1
            return False
        if self.spent or self.random.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def as_json(self) -> dict[str, Any]:
        """The fault for GET /_emulator/faults."""
        shown = attrs.asdict(self, recurse=False, filter=lambda a, _: a.name != "random")
        return {**shown, "kind": self.kind.value}


@attrs.frozen
class Decision:
    """What becomes of one request: delays, and at most one other fault."""

    before_s: float = 0.0
    after_s: float = 0.0
    fault: Fault | None = None

    @property
    def name(self) -> str | None:
        """The kinds that were applied, for the log."""
        names = ["latency"] if self.before_s or self.after_s else []
        names += [self.fault.kind.value] if self.fault else []
        return "+".join(names) or None


class FaultBook:
    """The faults in force, in the order in which they were given."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Take all faults back."""
        self._faults.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """All faults that were not taken back, with what they hit."""
        return [fault.as_json() for fault in self._faults]

    def decide(self, action: str) -> Decision:
        """What hits this request: every latency, and the first other fault whose turn it is. Faults after
        that one are not asked, so that they queue up.
        """
        before = after = 0.0
        chosen: Fault | None = None
        for fault in self._faults:
            if fault.action not in ("*", action):
                continue
            if fault.kind is FaultKind.LATENCY:
                if fault.take():
                    before += fault.seconds if fault.when == "before" else 0.0
                    after += fault.seconds if fault.when == "after" else 0.0
            elif chosen is None and fault.take():
                chosen = fault
        return Decision(before, after, chosen)
