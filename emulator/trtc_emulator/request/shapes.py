"""The form of a request's body: names and JSON types, as the API's gateway checks them before the product."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import attrs

from trtc_emulator.request.errors import ApiError, missing, unknown, wrong_type

_INT64 = 2**63


@attrs.frozen
class Text:
    """A JSON string."""


@attrs.frozen
class Integer:
    """A JSON integer of 64 bits; 1.0 and true are none."""


@attrs.frozen
class ListOf:
    """A JSON array."""

    item: Shape


@attrs.frozen
class Struct:
    """A JSON object of these fields, of which the required ones must be there."""

    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()


Shape = Text | Integer | ListOf | Struct


def parse(body: bytes) -> dict[str, Any]:
    """The body's JSON object; an empty body is an empty object. Raises ApiError for anything else."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        # A lone surrogate is a string in JSON and no text that could be stored or sent on.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ApiError("InvalidParameter", "The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise ApiError("InvalidParameter", "The request body is not a JSON object.")
    return value


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def read(shape: Shape, value: Any, name: str = "") -> Any:
    """The value without its nulls, which count as left out. Raises ApiError for unknown names, types
    that do not fit and required fields that are not there.
    """
    if isinstance(shape, Struct):
        return _read_struct(shape, value, name)
    if isinstance(shape, ListOf):
        if not isinstance(value, list):
            raise wrong_type(name)
        return [read(shape.item, item, f"{name}.{index}") for index, item in enumerate(value)]
    expected = str if isinstance(shape, Text) else int
    if not isinstance(value, expected) or isinstance(value, bool):
        raise wrong_type(name)
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise wrong_type(name)
    return value


def _read_struct(shape: Struct, value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong_type(name)
    prefix = f"{name}." if name else ""
    for key in value:
        if key not in shape.fields:
            raise unknown(prefix + key)
    present = {key: item for key, item in value.items() if item is not None}
    for key in shape.required:
        if key not in present:
            raise missing(prefix + key)
    return {key: read(shape.fields[key], item, prefix + key) for key, item in present.items()}


def integer_in(value: Any, low: int, high: int) -> int | None:
    """The value, if it is an integer of the range."""
    fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return value if fits else None


def number_in(value: Any, low: float, high: float) -> float | None:
    """The value, if it is a number of the range; NaN is in none."""
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    return float(value) if fits else None
