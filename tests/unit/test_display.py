"""The display's parts: its protocol, its windows, its picture and its connection."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import wayland
from tests.support.wayland import BLUE, DISPLAY, GREEN, RED, Client
from trtc_emulator.display import Display, Picture, protocol, wire
from trtc_emulator.display.picture import Buffer, Memory
from trtc_emulator.display.session import Session
from trtc_emulator.display.wire import ProtocolError

WIDTH, HEIGHT = 4, 2
SIZE = 4 * WIDTH * HEIGHT


def plain(colour: bytes, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    return colour * width * height


@attrs.define
class Window:
    """A client with a window, and the display that it talks to."""

    session: Session
    picture: Picture
    client: Client
    bound: dict[str, int]
    surface: int
    told: bytes

    @classmethod
    def open(cls) -> Window:
        picture = Picture(WIDTH, HEIGHT)
        session = Session((99, 99), (WIDTH, HEIGHT), 50, picture)
        client = Client()
        said, bound = client.greet()
        window, surface = client.window(bound)
        return cls(session, picture, client, bound, surface, session.feed(said + window))

    def pool(self, fd: int, size: int = SIZE) -> int:
        said, pool = self.client.pool(self.bound, size)
        self.session.feed(said, [fd])
        return pool

    def buffer(self, data: bytes, width: int = WIDTH, height: int = HEIGHT) -> int:
        said, buffer = self.client.buffer(self.pool(wayland.memory(data), len(data)), width, height)
        self.session.feed(said)
        return buffer

    def show(self, buffer: int, surface: int | None = None) -> list[tuple[int, int, bytes]]:
        """The events that follow."""
        surface = self.surface if surface is None else surface
        return [*wayland.events(self.session.feed(self.client.show(surface, buffer)))]

    def shown(self) -> bytes:
        return bytes(self.picture.take().data)


@pytest.fixture
def window() -> Iterator[Window]:
    opened = Window.open()
    yield opened
    opened.session.close()


def test_requests_may_come_in_any_pieces() -> None:
    said, _ = Client().greet()
    requests = wire.Requests()
    got = [number for i in range(len(said)) for _, number, _ in requests.feed(said[i : i + 1])]
    assert got == [1] + [0] * len(protocol.GLOBALS)


def test_arguments_are_read_as_they_are_written() -> None:
    whole = wire.event(3, 5, wire.number(7), wire.text("ä"), wire.signed(-2), wire.text(""), wire.number(8))
    ((target, number, body),) = wire.Requests().feed(whole)
    assert (target, number) == (3, 5)
    assert (body.number(), body.text(), body.signed(), body.text(), body.number()) == (7, "ä", -2, "", 8)
    with pytest.raises(ProtocolError):
        body.number()


def test_a_window_is_told_to_fill_the_screen(window: Window) -> None:
    told = [wayland.numbers(data) for _, number, data in wayland.events(window.told) if len(data) == 20]
    fullscreen, activated = 2, 4
    assert (WIDTH, HEIGHT, 8, fullscreen, activated) in told


def test_what_is_drawn_is_seen_and_the_buffer_before_is_given_back(window: Window) -> None:
    assert window.picture.take().number == 0
    assert window.shown() == bytes(SIZE)
    red, green = window.buffer(plain(RED)), window.buffer(plain(GREEN))
    assert window.show(red) == []
    assert window.shown() == plain(RED)
    assert window.show(green) == [(red, 0, b"")]
    assert window.shown() == plain(GREEN)
    assert window.show(green) == []
    assert window.picture.take().number == 3


def test_a_picture_that_was_taken_stays_while_the_next_is_taken(window: Window) -> None:
    window.show(window.buffer(plain(RED)))
    taken = window.picture.take()
    window.show(window.buffer(plain(GREEN)))
    assert window.picture.take().data == plain(GREEN)
    assert taken.data == plain(RED)


def test_the_first_window_alone_is_seen(window: Window) -> None:
    window.show(window.buffer(plain(RED)))
    said, popup = window.client.window(window.bound)
    window.session.feed(said)
    window.show(window.buffer(plain(GREEN)), popup)
    window.session.feed(window.client.say(window.surface, "destroy"))
    window.show(window.buffer(plain(BLUE)), popup)
    assert window.shown() == plain(RED)


@pytest.mark.parametrize("height", [HEIGHT, 700])
def test_of_a_larger_window_the_upper_left_corner_is_seen(height: int) -> None:
    picture = Picture(WIDTH, height)
    rows = [bytes([y % 256]) * 4 * WIDTH for y in range(height)]
    data = b"".join(row + b"\xff" * 12 for row in rows) + b"\xff" * 100
    memory = Memory(wayland.memory(data), len(data))
    picture.draw(Buffer.of(memory, 0, WIDTH + 3, height, 4 * (WIDTH + 3)))
    assert picture.take().data == b"".join(rows)


def test_a_smaller_picture_is_left_out(window: Window) -> None:
    window.show(window.buffer(plain(RED)))
    window.show(window.buffer(plain(GREEN, WIDTH - 1), WIDTH - 1))
    window.show(0)
    assert window.shown() == plain(RED)


def test_who_waits_for_the_screen_is_told_once(window: Window) -> None:
    callback, feedback = window.client.new("wl_callback"), window.client.new("wp_presentation_feedback")
    assert (
        window.session.feed(
            window.client.say(window.surface, "frame", callback)
            + window.client.say(window.bound["wp_presentation"], "feedback", window.surface, feedback)
            + window.client.say(window.surface, "commit")
        )
        == b""
    )
    told = [*wayland.events(window.session.tick(12.5, 9))]
    assert [(source, number) for source, number, _ in told] == [
        (callback, 0),
        (DISPLAY, 1),
        (feedback, 1),
        (DISPLAY, 1),
    ]
    assert wayland.numbers(told[0][2]) == (12_500,)
    assert wayland.numbers(told[2][2]) == (0, 12, 500_000_000, 20_000_000, 0, 9, 1)
    assert window.session.tick(12.52, 10) == b""


def test_an_id_may_be_used_again_after_its_object(window: Window) -> None:
    buffer = window.buffer(plain(RED))
    ended = window.client.say(buffer, "destroy")
    assert [*wayland.events(window.session.feed(ended))] == [(DISPLAY, 1, wire.number(buffer))]
    region = window.client.say(window.bound["wl_compositor"], "create_region", buffer)
    assert window.session.feed(region) == b""
    with pytest.raises(ProtocolError):
        window.session.feed(region)


def test_memory_that_became_shorter_costs_a_picture_and_no_more(window: Window) -> None:
    window.show(window.buffer(plain(RED)))
    assert window.shown() == plain(RED)
    fd = wayland.memory(plain(GREEN))
    said, buffer = window.client.buffer(window.pool(os.dup(fd)), WIDTH, HEIGHT)
    window.session.feed(said)
    os.ftruncate(fd, SIZE - 1)
    window.show(buffer)
    assert window.shown() == plain(RED)
    os.ftruncate(fd, SIZE)
    window.show(buffer)
    assert window.shown()[:16] == plain(GREEN)[:16]
    os.close(fd)


def test_memory_may_become_shorter_while_it_is_read() -> None:
    width, height = 512, 512
    data = plain(GREEN, width, height)
    fd = wayland.memory(data)
    picture = Picture(width, height)
    buffer = Buffer.of(Memory(os.dup(fd), len(data)), 0, width, height, 4 * width)
    over = threading.Event()

    def shrink_and_grow() -> None:
        while not over.is_set():
            os.ftruncate(fd, 0)
            os.ftruncate(fd, len(data))

    shrinking = threading.Thread(target=shrink_and_grow)
    shrinking.start()
    for _ in range(300):
        picture.draw(buffer)
        assert len(picture.take().data) == len(data)
    over.set()
    shrinking.join()
    os.close(fd)


@pytest.mark.parametrize(
    ("width", "height", "offset", "stride"),
    [
        *((WIDTH, HEIGHT, 1, 4 * WIDTH), (WIDTH, HEIGHT + 1, 0, 4 * WIDTH), (WIDTH, HEIGHT, -4, 4 * WIDTH)),
        *((0, HEIGHT, 0, 4), (WIDTH, -1, 0, 4 * WIDTH), (WIDTH, 1, 0, 4 * WIDTH - 1)),
        *((WIDTH, HEIGHT, 0, -4 * WIDTH), (1 << 30, 1, 0, 4), (1, 1, 0, 1 << 30)),
    ],
)
def test_a_buffer_outside_of_its_memory_is_refused(
    window: Window, width: int, height: int, offset: int, stride: int
) -> None:
    said, _ = window.client.buffer(window.pool(wayland.memory(bytes(SIZE))), width, height, offset, stride)
    with pytest.raises(ProtocolError):
        window.session.feed(said)


def test_memory_that_is_none_is_refused(window: Window) -> None:
    read, write = os.pipe()
    os.close(write)
    with pytest.raises(ProtocolError):
        window.pool(read)
    for size in (0, -1, (1 << 31) - 1):
        with pytest.raises(ProtocolError):
            window.pool(wayland.memory(b"x"), size)
    with pytest.raises(ProtocolError):  # no file descriptor came with it
        window.session.feed(window.client.pool(window.bound, SIZE)[0])


def test_memory_grows_and_never_shrinks(window: Window) -> None:
    pool = window.pool(wayland.memory(bytes(2 * SIZE)))
    beyond = window.client.buffer(pool, WIDTH, HEIGHT, SIZE)[0]
    window.session.feed(window.client.say(pool, "resize", 2 * SIZE) + beyond)
    with pytest.raises(ProtocolError):
        window.session.feed(window.client.say(pool, "resize", SIZE))


def _open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def test_what_a_client_shares_is_given_back(window: Window) -> None:
    before = _open_files()
    pool = window.pool(wayland.memory(plain(RED)))
    said, buffer = window.client.buffer(pool, WIDTH, HEIGHT)
    window.session.feed(said + window.client.say(pool, "destroy"))
    window.show(buffer)
    assert window.shown() == plain(RED)
    assert _open_files() == before + 1
    window.show(window.buffer(plain(GREEN)))
    window.session.feed(window.client.say(buffer, "destroy"))
    window.shown()
    assert _open_files() == before + 1  # that of the other one
    window.session.feed(b"", [wayland.memory(b"") for _ in range(3)])
    assert _open_files() == before + 4
    window.session.close()
    window.picture.draw(Buffer.of(Memory(wayland.memory(plain(BLUE)), SIZE), 0, WIDTH, HEIGHT, 4 * WIDTH))
    assert _open_files() == before + 1  # what is seen now


def test_no_end_of_objects_or_files_is_hung_up_on(window: Window) -> None:
    regions = b"".join(
        window.client.say(window.bound["wl_compositor"], "create_region", window.client.new("wl_region"))
        for _ in range(20_000)
    )
    with pytest.raises(ProtocolError, match="cannot be"):
        window.session.feed(regions)
    with pytest.raises(ProtocolError, match="file descriptors"):
        window.session.feed(b"", [wayland.memory(b"") for _ in range(100)])


@pytest.mark.parametrize(
    "said",
    [
        wire.event(99, 0),
        wire.event(DISPLAY, 2),
        wire.event(DISPLAY, 1),
        wire.event(DISPLAY, 1, wire.number(DISPLAY)),
        wire.event(DISPLAY, 1, wire.number(0)),
        wire.event(DISPLAY, 1, wire.number(0xFF000000)),
        b"GET / HTTP/1.1\r\nHost: recorder\r\n\r\n" * 1000,
        b"\xff" * 70_000,
        bytes(8),
    ],
)
def test_nonsense_is_hung_up_on(said: bytes) -> None:
    with pytest.raises(ProtocolError):
        Session((1, 1), (1, 1), 50, Picture(1, 1)).feed(said)


@given(st.data())
def test_no_client_does_more_than_end_its_own_connection(data: st.DataObject) -> None:
    """Requests of a real client, with bytes changed, left out and repeated."""
    client = Client()
    greeting, bound = client.greet()
    opening, surface = client.window(bound)
    sharing, pool = client.pool(bound, SIZE)
    drawing, buffer = client.buffer(pool, WIDTH, HEIGHT)
    every = [
        wire.event(target, number, *[wire.number(value) for value in data.draw(st.lists(st.integers(0, 20)))])
        for target, interface in client.interfaces.items()
        for number in range(len(protocol.REQUESTS[interface]))
    ]
    real = [opening, sharing, drawing, client.show(surface, buffer), *every]
    session = Session((99, 99), (WIDTH, HEIGHT), 50, Picture(WIDTH, HEIGHT))
    session.feed(greeting)
    try:
        for said in data.draw(st.lists(st.sampled_from(real), max_size=12)):
            changed = bytearray(said)
            for at in data.draw(st.lists(st.integers(0, len(said) - 1), max_size=2)):
                changed[at] = data.draw(st.integers(0, 255))
            session.feed(bytes(changed), [wayland.memory(bytes(SIZE))])
            session.tick(1.0, 1)
    except ProtocolError:
        pass
    finally:
        session.close()


def _connected(display: Display) -> socket.socket:
    connection = socket.socket(fileno=os.dup(display.clients_end))
    display.handed_over()
    connection.settimeout(60)
    return connection


def _draw(connection: socket.socket, colour: bytes) -> tuple[Client, dict[str, int], int]:
    client = Client()
    greeting, bound = client.greet()
    opening, surface = client.window(bound)
    sharing, pool = client.pool(bound, SIZE)
    drawing, buffer = client.buffer(pool, WIDTH, HEIGHT)
    fd = wayland.memory(plain(colour))
    socket.send_fds(connection, [greeting + opening + sharing + drawing + client.show(surface, buffer)], [fd])
    os.close(fd)
    return client, bound, surface


def test_a_client_draws_over_its_connection() -> None:
    with closing(Display(*[(WIDTH, HEIGHT)] * 3)) as display, _connected(display) as connection:
        _draw(connection, RED)
        assert display.has_picture(60)
        assert display.picture.take().data == plain(RED)


def test_the_screen_is_drawn_when_it_is_to_be() -> None:
    """At whole periods from the moment that was told, whenever this thread gets its turn."""
    with closing(Display(*[(WIDTH, HEIGHT)] * 3)) as display, _connected(display) as connection:
        client, bound, surface = _draw(connection, RED)
        assert display.has_picture(60)
        moment = 1234.567
        display.align(moment)
        connection.recv(1 << 16)
        for _ in range(3):  # the first one may have been due before
            feedback = client.new("wp_presentation_feedback")
            connection.send(client.say(bound["wp_presentation"], "feedback", surface, feedback))
            *_, told = (one for one in wayland.events(connection.recv(1 << 16)) if one[0] == feedback)
        _, seconds, nanoseconds, period, *_ = wayland.numbers(told[2])
        periods = (seconds + nanoseconds / 1e9 - moment) * 1e9 / period
        assert periods == pytest.approx(round(periods), abs=0.01)


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n\r\n" * 2000, b"\xff" * 70_000, b""])
def test_a_client_that_talks_nonsense_or_dies_is_over_at_once(said: bytes) -> None:
    with closing(Display(*[(WIDTH, HEIGHT)] * 3)) as display:
        with _connected(display) as connection:
            connection.sendall(said)
        assert not display.has_picture(60)
        assert display.picture.take().data == bytes(SIZE)


def test_a_client_that_does_not_read_is_hung_up_on() -> None:
    with closing(Display(*[(WIDTH, HEIGHT)] * 3)) as display, _connected(display) as connection:
        client, _, _ = _draw(connection, RED)
        syncs = [client.say(DISPLAY, "sync", client.new("wl_callback")) for _ in range(100_000)]
        with pytest.raises(ConnectionError):
            connection.sendall(b"".join(syncs))
        assert display.picture.take().data == plain(RED)
