"""AMF0, the encoding of RTMP's commands: what publishing a stream needs of it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TypeAlias

Value: TypeAlias = "float | bool | str | Mapping[str, Value] | None"

_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL, _UNDEFINED, _ECMA_ARRAY, _OBJECT_END = 0, 1, 2, 3, 5, 6, 8, 9

# Far deeper than any answer to a publisher, and far from what Python can nest.
_DEEPEST = 32


class AmfError(ValueError):
    """Bytes that are not AMF0, or of a type that no answer to a publisher has."""


def encode(*values: Value) -> bytes:
    """Values one after the other."""
    return b"".join(map(_encode, values))


def decode(data: bytes) -> list[Value]:
    """The reverse.

    Raises:
        AmfError: It cannot be read.
    """
    values, at = [], 0
    try:
        while at < len(data):
            value, at = _decode(data, at, 0)
            values.append(value)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise AmfError("truncated or garbled") from error
    return values


def _encode(value: Value) -> bytes:
    if value is None:
        return bytes([_NULL])
    if isinstance(value, bool):
        return bytes([_BOOLEAN, value])
    if isinstance(value, (int, float)):
        return struct.pack(">Bd", _NUMBER, value)
    if isinstance(value, str):
        return bytes([_STRING]) + _text(value)
    members = b"".join(_text(name) + _encode(member) for name, member in value.items())
    return bytes([_OBJECT]) + members + b"\0\0" + bytes([_OBJECT_END])


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def _decode(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    """One value; `depth` is in how many others it stands."""
    if depth > _DEEPEST:
        raise AmfError("nested too deeply")
    kind, at = data[at], at + 1
    if kind == _NUMBER:
        return struct.unpack_from(">d", data, at)[0], at + 8
    if kind == _BOOLEAN:
        return data[at] != 0, at + 1
    if kind == _STRING:
        return _decode_text(data, at)
    if kind in {_NULL, _UNDEFINED}:
        return None, at
    if kind == _ECMA_ARRAY:
        return _decode_members(data, at + 4, depth)
    if kind == _OBJECT:
        return _decode_members(data, at, depth)
    raise AmfError(f"type {kind}")


def _decode_text(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">H", data, at)
    end = at + 2 + length
    if end > len(data):
        raise AmfError("truncated")
    return data[at + 2 : end].decode(), end


def _decode_members(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    members: dict[str, Value] = {}
    while True:
        name, at = _decode_text(data, at)
        if data[at] == _OBJECT_END and not name:
            return members, at + 1
        members[name], at = _decode(data, at, depth + 1)
