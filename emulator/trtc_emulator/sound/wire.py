"""PulseAudio's native protocol: packets, and the tagged values that a command is made of."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any

# The channel of a packet that is a command; any other is a stream that the packet has sound for.
COMMANDS = 0xFFFFFFFF
NOTHING = 0xFFFFFFFF
_HEAD = struct.Struct(">IIIII")
# A client sends at most 64 kB at once.
_LONGEST_PACKET = 1 << 20
_MOST_CHANNELS = 32


class ProtocolError(Exception):
    """What a client sent is no PulseAudio."""


class Packets:
    """Cuts what comes from a connection into packets."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The packets that `data` completes: channel and payload.

        Raises:
            ProtocolError: One is longer than any client's.
        """
        self._waiting += data
        while len(self._waiting) >= _HEAD.size:
            length, channel, *_ = _HEAD.unpack_from(self._waiting)
            if length > _LONGEST_PACKET:
                raise ProtocolError(f"a packet of {length} bytes")
            end = _HEAD.size + length
            if len(self._waiting) < end:
                return
            payload = bytes(self._waiting[_HEAD.size : end])
            del self._waiting[:end]
            yield channel, payload


def packet(*values: bytes) -> bytes:
    """A command to a client."""
    payload = b"".join(values)
    return _HEAD.pack(len(payload), COMMANDS, 0, 0, 0) + payload


def number(value: int) -> bytes:
    """An unsigned number."""
    return b"L" + struct.pack(">I", value)


def text(value: str) -> bytes:
    """A text."""
    return b"t" + value.encode() + b"\0"


def truth(value: bool) -> bytes:
    """A boolean."""
    return b"1" if value else b"0"


def microseconds(value: int) -> bytes:
    """A duration."""
    return b"U" + struct.pack(">Q", value)


def moment(seconds: int, micros: int) -> bytes:
    """A point of the wall clock."""
    return b"T" + struct.pack(">II", seconds, micros)


def position(value: int) -> bytes:
    """A place in a stream, in bytes."""
    return b"r" + struct.pack(">q", value)


def form(sample_format: int, channels: int, rate: int) -> bytes:
    """How a stream's samples are written."""
    return b"a" + struct.pack(">BBI", sample_format, channels, rate)


def places(channels: bytes) -> bytes:
    """Where the loudspeaker of each channel stands."""
    return b"m" + bytes((len(channels),)) + channels


def volumes(channels: int) -> bytes:
    """Full volume for each channel."""
    return b"v" + bytes((channels,)) + struct.pack(">I", 0x10000) * channels


def values(payload: bytes) -> list[Any]:
    """The values of a command.

    Raises:
        ProtocolError: They cannot be read.
    """
    reader = _Reader(payload)
    found = []
    while reader.left:
        tag = reader.bytes(1)
        if tag not in _READ:
            raise ProtocolError(f"an unknown tag {tag!r}")
        found.append(_READ[tag](reader))
    return found


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def bytes(self, count: int) -> bytes:
        if count > self.left:
            raise ProtocolError("a command that ends too early")
        self._at += count
        return self._data[self._at - count : self._at]

    def numbers(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.bytes(struct.calcsize(layout)))

    def number(self, layout: str) -> int:
        return self.numbers(layout)[0]

    def text(self) -> str:
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise ProtocolError("a text without an end")
        return self.bytes(end + 1 - self._at)[:-1].decode(errors="replace")

    def channels(self) -> int:
        if not 0 < (count := self.number("B")) <= _MOST_CHANNELS:
            raise ProtocolError(f"{count} channels")
        return count


_READ: dict[bytes, Callable[[_Reader], Any]] = {
    b"L": lambda r: r.number(">I"),
    b"V": lambda r: r.number(">I"),
    b"B": lambda r: r.number("B"),
    b"R": lambda r: r.number(">Q"),
    b"U": lambda r: r.number(">Q"),
    b"r": lambda r: r.number(">q"),
    b"T": lambda r: r.numbers(">II"),
    b"a": lambda r: r.numbers(">BBI"),
    b"t": lambda r: r.text(),
    b"N": lambda _: None,
    b"1": lambda _: True,
    b"0": lambda _: False,
    b"x": lambda r: r.bytes(r.number(">I")),
    b"m": lambda r: r.bytes(r.channels()),
    b"v": lambda r: r.numbers(f">{r.channels()}I"),
}
