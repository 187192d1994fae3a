"""The two tables of decisions, row by row."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pulumi_trtc.inputs.table import WEB_RECORDING, walk
from pulumi_trtc.lifecycle.decide import (
    BEGINNINGS,
    DECISIONS,
    HOLDERS,
    Beginning,
    Begins,
    Do,
    Facts,
    Holder,
    Reason,
    Take,
    begins,
    decide,
)
from pulumi_trtc.lifecycle.meanings import MEANINGS, meanings
from pulumi_trtc.lifecycle.notes import Note

# For each row the facts that hold for it and for no row above it.
ROWS = (
    (Facts(elsewhere=True), Reason.ELSEWHERE, Do.REFUSE),
    (Facts(imported=True, changed=("record_url",), ended=True), Reason.IMPORTED, Do.UPDATE),
    (Facts(changed=("adopt",)), Reason.ADOPTS, Do.REPLACE),
    (Facts(changed=("record_url",), ended=True), Reason.CHANGED_ENDED, Do.REPLACE),
    (Facts(changed=("record_url",), shares="x", runs=False), Reason.CHANGED_ENDED, Do.REPLACE),
    (Facts(changed=("record_url",), unknown=("record_url",)), Reason.UNKNOWN, Do.REPLACE),
    (Facts(changed=("record_url", "adopt"), unknown=("record_url",)), Reason.ADOPTS, Do.REPLACE),
    (Facts(changed=("record_url",), shares="x"), Reason.STOPS_FIRST, Do.REPLACE),
    (Facts(changed=("record_url",)), Reason.CHANGED, Do.REPLACE),
    (Facts(changed=("record_url", "record_id"), unknown=("record_url",)), Reason.CHANGED, Do.REPLACE),
    (Facts(interrupted=True, runs=False, to_check="x"), Reason.INTERRUPTED, Do.REPLACE),
    (Facts(interrupted=True, ended=True), Reason.INTERRUPTED, Do.REPLACE),
    (Facts(ended=True, acknowledged=True, restart=True), Reason.RESTARTS, Do.REPLACE),
    (Facts(ended=True), Reason.HAS_ENDED, Do.UPDATE),
    (Facts(runs=False, to_check="x"), Reason.HAS_ENDED, Do.UPDATE),
    (Facts(unasked="x", to_check="x"), Reason.UNASKED, Do.UPDATE),
    (Facts(settings=("when_ended",)), Reason.SETTINGS, Do.UPDATE),
    (Facts(renamed=True), Reason.RENAMED, Do.UPDATE),
    (Facts(to_check="x", ended=True, acknowledged=True), Reason.ENDED_CHECKED, Do.UPDATE),
    (Facts(to_check="x"), Reason.TO_CHECK, Do.UPDATE),
    (Facts(to_check="x", runs=True, interrupted=True), Reason.TO_CHECK, Do.UPDATE),
    (Facts(), Reason.SAME, Do.NOTHING),
    (Facts(ended=True, acknowledged=True), Reason.SAME, Do.NOTHING),
    (Facts(restart=True), Reason.SAME, Do.NOTHING),
)


@pytest.mark.parametrize(("facts", "reason", "do"), ROWS)
def test_each_row_decides(facts: Facts, reason: Reason, do: Do) -> None:
    assert (decide(facts), reason.do) == (reason, do)


def told(facts: Facts) -> dict[str, Any]:
    """What these facts say beside what nobody knows."""
    unknown = Facts()
    names = [field.name for field in attrs.fields(Facts)]
    return {name: value for name in names if (value := getattr(facts, name)) != getattr(unknown, name)}


def test_each_row_is_before_all_that_follow() -> None:
    order = [reason for reason, _ in DECISIONS]
    least = {reason: facts for facts, reason, _ in reversed(ROWS)}
    for index, first in enumerate(order):
        for later in order[index + 1 :]:
            both = attrs.evolve(least[later], **told(least[first]))
            assert order.index(decide(both)) <= index


def test_all_rows_are_tried() -> None:
    assert {reason for _, reason, _ in ROWS} == set(Reason)


def line(note: Note) -> str:
    """The note of one recording."""
    return note.line(["lecture"], ["hall"])


def test_a_sentence_names_paths_and_never_too_many() -> None:
    facts = Facts(changed=("a", "b", "c", "d", "e"))
    assert "restarts because a, b, c and 2 more changed" in line(Reason.CHANGED.note(facts))
    assert "the failed update of 08:01" in line(
        Reason.TO_CHECK.note(Facts(to_check="the failed update of 08:01"))
    )


def test_a_changed_secret_is_told_by_its_path_with_what_it_means() -> None:
    facts = Facts(changed=("storage_params.cloud_storage.secret_key",))
    assert line(decide(facts).note(facts)) == (
        "lecture: restarts because storage_params.cloud_storage.secret_key changed (stored under a new key; "
        "footage continues in a new file)"
    )


def test_a_shared_stream_is_told_with_the_gap() -> None:
    facts = Facts(changed=("max_duration_limit",), shares="a CDN address")
    said = line(decide(facts).note(facts))
    assert said.endswith("footage has a gap); stops before it starts: shares a CDN address")


@pytest.mark.parametrize("facts", [facts for facts, reason, _ in ROWS if reason is not Reason.SAME])
def test_every_sentence_is_whole_for_one_and_for_several(facts: Facts) -> None:
    note = decide(facts).note(facts)
    for said in (line(note), note.line(["a", "b"], [])):
        assert "{" not in said
        assert "lecture: " in said or said.startswith("2 recordings ")


def test_every_input_of_the_api_has_a_meaning_and_no_meaning_is_of_nothing() -> None:
    ours = {field.name for field in WEB_RECORDING.fields if field.provider_only}
    paths = [path for path, _ in walk() if path not in ours]
    assert [
        path for path in paths if path.count(".") != 1 and not meanings([path.replace("[]", "[3]")])
    ] == []
    assert MEANINGS.keys() <= set(paths)


def test_the_same_meaning_is_told_once_and_the_nearest_one_counts() -> None:
    storage = "storage_params.cloud_storage"
    assert meanings([f"{storage}.region", f"{storage}.bucket", f"{storage}.access_key"]) == (
        "new files go to another bucket",
        "stored under a new key",
    )
    cdn = ["publish_cdn_params", "publish_cdn_params[2].publish_cdn_url", "publish_cdn_params[1]"]
    assert meanings(cdn) == ("relayed to other addresses",)
    assert meanings(["publish_cdn_params[2].is_tencent_cdn"]) == ("relayed as to another CDN",)


@pytest.mark.parametrize(
    ("facts", "beginning", "words"),
    [
        (Begins(), Beginning.NEW, "lecture: starts"),
        (
            Begins(namesakes=("x",)),
            Beginning.NAMESAKE,
            "lecture: starts; if it is what was called hall, say so",
        ),
        (Begins(killed=True, namesakes=("x",)), Beginning.KILLED, "or is taken over if"),
        (Begins(adopts=True, killed=True), Beginning.ADOPTS, "lecture: is taken over"),
        (Begins(stopped=True, adopts=True), Beginning.STOPPED, "interrupted stopped it to make room"),
        (
            Begins(saved=True, stopped=True),
            Beginning.FORCED,
            "because `--replace` or `state taint` asks for it (footage continues",
        ),
        (
            Begins(saved=True, shares="a CDN address"),
            Beginning.FORCED_STOPS_FIRST,
            "starts: shares a CDN address",
        ),
    ],
)
def test_what_is_told_of_a_recording_that_begins(facts: Begins, beginning: Beginning, words: str) -> None:
    assert begins(facts) is beginning
    assert words in line(beginning.note(facts))
    assert "2 recordings " in beginning.note(facts).line(["a", "b"], [])


def test_all_beginnings_are_in_their_table() -> None:
    assert {beginning for beginning, _ in BEGINNINGS} == set(Beginning)


@pytest.mark.parametrize(
    ("holder", "derived", "given"),
    [
        (Holder.NOBODY, Take.USE, Take.USE),
        (Holder.OURS, Take.NEXT, Take.STOP_FIRST),
        (Holder.ANOTHER, Take.NEXT, Take.REFUSE_NAMING_HOLDER),
        (Holder.WANTED, Take.ADOPT, Take.ADOPT),
        (Holder.LEFTOVER, Take.START_THEN_STOP, Take.REFUSE_NAMING_TASK),
        (Holder.STRANGER, Take.NEXT_AND_WARN, Take.REFUSE_NAMING_TASK),
    ],
)
def test_each_holder_has_its_row(holder: Holder, derived: Take, given: Take) -> None:
    assert (HOLDERS[holder].derived, HOLDERS[holder].given) == (derived, given)


def test_each_holder_is_in_the_table() -> None:
    assert HOLDERS.keys() == set(Holder)
