"""Faults on demand: which request goes wrong, and how. Pure: the wire is http.py's."""

from __future__ import annotations

import enum
import random
from typing import Any

import attrs

from trtc_emulator.request.forms import FORMS
from trtc_emulator.request.shapes import integer_in, number_in

MAX_SECONDS = 3600.0


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


# Whether the request is carried out, where the specification does not say.
_HANDLED = {
    FaultKind.ERROR: False,
    FaultKind.HTTP_STATUS: False,
    FaultKind.MALFORMED: False,
    FaultKind.EMPTY: False,
    FaultKind.NO_ENVELOPE: False,
}
_OWN_FIELDS = {
    FaultKind.ERROR: {"code", "message"},
    FaultKind.LATENCY: {"seconds", "when"},
    FaultKind.HTTP_STATUS: {"status"},
}
_COMMON_FIELDS = {"action", "kind", "next", "probability", "skip", "seed"}


class FaultSpecError(ValueError):
    """A specification of a fault that makes no sense; the text says why."""


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

    def add(self, spec: Any) -> Fault:
        """Put a fault in force. Raises FaultSpecError."""
        fault = read_fault(spec)
        self._faults.append(fault)
        return fault

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


def read_fault(spec: Any) -> Fault:
    """A fault from its JSON. Raises FaultSpecError."""
    if not isinstance(spec, dict):
        raise FaultSpecError("a fault is a JSON object")
    try:
        kind = FaultKind(spec.get("kind"))
    except ValueError:
        raise FaultSpecError(f"kind: one of {', '.join(kind.value for kind in FaultKind)}") from None
    handled_field = {"handled"} if kind in _HANDLED else set()
    allowed = _COMMON_FIELDS | _OWN_FIELDS.get(kind, set()) | handled_field
    unknown = sorted(set(spec) - allowed)
    if unknown:
        raise FaultSpecError(
            f"{unknown[0]}: not a field of {kind.value}; it has {', '.join(sorted(allowed))}"
        )
    action = spec.get("action", "*")
    if action not in ("*", *FORMS):
        raise FaultSpecError(f"action: one of *, {', '.join(FORMS)}")
    when = spec.get("when", "before")
    if when not in ("before", "after"):
        raise FaultSpecError("when: before or after")
    handled = spec.get("handled", _HANDLED.get(kind, kind is not FaultKind.CUT_BEFORE))
    if not isinstance(handled, bool):
        raise FaultSpecError("handled: true or false")
    if "next" in spec and "probability" in spec:
        raise FaultSpecError("next, probability: one of them")
    seed = spec.get("seed")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
        raise FaultSpecError("seed: an integer")
    return Fault(
        action=action,
        kind=kind,
        code=_text(spec, "code") if kind is FaultKind.ERROR else "",
        message=_text(spec, "message", "An error that was asked for at /_emulator/faults."),
        seconds=_number(spec, "seconds", 0.0, MAX_SECONDS) if kind is FaultKind.LATENCY else 0.0,
        when=when,
        status=_integer(spec, "status", 200, 599) if kind is FaultKind.HTTP_STATUS else 0,
        handled=handled,
        skip=_integer(spec, "skip", 0, 10**9, 0),
        next=_integer(spec, "next", 1, 10**9) if "next" in spec else None,
        probability=_number(spec, "probability", 0.0, 1.0, 1.0),
        random=random.Random(seed),  # noqa: S311 - repeatable, not secret
    )


def _text(spec: dict[str, Any], name: str, default: str | None = None) -> str:
    value = spec.get(name, default)
    if not isinstance(value, str) or not value or len(value) > 1000:
        raise FaultSpecError(f"{name}: a text of 1 to 1000 characters is needed")
    return value


def _number(spec: dict[str, Any], name: str, low: float, high: float, default: float | None = None) -> float:
    value = number_in(spec.get(name, default), low, high)
    if value is None:
        raise FaultSpecError(f"{name}: a number from {low:g} to {high:g} is needed")
    return value


def _integer(spec: dict[str, Any], name: str, low: int, high: int, default: int | None = None) -> int:
    value = integer_in(spec.get(name, default), low, high)
    if value is None:
        raise FaultSpecError(f"{name}: an integer from {low} to {high} is needed")
    return value
