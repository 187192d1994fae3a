"""What one client of the sound server says, and what it is answered. No sockets, no threads."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from typing import Any

from trtc_emulator.sound import mixer, wire
from trtc_emulator.sound.stream import Stream
from trtc_emulator.sound.wire import NOTHING, ProtocolError, number, packet, text

VERSION = 12
_ERROR, _REPLY, _REQUEST = 0, 2, 61
_COMMAND_UNKNOWN, _INVALID, _NO_SUCH_THING, _NOT_SUPPORTED = 2, 3, 5, 19
_DEVICE, _MONITOR = "recording", "recording.monitor"
_FLOAT, _STEREO = 5, bytes((1, 2))
_MOST_BUFFERED = 0x400000
_MOST_STREAMS = 64
_LEAST_RATE, _MOST_RATE = 1_000, 384_000

Answer = list[bytes]


class _RefusedError(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


class Session:
    """One connection. A page may have many streams in it."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._packets = wire.Packets()
        self._streams: dict[int, Stream] = {}
        self._created = 0

    def feed(self, data: bytes) -> bytes:
        """What a client is answered.

        Raises:
            ProtocolError: It is to be hung up on.
        """
        answer = b""
        for channel, payload in self._packets.feed(data):
            if channel == wire.COMMANDS:
                answer += self._command(wire.values(payload))
            elif channel in self._streams:  # otherwise sound that was under way when its stream was deleted
                self._streams[channel].put(payload)
        return answer

    def take(self, frames: int) -> list[array[float]]:
        """The next frames of each stream that plays."""
        return [sound for stream in self._streams.values() if (sound := stream.take(frames)) is not None]

    def requests(self) -> bytes:
        """What asks the client for more sound."""
        asked = ((name, stream.ask()) for name, stream in self._streams.items())
        return b"".join(
            packet(number(_REQUEST), number(NOTHING), number(name), number(count))
            for name, count in asked
            if count
        )

    def _command(self, values: list[Any]) -> bytes:
        command, tag, *rest = [*values, None, None][: max(2, len(values))]
        if type(command) is not int or type(tag) is not int:
            raise ProtocolError("a command without a number")
        try:
            answer = _ANSWERS[command](self, rest) if command in _ANSWERS else _refuse(_COMMAND_UNKNOWN)
        except _RefusedError as refused:
            return packet(number(_ERROR), number(tag), number(refused.code))
        except (IndexError, TypeError, ValueError):  # too few values, or others than the command has
            return packet(number(_ERROR), number(tag), number(_INVALID))
        return packet(number(_REPLY), number(tag), *answer)

    def _stream(self, rest: list[Any]) -> Stream:
        if rest[0] not in self._streams:
            raise _RefusedError(_NO_SUCH_THING)
        return self._streams[rest[0]]

    def _create(self, rest: list[Any]) -> Answer:
        _name, form, places, _sink, _device, _most, corked, length, _before, step, *_ = rest
        sample_format, channels, rate = form
        if sample_format not in mixer.FORMATS or not _LEAST_RATE <= rate <= _MOST_RATE:
            raise _RefusedError(_NOT_SUPPORTED)
        if len(places) != channels or len(self._streams) >= _MOST_STREAMS:
            raise _RefusedError(_INVALID)
        stream = Stream(form, places, length, step, bool(corked))
        self._created += 1
        self._streams[self._created] = stream
        ahead = (_MOST_BUFFERED, stream.length, 0, stream.step)
        return [
            *(number(value) for value in (self._created, self._created, stream.length, *ahead)),
            *(wire.form(*form), wire.places(places), number(0), text(_DEVICE), wire.truth(False)),
        ]

    def _delete(self, rest: list[Any]) -> Answer:
        self._stream(rest)
        del self._streams[rest[0]]
        return []

    def _latency(self, rest: list[Any]) -> Answer:
        stream = self._stream(rest)
        seconds, part = divmod(self._now(), 1)
        return [
            *(wire.microseconds(0), wire.microseconds(0), wire.truth(not stream.corked)),
            *(wire.moment(*rest[1]), wire.moment(int(seconds), int(part * 1e6))),
            *(wire.position(stream.written), wire.position(stream.played)),
        ]

    def _cork(self, rest: list[Any]) -> Answer:
        self._stream(rest).corked = bool(rest[1])
        return []

    def _flush(self, rest: list[Any]) -> Answer:
        self._stream(rest).flush()
        return []

    def _server(self, _rest: list[Any]) -> Answer:
        names = (text(name) for name in ("recorder", "1", "recorder", "recorder"))
        return [*names, _form(), text(_DEVICE), text(_MONITOR), number(1)]

    def _device(self, _rest: list[Any]) -> Answer:
        return [
            *(
                number(0),
                text(_DEVICE),
                text("The recording"),
                _form(),
                wire.places(_STEREO),
                number(NOTHING),
            ),
            *(wire.volumes(len(_STEREO)), wire.truth(False), number(0), text(_MONITOR), wire.microseconds(0)),
            *(text("recorder"), number(0)),
        ]

    def _nothing(self, _rest: list[Any]) -> Answer:
        return []

    def _version(self, _rest: list[Any]) -> Answer:
        return [number(VERSION)]


def _form() -> bytes:
    return wire.form(_FLOAT, len(_STEREO), mixer.RATE)


def _refuse(code: int) -> Answer:
    raise _RefusedError(code)


_ANSWERS: dict[int, Callable[[Session, list[Any]], Answer]] = {
    3: Session._create,
    4: Session._delete,
    8: Session._version,  # authentication: the socket's folder is the owner's alone
    9: Session._nothing,  # the client's name
    12: Session._nothing,  # drain
    14: Session._latency,
    20: Session._server,
    21: Session._device,  # the sink
    22: Session._device,  # all sinks
    24: Session._nothing,  # all sources: none
    35: Session._nothing,  # subscribe: nothing ever changes
    41: Session._cork,
    42: Session._flush,
    43: Session._nothing,  # trigger
    46: Session._nothing,  # the stream's name
    60: Session._nothing,  # start at once
}
