"""Relays of a running recording to CDN addresses, each apart from the others and from the files."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import attrs

from trtc_emulator.recorder import amf, rtmp

IDLE, CONNECTING, RUNNING, RECOVERING, FAILURE, DISCONNECTING = range(6)

_FLV_HEAD, _TAG_HEAD, _SIZE_FIELD = 9, 11, 4
_CONNECT_SECONDS = 5.0
_STALL_SECONDS = 10.0
# About eight seconds of video and audio: who is further behind goes on at a keyframe.
_LONGEST_QUEUE = 600
_METADATA = amf.encode("@setDataFrame")


@attrs.frozen
class Tag:
    """One FLV tag."""

    kind: int
    timestamp_ms: int
    payload: bytes

    @property
    def is_head(self) -> bool:
        """Metadata, or a codec's configuration: every new connection begins with these."""
        configures = len(self.payload) > 1 and self.payload[1] == 0
        codec = (self.payload[0] & 0x0F) == 7 if self.kind == rtmp.VIDEO else (self.payload[0] >> 4) == 10
        return self.kind == rtmp.DATA or (configures and codec)

    @property
    def is_keyframe(self) -> bool:
        """A picture that stands for itself."""
        return self.kind == rtmp.VIDEO and self.payload[0] >> 4 == 1 and not self.is_head


async def tags(stream: asyncio.StreamReader) -> AsyncIterator[Tag]:
    """The tags of an FLV stream, to its end."""
    with contextlib.suppress(asyncio.IncompleteReadError):
        await stream.readexactly(_FLV_HEAD + _SIZE_FIELD)
        while True:
            head = await stream.readexactly(_TAG_HEAD)
            body = await stream.readexactly(int.from_bytes(head[1:4], "big") + _SIZE_FIELD)
            time = int.from_bytes(head[4:7], "big") | head[7] << 24
            if len(body) > _SIZE_FIELD:
                yield Tag(head[0] & 0x1F, time, body[:-_SIZE_FIELD])


class Relay:
    """One address. It takes every tag at once and sends what it can."""

    def __init__(
        self,
        url: str,
        report: Callable[[int, str], None],
        period: float,
        patience: float,
        connect: Callable[[str], Awaitable[rtmp.Publisher]] = rtmp.RtmpPublisher.connect,
    ) -> None:
        """`report(state, message)` is called for each attempt and change; the rest is as in RecorderSettings.

        The time is the event loop's.
        """
        self._url = url
        self._report = report
        self._period = period
        self._patience = patience
        self._connect = connect
        self._heads: dict[int, Tag] = {}
        self._queue: deque[Tag] = deque()
        self._more = asyncio.Event()
        self._skipping = True
        self._running_since: float | None = None
        self._closing = asyncio.Event()
        self._task = asyncio.ensure_future(self._run())

    def put(self, tag: Tag) -> None:
        """One more tag of the stream."""
        if tag.is_head:
            self._heads[tag.kind] = tag
            return
        if tag.is_keyframe:
            self._skipping = False
            if self._running_since is None:  # a server gets what is new, not what it has missed
                self._queue.clear()
        if len(self._queue) >= _LONGEST_QUEUE:
            self._queue.clear()
            self._skipping = True
        if not self._skipping and not self._task.done():
            self._queue.append(tag)
            self._more.set()

    async def close(self, seconds: float) -> None:
        """Send what is left, within so many seconds, and hang up."""
        self._closing.set()
        self._more.set()
        await asyncio.wait([self._task], timeout=seconds)
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
            self._report(IDLE, "")

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        state, message, troubled = CONNECTING, "", now()
        while not self._closing.is_set():
            begun = now()
            if begun - troubled > self._patience - self._period / 2:  # timers may be a little early
                self._report(FAILURE, message)
                break
            self._report(state, message)
            try:
                await self._publish()
                break
            except Exception as error:  # noqa: BLE001 - no address or server ends it silently
                message = _described(error)
            if self._running_since is not None:
                state = RECOVERING
                # Who takes a stream and drops it at once has not recovered.
                troubled = now() if now() - self._running_since >= self._period else troubled
                self._running_since = None
            await self._pause(begun + self._period - now())
        self._report(IDLE, "")

    async def _publish(self) -> None:
        """One connection, to the end of the stream."""
        connection = await asyncio.wait_for(self._connect(self._url), _CONNECT_SECONDS)
        await self._send_all(connection)
        self._report(DISCONNECTING, "")
        await asyncio.wait_for(connection.close(), _CONNECT_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _send_all(self, connection: rtmp.Publisher) -> None:
        """Send heads, then everything from the next keyframe on, until the stream has ended."""
        begin: int | None = None
        self._running_since = asyncio.get_running_loop().time()
        self._report(RUNNING, "")
        try:
            while True:
                while not self._queue:
                    if self._closing.is_set():
                        return
                    self._more.clear()
                    await self._more.wait()
                tag = self._queue.popleft()
                if begin is None:
                    if not tag.is_keyframe:
                        continue
                    begin = tag.timestamp_ms
                    for head in self._heads.values():
                        prefix = _METADATA if head.kind == rtmp.DATA else b""
                        await self._send(connection, Tag(head.kind, 0, prefix + head.payload))
                await self._send(connection, attrs.evolve(tag, timestamp_ms=max(0, tag.timestamp_ms - begin)))
        except BaseException:
            connection.abort()
            raise

    async def _send(self, connection: rtmp.Publisher, tag: Tag) -> None:
        await asyncio.wait_for(connection.send(tag.kind, tag.timestamp_ms, tag.payload), _STALL_SECONDS)


class Relays:
    """All relays of a recording: reads the stream at the encoder's speed, whatever the servers do."""

    def __init__(self, stream: asyncio.StreamReader, relays: list[Relay]) -> None:
        self._relays = relays
        self._reading = asyncio.ensure_future(self._read(stream))

    async def close(self, seconds: float) -> None:
        """After the encoder has ended: send the rest and hang up, within so many seconds."""
        await asyncio.wait([self._reading], timeout=seconds)
        self._reading.cancel()
        await asyncio.gather(*(relay.close(seconds) for relay in self._relays))

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for tag in tags(stream):
            for relay in self._relays:
                relay.put(tag)


def _described(error: BaseException) -> str:
    """What went wrong, without the address, which is a secret."""
    if isinstance(error, rtmp.RtmpError):
        return str(error)
    if isinstance(error, asyncio.TimeoutError):
        return "no answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    return "connection lost" if isinstance(error, (ConnectionError, EOFError)) else "not reachable"
