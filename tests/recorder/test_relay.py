"""Relays: to a real RTMP receiver, and their behaviour towards servers that are slow, dead or back again."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs
import imageio_ffmpeg
import pytest

from tests.support import jumping_loop, pages, processes, recording, video
from trtc_emulator.recorder import amf, relay, rtmp

Body = Callable[[relay.Relay, list[int]], Awaitable[None]]
KEY = "stream-key-that-nobody-may-see"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_live_address_gets_the_stream_and_a_dead_one_hurts_nothing(tmp_path: Path) -> None:
    """No process shows the stream key in its arguments or environment."""
    folder, received = tmp_path / "files", tmp_path / "received.flv"
    live, dead = (f"rtmp://127.0.0.1:{_free_port()}/app" for _ in range(2))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-listen", "1", "-i", f"{live}/name"]

    async def run() -> recording.Events:
        changes = {
            "relay_period": 0.1,
            "relay_patience": recording.PATIENCE_SECONDS,
        }  # the receiver may be late
        async with recording.recorder(**changes) as (media, events):
            urls = (f"{dead}/name?key={KEY}", f"{live}/name?key={KEY}")
            await media.start(recording.job(folder, site.url, cdn_urls=urls))
            await events.until(lambda e: relay.RUNNING in e.cdn_states(1), "the relay")
            members = processes.session_members(recording.group_of(folder))
            assert len(members) > 3
            for pid in members:
                for about in ("cmdline", "environ"):
                    assert KEY.encode() not in Path(f"/proc/{pid}/{about}").read_bytes()
            await asyncio.sleep(3)
            await media.stop("task")
            return events

    with (
        pages.serving({"/": pages.clock(0)}) as site,
        subprocess.Popen([*command, "-c", "copy", str(received)]) as receiver,
    ):
        try:
            events = asyncio.run(run())
            receiver.wait(60)
        finally:
            receiver.kill()

    states = events.cdn_states(1)
    assert states[0] == relay.CONNECTING
    assert states[-3:] == [relay.RUNNING, relay.DISCONNECTING, relay.IDLE]
    *attempts, last = events.cdn_states(0)
    assert (set(attempts), last) == ({relay.CONNECTING}, relay.IDLE)
    assert not [values for _, values in events.told if KEY in str(values)]
    assert events.names("cdn") == ["started", "file", "finished"]
    seen = video.inspect(received)
    assert (seen.width, seen.height) == (recording.WIDTH, recording.HEIGHT)
    assert 1.0 < seen.seconds <= video.inspect(folder / "task_0.mp4").seconds
    assert seen.audio_seconds > 1.0


@attrs.define
class FakeServer:
    """Connections that a test looks into; it refuses the first ones, and drops each after so many tags."""

    refuse: int = 0
    drop_after: int = 10**9
    connections: list[list[tuple[int, int, bytes]]] = attrs.Factory(list)
    attempts: int = 0
    closed: int = 0

    async def connect(self, url: str) -> rtmp.Publisher:
        assert url == "rtmp://host/app/key"
        self.attempts += 1
        if self.attempts <= self.refuse:
            raise ConnectionRefusedError
        self.connections.append([])
        return self

    async def send(self, kind: int, timestamp_ms: int, payload: bytes) -> None:
        await asyncio.sleep(0)
        if len(self.connections[-1]) >= self.drop_after:
            raise ConnectionResetError
        self.connections[-1].append((kind, timestamp_ms, payload))

    async def close(self) -> None:
        self.closed += 1

    def abort(self) -> None:
        self.closed += 1


DATA = relay.Tag(rtmp.DATA, 0, b"metadata")
VIDEO_HEAD, AUDIO_HEAD = relay.Tag(rtmp.VIDEO, 0, b"\x17\x00h"), relay.Tag(rtmp.AUDIO, 0, b"\xaf\x00h")


def _key(time: int) -> relay.Tag:
    return relay.Tag(rtmp.VIDEO, time, b"\x17\x01")


def _delta(time: int) -> relay.Tag:
    return relay.Tag(rtmp.VIDEO, time, b"\x27\x01")


def _times(connection: list[tuple[int, int, bytes]]) -> list[int]:
    return [time for kind, time, payload in connection if kind == rtmp.VIDEO and payload[1] == 1]


async def _reach(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def _run(server: FakeServer, body: Body) -> list[int]:
    return [state for state, _ in _run_timed(server, body)]


def _run_timed(server: FakeServer, body: Body) -> list[tuple[int, int]]:
    """The states, with the second of each; nobody waits for it."""
    states: list[int] = []
    times: list[int] = []

    async def run() -> None:
        now = asyncio.get_running_loop().time

        def report(state: int, _: str) -> None:
            states.append(state)
            times.append(round(now()))

        sending = relay.Relay("rtmp://host/app/key", report, 5.0, 60.0, server.connect)
        for tag in (DATA, VIDEO_HEAD, AUDIO_HEAD):
            sending.put(tag)
        await body(sending, states)
        await sending.close(30)

    jumping_loop.run(run())
    return list(zip(states, times, strict=True))


def test_a_new_connection_begins_with_heads_and_a_keyframe() -> None:
    """What came before the first keyframe is left out, and time begins with it."""
    server = FakeServer()

    async def body(sending: relay.Relay, states: list[int]) -> None:
        await _reach(lambda: relay.RUNNING in states)
        for tag in (_delta(0), _key(2000), _delta(2040)):
            sending.put(tag)

    states = _run(server, body)
    assert states == [relay.CONNECTING, relay.RUNNING, relay.DISCONNECTING, relay.IDLE]
    (got,) = server.connections
    assert got[:3] == [
        (rtmp.DATA, 0, amf.encode("@setDataFrame") + b"metadata"),
        (rtmp.VIDEO, 0, VIDEO_HEAD.payload),
        (rtmp.AUDIO, 0, AUDIO_HEAD.payload),
    ]
    assert _times(got) == [0, 40]


def test_a_lost_connection_is_made_again_and_goes_on_at_a_keyframe() -> None:
    server = FakeServer(refuse=1, drop_after=5)

    async def body(sending: relay.Relay, states: list[int]) -> None:
        await _reach(lambda: relay.RUNNING in states)
        for tag in (_key(2000), _delta(2040), _delta(2080)):  # the third is refused
            sending.put(tag)
        await _reach(lambda: states.count(relay.RUNNING) == 2)
        for tag in (_delta(2120), _key(4000)):
            sending.put(tag)

    states = _run(server, body)
    connected = [relay.CONNECTING, relay.CONNECTING, relay.RUNNING]
    assert states == [*connected, relay.RECOVERING, relay.RUNNING, relay.DISCONNECTING, relay.IDLE]
    assert [_times(connection) for connection in server.connections] == [[0, 40], [0]]


EVERY_5_SECONDS = range(0, 60, 5)


def test_who_never_answers_is_given_up_after_a_minute() -> None:
    async def body(_: relay.Relay, states: list[int]) -> None:
        await _reach(lambda: relay.IDLE in states)

    told = _run_timed(FakeServer(refuse=10**9), body)
    end = [(relay.FAILURE, 60), (relay.IDLE, 60)]
    assert told == [*((relay.CONNECTING, second) for second in EVERY_5_SECONDS), *end]


def test_who_does_not_come_back_is_given_up_a_minute_after_the_loss() -> None:
    server = FakeServer(drop_after=4)

    async def body(sending: relay.Relay, states: list[int]) -> None:
        await _reach(lambda: relay.RUNNING in states)
        await asyncio.sleep(100)
        server.refuse = 10**9
        sending.put(_key(0))
        sending.put(_delta(40))
        await _reach(lambda: relay.IDLE in states)

    told = _run_timed(server, body)
    lost = [(relay.RECOVERING, 100 + second) for second in EVERY_5_SECONDS]
    end = [(relay.FAILURE, 160), (relay.IDLE, 160)]
    assert told == [(relay.CONNECTING, 0), (relay.RUNNING, 0), *lost, *end]


def test_who_drops_each_stream_at_once_is_given_up_too() -> None:
    server = FakeServer(drop_after=0)

    async def body(sending: relay.Relay, states: list[int]) -> None:
        while relay.IDLE not in states:
            sending.put(_key(0))
            await asyncio.sleep(0.1)

    told = _run_timed(server, body)
    assert [state for state, _ in told[-2:]] == [relay.FAILURE, relay.IDLE]
    assert told[-1][1] == 60
    assert len(server.connections) == len(EVERY_5_SECONDS)


def test_a_stop_between_two_attempts_ends_it_at_once() -> None:
    async def body(_: relay.Relay, states: list[int]) -> None:
        await _reach(lambda: bool(states))
        await asyncio.sleep(7)

    told = _run_timed(FakeServer(refuse=10**9), body)
    assert told == [(relay.CONNECTING, 0), (relay.CONNECTING, 5), (relay.IDLE, 7)]


async def _fail(url: str) -> list[tuple[int, str]]:
    """What a relay with little patience reports until it gives up."""
    told: list[tuple[int, str]] = []
    sending = relay.Relay(url, lambda *change: told.append(change), 0.01, 0.01)
    await asyncio.wait_for(_reach(lambda: (relay.IDLE, "") in told), recording.PATIENCE_SECONDS)
    await sending.close(30)
    return told


def test_an_address_that_cannot_even_be_looked_up_fails_like_any_other() -> None:
    told = asyncio.run(_fail(f"rtmp://{'a' * 63}.invalid/app/key"))
    assert told[-2:] == [(relay.FAILURE, "not reachable"), (relay.IDLE, "")]


def _command(*values: amf.Value) -> bytes:
    payload = amf.encode(*values)
    return b"\x03\0\0\0" + len(payload).to_bytes(3, "big") + b"\x14\0\0\0\0" + payload


NO_RTMP, NO_STREAM = "the server does not speak RTMP", "the server made no stream"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        # A message of 200 bytes that becomes one of 10 when 128 of it have come.
        (b"\x03\0\0\0\0\0\xc8\x14\0\0\0\0" + bytes(128) + b"\x43\0\0\0\0\0\x0a\x14", NO_RTMP),
        *(
            (_command("_result", 1.0, None, None) + _command("_result", 4.0, None, number), NO_STREAM)
            for number in (-1.0, 1e300, float("nan"), None)
        ),
    ],
)
def test_a_server_that_answers_nonsense_fails(answer: bytes, why: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x03" + bytes(2 * 1536) + answer)
        await reader.read()
        writer.close()

    async def run() -> list[tuple[int, str]]:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            return await _fail(f"rtmp://127.0.0.1:{server.sockets[0].getsockname()[1]}/app/key")

    told = asyncio.run(run())
    assert told[-2:] == [(relay.FAILURE, why), (relay.IDLE, "")]


def test_a_server_that_is_too_slow_goes_on_at_a_keyframe() -> None:
    """Memory is bounded: what it cannot take is dropped up to a keyframe."""
    server = FakeServer()

    async def body(sending: relay.Relay, states: list[int]) -> None:
        await _reach(lambda: relay.RUNNING in states)
        sending.put(_key(0))
        for number in range(1, 1000):  # at once: none of it can be sent in between
            sending.put(_delta(number))
        sending.put(_key(5000))

    _run(server, body)
    (got,) = server.connections
    assert _times(got) == [0]


def test_amf_there_and_back() -> None:
    values: list[amf.Value] = ["connect", 1.0, {"app": "live", "on": True, "off": False}, None]
    assert amf.decode(amf.encode(*values)) == values
    assert amf.decode(b"\x08\0\0\0\x01\0\x01a\x00" + bytes(8) + b"\0\0\x09\x06") == [{"a": 0.0}, None]
    deep = b"\x03\x00\x01a" * 5000
    for broken in (deep, b"\x00\x01", b"\x02\x00\x05ab", b"\x03\x00\x01a", b"\x0c", b"\x02\x00\x01\xff"):
        with pytest.raises(amf.AmfError):
            amf.decode(broken)
