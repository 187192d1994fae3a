"""What a person is told of many recordings: one line for each kind, nothing lost, nothing twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs
import pytest

from pulumi_trtc.lifecycle.notes import Ask, Note, Notes, some

RESTARTS, STARTS = Note(0, "restart{s} because x changed"), Note(1, "start{s}; {it} {is} new")


def of(note: Note, *others: str) -> Ask:
    """A note as it is kept."""
    return lambda: (note, others)


def urn(name: str) -> str:
    """The URN of a recording."""
    return f"urn:pulumi:dev::demo::a:type::{name}"


@attrs.define
class Bench:
    """Notes whose time a test moves."""

    told: list[str] = attrs.field(factory=list)
    waiting: list[tuple[float, Callable[[], None]]] = attrs.field(factory=list)
    notes: Notes = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.notes = Notes(self.told.append, lambda seconds, call: self.waiting.append((seconds, call)))

    def pass_time(self) -> float:
        """Let the next wait be over; its length."""
        seconds, call = self.waiting.pop(0)
        call()
        return seconds


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_happens_to_one_is_told_with_its_name(bench: Bench) -> None:
    bench.notes.of(urn("lecture"), of(RESTARTS))
    bench.notes.tell_all()
    assert bench.told == ["lecture: restarts because x changed"]


def test_many_of_a_kind_are_one_line_with_a_count_and_the_first_names(bench: Bench) -> None:
    for number in reversed(range(200)):
        bench.notes.of(urn(f"room{number}"), of(RESTARTS))
        bench.notes.warn(urn(f"room{number}"), "maxDurationLimit: {40000} is long")
    bench.notes.of(urn("hall"), of(STARTS))
    bench.notes.tell_all()
    assert bench.told == [
        "200 recordings restart because x changed: room0, room1, room2 and 197 more",
        "hall: starts; it is new",
        "warning: 200 recordings: maxDurationLimit: {40000} is long: room0, room1, room2 and 197 more",
    ]


def test_a_warning_of_one_carries_its_name(bench: Bench) -> None:
    bench.notes.warn(urn("lecture"), "too long")
    bench.notes.tell_all()
    assert bench.told == ["warning: lecture: too long"]


def test_others_that_a_note_speaks_of_are_named(bench: Bench) -> None:
    note = Note(0, "start{s}; {is} {others}")
    for number in range(6):
        bench.notes.of(urn(f"new{number}"), of(note, urn(f"old{number}"), urn("old0")))
    bench.notes.tell_all()
    assert bench.told == ["6 recordings start; are old0, old1, old2 and 3 more: new0, new1, new2 and 3 more"]


def test_a_later_note_takes_an_earlier_one_s_place_and_nothing_is_told_twice(bench: Bench) -> None:
    bench.notes.of(urn("lecture"), of(STARTS))
    bench.notes.of(urn("lecture"), of(RESTARTS))
    for _ in range(2):
        bench.notes.tell_all()
        bench.notes.of(urn("lecture"), of(RESTARTS))
        bench.notes.warn(urn("lecture"), "too long")
    bench.notes.tell_all()
    assert bench.told == ["lecture: restarts because x changed", "warning: lecture: too long"]


def test_a_note_is_asked_for_when_it_is_told(bench: Bench) -> None:
    declared: list[str] = []
    bench.notes.of(urn("new"), lambda: (STARTS if declared else RESTARTS, ()))
    declared.append("old")
    bench.notes.tell_all()
    assert bench.told == ["new: starts; it is new"]


def test_notes_wait_for_each_other_until_none_has_come_for_a_while(bench: Bench) -> None:
    bench.notes.of(urn("a"), of(RESTARTS))
    bench.notes.of(urn("b"), of(RESTARTS))
    assert bench.pass_time() == 5
    assert bench.told == [], "one has come meanwhile"
    bench.pass_time()
    assert bench.told == ["2 recordings restart because x changed: a, b"]
    assert bench.waiting == []


def test_once_something_is_done_nobody_waits_long(bench: Bench) -> None:
    bench.notes.of(urn("a"), of(RESTARTS))
    bench.notes.hurry()
    bench.notes.hurry()
    assert [seconds for seconds, _ in bench.waiting] == [5, 0.5]
    bench.waiting.pop(0)
    bench.pass_time()
    assert bench.told == ["a: restarts because x changed"]
    bench.notes.of(urn("b"), of(RESTARTS))
    assert bench.pass_time() == 0.5
    assert len(bench.told) == 2


def test_where_nothing_is_to_be_told_nobody_waits(bench: Bench) -> None:
    bench.notes.hurry()
    bench.notes.tell_all()
    assert (bench.told, bench.waiting) == ([], [])


def test_threads_lose_nothing(bench: Bench) -> None:
    def work(part: int) -> None:
        for number in range(200):
            bench.notes.of(urn(f"{part}-{number}"), of(RESTARTS))
            if number % 7 == 0:
                bench.notes.tell_all()

    threads = [threading.Thread(target=work, args=(part,)) for part in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    bench.notes.tell_all()
    counted = [line.split()[0] for line in bench.told]
    assert sum(int(one) if one.isdigit() else 1 for one in counted) == 800


def test_an_odd_name_stays_on_its_line(bench: Bench) -> None:
    bench.notes.of(urn("a\nwarning: {s} \x1b[31m"), of(RESTARTS))
    bench.notes.of(urn("ünï 2"), of(RESTARTS))
    bench.notes.tell_all()
    assert bench.told == ["2 recordings restart because x changed: a\ufffdwarning: {s} \ufffd[31m, ünï 2"]


def test_the_first_names() -> None:
    assert [some(["a", "b", "c", "d", "e"][:count]) for count in (0, 1, 3, 4, 5)] == [
        "",
        "a",
        "a, b, c",
        "a, b, c, d",
        "a, b, c and 2 more",
    ]
