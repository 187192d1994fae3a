"""One value against its kind: what is wrong with it, said without its secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_trtc.inputs.types import UNSUPPORTED, Form, Integer, Text
from pulumi_trtc.inputs.urls import page_fault, public_part, rtmp_fault

SHOWN_CHARACTERS = 60
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")

_WORDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    ((int, float), "a number"),
    (Mapping, "a dict"),
    ((list, tuple), "a list"),
    (type(None), "None"),
)


def in_words(value: Any) -> str:
    """What a value is, in words: `a string`."""
    if isinstance(value, Mapping) and isinstance(value.get(UNSUPPORTED), str):
        return str(value[UNSUPPORTED])
    for types, words in _WORDS:
        if isinstance(value, types):
            return words
    return f"of the type {type(value).__name__}"


def shown(value: str | int | float) -> str:
    """A text or number that is no secret, short enough for a message."""
    if isinstance(value, str):
        cut = value[:SHOWN_CHARACTERS]
        return repr(str(cut)) + (f"… ({len(value)} characters)" if len(value) > len(cut) else "")
    if isinstance(value, (bool, float)):
        return repr(value)
    # Python refuses to print integers of thousands of digits.
    return str(int(value)) if abs(value) < 10**20 else "a number of more than 20 digits"


def whole(value: Any) -> int | None:
    """The integer that a number stands for: the engine hands integers over as floats."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    return int(value)


def integer_fault(kind: Integer, value: Any, *, secret: bool) -> str | None:
    """What is wrong with an integer; None if nothing is. Shows the value unless it is a secret."""
    number = whole(value)
    if number is None:
        return f"must be an integer, {kind.rule}; it is {in_words(value) if secret else _described(value)}"
    if kind.choices:
        good = any(number == choice for choice, _ in kind.choices)
    else:
        good = kind.low <= number <= kind.high and not (kind.even and number % 2)
    return None if good else _shown_with(f"must be {kind.rule}", None if secret else number)


def integer_warning(kind: Integer, value: Any, *, secret: bool) -> str | None:
    """What is to be said of an integer that nothing is wrong with; None if nothing is. Shows the value unless
    it is a secret.
    """
    number = whole(value)
    if number is None or kind.page_high is None or number <= kind.page_high:
        return None
    given = "it" if secret else f"{number} {kind.unit}"
    return (
        f"{given} is above the {kind.page_high} {kind.unit} of the API page of 2025-11-13; the vendor has "
        f"since raised the limit to {kind.high} {kind.unit}"
    )


def text_fault(kind: Text, value: Any, *, secret: bool) -> str | None:
    """What is wrong with a text; None if nothing is. Shows the value unless it is or may hold a secret."""
    if not isinstance(value, str):
        hidden = secret or not kind.form.is_open
        return f"must be a string; it is {in_words(value) if hidden else _described(value)}"
    if not value and kind.shortest:
        return f"must not be empty; it must be {kind.rule}"
    if _UNSENDABLE.search(value):
        return "must not hold NUL characters or halves of surrogate pairs: they cannot be sent"
    return _form_fault(kind, value, secret=secret)


def _form_fault(kind: Text, value: str, *, secret: bool) -> str | None:
    match kind.form:
        case Form.WEB_URL:
            return _shown_with(page_fault(value), public_part(value))
        case Form.RTMP_URL:
            return rtmp_fault(value)
        case Form.FREE:
            return None if _fits(kind, value) else f"must be {kind.rule}; it has {len(value)}"
        case _:
            shown_value = None if secret else value
            return None if _fits(kind, value) else _shown_with(f"must be {kind.rule}", shown_value)


def _fits(kind: Text, value: str) -> bool:
    if kind.choices:
        return value in kind.choices
    if len(value) > (kind.longest or len(value)):
        return False
    return kind.form.pattern is None or kind.form.pattern.fullmatch(value) is not None


def _shown_with(fault: str | None, value: str | int | None) -> str | None:
    return fault if fault is None or value is None else f"{fault}; it is {shown(value)}"


def _described(value: Any) -> str:
    return f"{in_words(value)}: {shown(value)}" if isinstance(value, (str, int, float)) else in_words(value)
