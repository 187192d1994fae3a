"""Wayland's messages: requests that come from a client, and the events that it is sent."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_HEAD = struct.Struct("<IHH")


class ProtocolError(Exception):
    """What a client sent is no Wayland, or more of it than any browser sends."""


class Requests:
    """Cuts what comes from a connection into requests."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, int, Body]]:
        """The requests that `data` completes: the object they are for, their number and their arguments.

        Raises:
            ProtocolError: One is shorter than its own head.
        """
        self._waiting += data
        while len(self._waiting) >= _HEAD.size:
            target, number, size = _HEAD.unpack_from(self._waiting)
            if size < _HEAD.size:
                raise ProtocolError(f"a request of {size} bytes")
            if len(self._waiting) < size:
                return
            body = bytes(self._waiting[_HEAD.size : size])
            del self._waiting[:size]
            yield target, number, Body(body)


class Body:
    """The arguments of a request, read one after the other. Each method raises ProtocolError at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        """An unsigned number, or an object."""
        (value,) = struct.unpack("<I", self._bytes(4))
        return int(value)

    def signed(self) -> int:
        """A number that may be below 0."""
        (value,) = struct.unpack("<i", self._bytes(4))
        return int(value)

    def text(self) -> str:
        """A text, which ends with a zero that is not part of it."""
        count = self.number()
        return self._bytes(count + -count % 4)[: max(0, count - 1)].decode(errors="replace")

    def _bytes(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise ProtocolError("a request that ends too early")
        self._at += count
        return self._data[self._at - count : self._at]


def event(source: int, number: int, *arguments: bytes) -> bytes:
    """An event of an object."""
    body = b"".join(arguments)
    return _HEAD.pack(source, number, _HEAD.size + len(body)) + body


def number(value: int) -> bytes:
    """An unsigned number, or an object."""
    return struct.pack("<I", value & 0xFFFFFFFF)


def signed(value: int) -> bytes:
    """A number that may be below 0."""
    return struct.pack("<i", value)


def text(value: str) -> bytes:
    """A text."""
    data = value.encode() + b"\0"
    return number(len(data)) + data + bytes(-len(data) % 4)


def numbers(values: tuple[int, ...]) -> bytes:
    """An array of unsigned numbers."""
    return number(4 * len(values)) + b"".join(map(number, values))
