"""From what a program writes to the state's props: one spelling of every key, every secret marked as one."""

from __future__ import annotations

import enum
import inspect
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import pulumi

from pulumi_trtc.inputs.secrets import is_page, is_secret_page
from pulumi_trtc.inputs.table import PROVIDER_KEYS, WEB_RECORDING
from pulumi_trtc.inputs.types import UNSUPPORTED, Integer, Kind, ListOf, Record, Text, holds_secret

_DEEPEST = 20
"""No input nests as deeply; a structure that holds itself must end somewhere."""


class Args:
    """The base of the input classes: which of the API's structures one of them describes.

    Everywhere a class is taken, a dict with the same keys is taken too. Limits are those of
    `pulumi_trtc.inputs.table`; they are checked in the preview.
    """

    __slots__ = ()
    _record: ClassVar[Record]


def to_props(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The props of a recording.

    Known keys, in Python's, the state's or the API's spelling, become the state's keys; unknown ones stay, so
    that `check` reports them. None is dropped, except in a list. Outputs stay; what an Output holds in a
    container's place is brought into the same form when it is known. Every secret is wrapped, also where
    it is misplaced or misspelled; so is a page's URL that has more than scheme, host and path. What the
    engine cannot carry (a date, NaN) becomes a mark that `check` refuses.

    Args:
        inputs: Values of `WebRecording`'s parameters: plain values, input classes, dicts, lists, Outputs,
            awaitables.
    """
    return _record(WEB_RECORDING, inputs, 0)


def in_dicts(value: Any) -> Any:
    """The same with dicts in place of input classes."""
    if isinstance(value, Args):
        value = _fields(value)
    if isinstance(value, Mapping):
        return {key: in_dicts(inner) for key, inner in value.items()}
    return [in_dicts(item) for item in value] if isinstance(value, (list, tuple)) else value


def _fields(args: Args) -> dict[str, Any]:
    # Whatever the class, the names in it are those of its own structure.
    return {field.name: getattr(args, field.name) for field in args._record.fields}


def _record(record: Record, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    given = {key: inner for key, inner in value.items() if inner is not None}
    props: dict[str, Any] = {}
    for key, inner in given.items():
        field = record.named(key) if isinstance(key, str) else None
        if field is None:
            # A misspelled key may hold the secret that it is nearly named after.
            is_secret = holds_secret(record) and key not in PROVIDER_KEYS
            props[_text(str(key))] = _hidden(_any(inner, depth + 1), is_secret)
            continue
        is_taken = field.key in props or (key != field.key and field.key in given)
        props[key if is_taken else field.key] = _value(field.kind, inner, field.secret, depth + 1)
    return props


def _value(kind: Kind, value: Any, is_secret: bool, depth: int) -> Any:
    is_secret = is_secret or holds_secret(kind)
    if _is_later(value):
        if isinstance(kind, (Text, Integer)):
            return page(value) if is_page(kind) else _hidden(value, is_secret)
        later = pulumi.Output.from_input(value).apply(lambda known: _value(kind, known, False, depth))
        return _hidden(later, is_secret)
    if isinstance(kind, Record) and isinstance(value, Mapping):
        return _record(kind, value, depth)
    if isinstance(kind, Record) and isinstance(value, Args):
        return _any(value, depth)
    if isinstance(kind, ListOf) and isinstance(value, (list, tuple)):
        return [_value(kind.item, item, False, depth + 1) for item in value]
    found = _any(value, depth)
    return page(found) if is_page(kind) else _hidden(found, is_secret)


def page(value: Any) -> Any:
    """A page's URL, or an Output of one: secret if it may carry a secret."""
    if _is_later(value):
        return pulumi.Output.from_input(value).apply(page)
    return _hidden(value, is_secret_page(value) and not isinstance(value, pulumi.output.Unknown))


def _any(value: Any, depth: int) -> Any:
    """A value in no place that is known, in a form that the engine can carry."""
    if depth > _DEEPEST:
        return {UNSUPPORTED: "nested too deeply"}
    if value is None or isinstance(value, (bool, pulumi.Asset, pulumi.Archive)) or _is_later(value):
        return value
    if isinstance(value, Args):
        return _record(value._record, _fields(value), depth)
    if isinstance(value, Mapping):
        return {_text(str(key)): _any(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_any(item, depth + 1) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, str):
        return _text(value) if _is_text(value) else {UNSUPPORTED: "a string with halves of surrogate pairs"}
    if isinstance(value, int):
        # The engine's numbers are floats: a larger one could not even be sent.
        return int(value) if abs(value) < 10**20 else {UNSUPPORTED: "a number of more than 20 digits"}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {UNSUPPORTED: f"the number {float(value)}"}
    return {UNSUPPORTED: f"of the type {type(value).__name__}"}


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _text(value: str) -> str:
    return value.encode("utf-8", "backslashreplace").decode()


def _is_later(value: Any) -> bool:
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)


def _hidden(value: Any, is_secret: bool) -> Any:
    return pulumi.Output.secret(value) if is_secret else value
