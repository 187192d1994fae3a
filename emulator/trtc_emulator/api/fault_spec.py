"""What is asked for at /_emulator/faults: from JSON to a fault."""

from __future__ import annotations

import random
from typing import Any

from trtc_emulator.api.faults import Fault, FaultKind
from trtc_emulator.request.forms import FORMS
from trtc_emulator.request.shapes import integer_in, number_in

_MAX_SECONDS = 3600.0
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
        seconds=_number(spec, "seconds", 0.0, _MAX_SECONDS) if kind is FaultKind.LATENCY else 0.0,
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
