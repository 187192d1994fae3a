"""The two tables of decisions, row by row."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pulumi_trtc.lifecycle.decide import DECISIONS, HOLDERS, Do, Facts, Holder, Reason, Take, decide

# For each row the facts that hold for it and for no row above it.
ROWS = (
    (Facts(elsewhere=True), Reason.ELSEWHERE, Do.REFUSE),
    (Facts(changed=("record_url",)), Reason.CHANGED, Do.REPLACE),
    (Facts(interrupted=True, runs=False, to_check="x"), Reason.INTERRUPTED, Do.REPLACE),
    (Facts(interrupted=True, ended=True), Reason.INTERRUPTED, Do.REPLACE),
    (Facts(ended=True, acknowledged=True, restart=True), Reason.RESTARTS, Do.REPLACE),
    (Facts(ended=True), Reason.HAS_ENDED, Do.UPDATE),
    (Facts(runs=False, to_check="x"), Reason.HAS_ENDED, Do.UPDATE),
    (Facts(settings=("when_ended",)), Reason.SETTINGS, Do.UPDATE),
    (Facts(renamed=True), Reason.RENAMED, Do.UPDATE),
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


def test_a_sentence_names_paths_and_never_too_many() -> None:
    facts = Facts(changed=("a", "b", "c", "d", "e"))
    assert Reason.CHANGED.sentence(facts) == "restarts because a, b, c and 2 more changed"
    assert "the failed update of 08:01" in Reason.TO_CHECK.sentence(
        Facts(to_check="the failed update of 08:01")
    )


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
