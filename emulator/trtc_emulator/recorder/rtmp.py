"""Publishing a stream over RTMP.

In this package rather than by one more ffmpeg, because ffmpeg takes an address only as an argument: the
stream key in it would stand in the process list of the machine for as long as the recording runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
from typing import Protocol

import attrs

from trtc_emulator.media.rtmp_address import Address
from trtc_emulator.recorder import amf

AUDIO, VIDEO, DATA = 8, 9, 18
_SET_CHUNK_SIZE, _ACKNOWLEDGEMENT, _USER_CONTROL, _COMMAND = 1, 3, 4, 20
_PING, _PONG = 6, 7
_CONTROL_CHANNEL, _COMMAND_CHANNEL, _MEDIA_CHANNEL = 2, 3, 4
_VERSION, _HANDSHAKE = 3, 1536
_CHUNK_SIZE = 4096
_FIRST_CHUNK_SIZE = 128
_EXTENDED = 0xFFFFFF
_LONGEST_MESSAGE = 1 << 20


class RtmpError(Exception):
    """The server refused, or does not speak RTMP. The message never holds the address."""


class Publisher(Protocol):
    """A connection that takes a stream."""

    async def send(self, kind: int, timestamp_ms: int, payload: bytes) -> None:
        """Send an FLV tag's content; waits while the server is slow."""

    async def close(self) -> None:
        """End the stream."""

    def abort(self) -> None:
        """Drop the connection at once."""


@attrs.define
class _Incoming:
    """What is known of a chunk stream from its chunks so far."""

    length: int = 0
    kind: int = 0
    extended: bool = False
    payload: bytearray = attrs.Factory(bytearray)


class RtmpPublisher:
    """One connection, from `connect` on."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._chunk_size = _FIRST_CHUNK_SIZE
        self._incoming: dict[int, _Incoming] = {}
        self._stream = 0
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, url: str) -> RtmpPublisher:
        """Connect and publish: returns when the server has said that it takes the stream.

        Raises:
            AddressError: It is no RTMP address.
            RtmpError: It refused.
            OSError, asyncio.IncompleteReadError: It cannot be reached, or hung up.
        """
        address = Address.parse(url)
        connection = cls(*await asyncio.open_connection(address.host, address.port))
        try:
            await connection._handshake()
            await connection._publish(address)
        except BaseException:
            connection.abort()
            raise
        connection._listening = asyncio.ensure_future(connection._listen())
        return connection

    async def send(self, kind: int, timestamp_ms: int, payload: bytes) -> None:
        """Send an FLV tag's content; waits while the server is slow.

        Raises:
            OSError: The connection is gone.
        """
        if self._listening is not None and self._listening.done():
            raise ConnectionResetError("the server ended the connection")
        self._put(_MEDIA_CHANNEL, kind, payload, timestamp_ms, self._stream)
        await self._writer.drain()

    async def close(self) -> None:
        """Say that the stream ends, and hang up."""
        if self._listening is not None:
            self._listening.cancel()
        with contextlib.suppress(OSError):
            self._command("FCUnpublish", 6, None)
            self._command("deleteStream", 7, None, self._stream)
            await self._writer.drain()
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._listening is not None:
            self._listening.cancel()
        self._writer.transport.abort()

    async def _handshake(self) -> None:
        # The plain form: servers verify digests only of clients that offer them.
        offer = bytes(8) + os.urandom(_HANDSHAKE - 8)
        self._writer.write(bytes([_VERSION]) + offer)
        answer = await self._reader.readexactly(1 + _HANDSHAKE)
        if answer[0] != _VERSION:
            raise RtmpError("the server does not speak RTMP")
        self._writer.write(answer[1:])
        await self._reader.readexactly(_HANDSHAKE)

    async def _publish(self, address: Address) -> None:
        self._put(_CONTROL_CHANNEL, _SET_CHUNK_SIZE, struct.pack(">I", _CHUNK_SIZE))
        about: dict[str, amf.Value] = {
            "app": address.app,
            "type": "nonprivate",
            "flashVer": "FMLE/3.0 (compatible; trtc-emulator)",
            "tcUrl": address.base,
        }
        self._command("connect", 1, about)
        await self._result(1)
        self._command("releaseStream", 2, None, address.stream)
        self._command("FCPublish", 3, None, address.stream)
        self._command("createStream", 4, None)
        created = await self._result(4)
        number = created[-1]
        if not isinstance(number, float) or not 0 <= number < 2**32:
            raise RtmpError("the server made no stream")
        self._stream = int(number)
        self._command("publish", 5, None, address.stream, "live", stream=self._stream)
        while True:
            name, *rest = await self._next_command()
            status = rest[-1] if rest else None
            if name == "onStatus" and isinstance(status, dict):
                if status.get("code") == "NetStream.Publish.Start":
                    return
                raise RtmpError("the server does not take the stream")
            if name == "_error" and rest[:1] == [5.0]:
                raise RtmpError("the server does not take the stream")

    def _command(self, name: str, number: int, *values: amf.Value, stream: int = 0) -> None:
        self._put(_COMMAND_CHANNEL, _COMMAND, amf.encode(name, number, *values), stream=stream)

    def _put(self, channel: int, kind: int, payload: bytes, timestamp: int = 0, stream: int = 0) -> None:
        long_time = struct.pack(">I", timestamp & 0xFFFFFFFF) if timestamp >= _EXTENDED else b""
        head = struct.pack(">B", channel)
        head += min(timestamp, _EXTENDED).to_bytes(3, "big") + len(payload).to_bytes(3, "big")
        head += struct.pack("<BI", kind, stream) + long_time
        rest = struct.pack(">B", 0xC0 | channel) + long_time
        pieces = [head, payload[:_CHUNK_SIZE]]
        for start in range(_CHUNK_SIZE, len(payload), _CHUNK_SIZE):
            pieces += (rest, payload[start : start + _CHUNK_SIZE])
        self._writer.write(b"".join(pieces))

    async def _result(self, number: int) -> list[amf.Value]:
        while True:
            name, *rest = await self._next_command()
            if rest[:1] != [float(number)]:
                continue
            if name == "_result":
                return rest
            if name == "_error":
                raise RtmpError("the server refused the connection")

    async def _listen(self) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, RtmpError):
            while True:
                await self._next_command()

    async def _next_command(self) -> list[amf.Value]:
        while True:
            kind, payload = await self._message()
            if kind == _COMMAND:
                try:
                    values = amf.decode(payload)
                except amf.AmfError:
                    continue
                if values:
                    return values
            elif kind == _SET_CHUNK_SIZE and len(payload) >= 4:
                self._chunk_size = max(1, struct.unpack_from(">I", payload)[0] & 0x7FFFFFFF)
            elif kind == _USER_CONTROL and payload[:2] == struct.pack(">H", _PING):
                self._put(_CONTROL_CHANNEL, _USER_CONTROL, struct.pack(">H", _PONG) + payload[2:6])

    async def _message(self) -> tuple[int, bytes]:
        while True:
            first = (await self._reader.readexactly(1))[0]
            shape, channel = first >> 6, first & 0x3F
            if channel < 2:
                extra = await self._reader.readexactly(channel + 1)
                channel = 64 + extra[0] + (extra[1] << 8 if channel else 0)
            state = self._incoming.setdefault(channel, _Incoming())
            await self._chunk_head(state, shape)
            missing = min(self._chunk_size, state.length - len(state.payload))
            state.payload += await self._reader.readexactly(missing)
            if len(state.payload) >= state.length:
                payload, state.payload = bytes(state.payload), bytearray()
                return state.kind, payload

    async def _chunk_head(self, state: _Incoming, shape: int) -> None:
        head = await self._reader.readexactly((11, 7, 3, 0)[shape])
        if shape < 3:
            state.extended = int.from_bytes(head[:3], "big") == _EXTENDED
        if shape < 2:
            state.length, state.kind = int.from_bytes(head[3:6], "big"), head[6]
        if state.extended:
            await self._reader.readexactly(4)
        if not len(state.payload) <= state.length <= _LONGEST_MESSAGE:
            raise RtmpError("the server does not speak RTMP")
