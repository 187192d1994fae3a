"""The sound server's parts: its protocol, its streams and its mixer."""

from __future__ import annotations

import itertools
import math
import random
import struct
from array import array
from pathlib import Path
from typing import Any

import pytest

from trtc_emulator.assembly import media_choice
from trtc_emulator.settings.values import Settings
from trtc_emulator.sound import FLOOR_DB, Meter, mixer, server, wire
from trtc_emulator.sound.session import Session
from trtc_emulator.sound.wire import ProtocolError

CREATE, DELETE, AUTH, LATENCY, SERVER, CORK, FLUSH = 3, 4, 8, 14, 20, 41, 42
ERROR, REPLY, REQUEST = 0, 2, 61
FLOAT, SHORT = 5, 3
STEREO, MONO = b"\1\2", b"\0"
EIGHT = bytes((1, 2, 5, 6, 3, 7, 10, 11))


def create(form: tuple[int, int, int], places: bytes, length: int = 0, corked: bool = False) -> bytes:
    """A client's request for a stream."""
    return wire.packet(
        *(wire.number(CREATE), wire.number(7), wire.text("a page"), wire.form(*form), wire.places(places)),
        *(wire.number(wire.NOTHING), b"N", wire.number(0x400000), wire.truth(corked)),
        *(wire.number(length), wire.number(0), wire.number(0), wire.number(0), wire.volumes(len(places))),
    )


def said(answer: bytes) -> list[list[Any]]:
    """The commands in what a client is sent."""
    return [wire.values(payload) for _, payload in wire.Packets().feed(answer)]


def sound(stream: int, data: bytes) -> bytes:
    return struct.pack(">IIIII", len(data), stream, 0, 0, 0) + data


def playing(form: tuple[int, int, int], places: bytes, data: bytes, length: int = 0) -> Session:
    """A client that has sent some sound."""
    session = Session()
    ((kind, tag, stream, *_),) = said(session.feed(create(form, places, length)))
    assert (kind, tag, stream) == (REPLY, 7, 1)
    assert session.feed(sound(1, data)) == b""
    return session


def test_a_packet_may_come_in_any_pieces() -> None:
    whole = wire.packet(wire.number(8), wire.text("ä"), wire.truth(True), wire.microseconds(5)) * 3
    packets = wire.Packets()
    got = [payload for i in range(len(whole)) for _, payload in packets.feed(whole[i : i + 1])]
    assert [wire.values(payload) for payload in got] == [[8, "ä", True, 5]] * 3


def test_what_is_played_comes_out_as_it_is_and_then_silence() -> None:
    samples = array("f", (math.sin(i / 10) / 2 for i in range(2 * 480)))
    session = playing((FLOAT, 2, 48_000), STEREO, samples.tobytes())
    assert mixer.Mixer().mix(session.take(480)) == samples.tobytes()
    assert mixer.Mixer().mix(session.take(480)) == mixer.SILENCE


def test_a_client_is_asked_for_what_was_heard() -> None:
    length = 4 * 480 * 8
    session = playing((FLOAT, 2, 48_000), STEREO, bytes(length), length)
    assert session.requests() == b""
    session.take(480)
    assert said(session.requests()) == [[REQUEST, wire.NOTHING, 1, 480 * 8]]
    assert session.requests() == b""  # it was asked already


@pytest.mark.parametrize(
    ("form", "places", "sample"),
    [
        ((FLOAT, 1, 44_100), MONO, struct.pack("<f", 0.5)),
        ((SHORT, 2, 44_100), STEREO, struct.pack("<hh", 1 << 14, 1 << 14)),
        ((4, 1, 8_000), MONO, struct.pack(">h", 1 << 14)),
        ((0, 1, 96_000), MONO, b"\xc0"),
        ((FLOAT, 8, 48_000), EIGHT, struct.pack("<8f", 0.5, 0.5, *[0.0] * 6)),
        ((FLOAT, 8, 48_000), EIGHT, struct.pack("<8f", *[0.0] * 6, 0.5, 0.5)),
        ((8, 1, 48_000), MONO, struct.pack(">i", 1 << 30)),
    ],
)
def test_any_form_becomes_stereo_at_48_khz(form: tuple[int, int, int], places: bytes, sample: bytes) -> None:
    session = playing(form, places, sample * (form[2] // 2))
    first, *rest = (list(session.take(480)[0]) for _ in range(20))
    assert len(first) == 960
    assert max(first) == pytest.approx(0.5, abs=1e-3)
    for block in rest:
        assert block == pytest.approx([0.5] * 960, abs=1e-3)


def test_a_tone_of_44_1_khz_keeps_its_pitch() -> None:
    tone = array("f", (math.sin(2 * math.pi * 1000 * i / 44_100) for i in range(44_100)))
    session = playing((FLOAT, 1, 44_100), MONO, tone.tobytes())
    left = [sample for _ in range(100) for sample in session.take(480)[0][::2]]
    crossings = sum(a < 0 <= b for a, b in itertools.pairwise(left))
    assert crossings == pytest.approx(1000, abs=2)
    # No block begins with a click.
    assert max(abs(b - a) for a, b in itertools.pairwise(left)) < 0.15


def test_streams_that_are_too_loud_together_become_quieter() -> None:
    loud = array("f", (0.8 * math.sin(2 * math.pi * i / 48) for i in range(480) for _ in "lr"))
    mixed = mixer.Mixer()
    together = array("f", mixed.mix([loud, loud, loud]))
    assert max(map(abs, together)) == pytest.approx(mixer.CEILING, abs=1e-5)
    # The shape of the wave is kept: nothing is cut off.
    assert [0.8 * one for one in together] == pytest.approx([mixer.CEILING * one for one in loud], abs=1e-5)
    for _ in range(400):
        alone = array("f", mixed.mix([loud]))
    assert alone == loud


@pytest.mark.parametrize("loudest", [0.9, 1.0, 1.5])
def test_a_full_scale_leaves_room_for_what_the_encoder_adds(loudest: float) -> None:
    beat = array("f", [loudest, -loudest] * 480)
    assert max(map(abs, array("f", mixer.Mixer().mix([beat])))) == pytest.approx(mixer.CEILING, abs=1e-5)


def test_what_is_no_number_is_not_heard() -> None:
    session = playing((FLOAT, 2, 48_000), STEREO, array("f", [math.nan, math.inf, -math.inf, 0.25]).tobytes())
    assert array("f", mixer.Mixer().mix(session.take(480)))[:4] == array("f", [0, 0, 0, 0.25])


def test_a_paused_stream_is_silent_and_goes_on_where_it_was() -> None:
    samples = array("f", [0.25] * 960)
    session = playing((FLOAT, 2, 48_000), STEREO, samples.tobytes())

    def cork(on: bool) -> list[list[Any]]:
        return said(
            session.feed(wire.packet(wire.number(CORK), wire.number(1), wire.number(1), wire.truth(on)))
        )

    assert cork(True) == [[REPLY, 1]]
    assert session.take(480) == []
    assert session.requests() == b""
    assert cork(False) == [[REPLY, 1]]
    assert session.take(480) == [samples]


@pytest.mark.parametrize("command", [DELETE, LATENCY, CORK, FLUSH])
def test_a_stream_that_is_not_there_is_refused(command: int) -> None:
    asked = wire.packet(wire.number(command), wire.number(3), wire.number(99), wire.truth(True))
    assert said(Session().feed(asked)) == [[ERROR, 3, 5]]


@pytest.mark.parametrize(
    ("form", "places"),
    [
        ((9, 2, 48_000), STEREO),
        ((FLOAT, 2, 0), STEREO),
        ((FLOAT, 2, 10**9), STEREO),
        ((FLOAT, 3, 48_000), STEREO),
    ],
)
def test_a_form_that_cannot_be_is_refused(form: tuple[int, int, int], places: bytes) -> None:
    ((kind, tag, _),) = said(Session().feed(create(form, places)))
    assert (kind, tag) == (ERROR, 7)


def test_who_sends_without_end_or_no_packets_is_hung_up_on() -> None:
    session = playing((FLOAT, 2, 48_000), STEREO, b"")
    with pytest.raises(ProtocolError, match="more sound"):
        session.feed(sound(1, bytes(1 << 20)) * 20)
    for nonsense in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\xff" * 40, sound(wire.COMMANDS, b"?")):
        with pytest.raises(ProtocolError):
            Session().feed(nonsense)


def test_no_nonsense_does_more_than_end_its_own_connection() -> None:
    """Requests of a real client, with bytes changed, cut and repeated."""
    chance = random.Random(12)
    numbers = [wire.packet(wire.number(command), wire.number(1), wire.number(1)) for command in range(70)]
    real = [
        create((FLOAT, 2, 48_000), STEREO),
        create((SHORT, 8, 44_100), EIGHT),
        sound(1, bytes(999)),
        *numbers,
    ]
    ended = 0
    for _ in range(500):
        session = Session()
        try:
            for request in chance.choices(real, k=4):
                data = bytearray(request)
                for _ in range(chance.choice((0, 1, 3))):
                    data[chance.randrange(len(data))] = chance.randrange(256)
                session.feed(bytes(data))
                assert all(len(part) == 960 for part in session.take(480))
                session.requests()
        except ProtocolError:
            ended += 1
    assert 0 < ended < 500


def test_a_machine_without_libpulse_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(media_choice, "find_browser", lambda *_: Path("/bin/browser"))
    monkeypatch.setattr(media_choice, "find_ffmpeg", lambda: Path("/bin/ffmpeg"))
    settings = Settings(data=tmp_path, no_sandbox=True)
    monkeypatch.setattr(server, "_LIBRARY", "libc.so.6")
    assert media_choice.choose_media(settings).why == "/bin/browser"
    monkeypatch.setattr(server, "_LIBRARY", "libnone.so.0")
    assert "apt-get install libpulse0" in media_choice.choose_media(settings).why


def test_a_level_is_the_loudest_of_late_and_falls_slowly() -> None:
    meter = Meter()
    assert meter.read() == FLOOR_DB
    quiet, loud = ([0.0, amplitude] * mixer.BLOCK_FRAMES for amplitude in (-0.001, 0.5))
    for block in (loud, quiet):
        meter.hear(array("f", block).tobytes())
    assert meter.read() == pytest.approx(-6.02, abs=0.01)
    assert meter.read() == pytest.approx(-16.02, abs=0.01)
    meter.hear(mixer.SILENCE)
    assert [meter.read() for _ in range(5)][-1] == FLOOR_DB
    meter.hear(array("f", [2.0] * 2 * mixer.BLOCK_FRAMES).tobytes())
    assert meter.read() == 0.0
