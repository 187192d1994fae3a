"""One recording's row: what happens to it, why, what becomes of its footage, and what it costs."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from typing import Final

import attrs

from pulumi_trtc.review.fates import Fate
from pulumi_trtc.review.preview import Side
from pulumi_trtc.review.prices import FREE, Cost
from pulumi_trtc.review.values import Value
from pulumi_trtc.review.why import Why, end_of, why


class Action(enum.Enum):
    """What happens to a recording, of one and of several; in the order in which a reviewer has to look."""

    STOPS = "stops", "stop"
    RESTARTS = "restarts", "restart"
    UNKNOWN = "changes in an unknown way", "change in an unknown way"
    LET_GO = "is let go", "are let go"
    STARTS = "starts", "start"
    ENDED = "has ended", "have ended"
    TAKEN = "is taken over", "are taken over"
    UPDATES = "changes in place", "change in place"
    LEAVES = "leaves the stack", "leave the stack"

    def __init__(self, one: str, several: str) -> None:
        self.one = one
        self.several = several


@attrs.frozen
class Footage:
    """What becomes of a recording's footage, in words, and whether some is lost."""

    words: str
    lost: bool = False


ENDS: Final = Footage("ends; what was recorded stays", lost=True)
RUNS_ON: Final = Footage("none lost; it runs on")
BEGINS: Final = Footage("begins")
OVERLAPS: Final = Footage("none lost; continues in a new file")
REPLACED: Final = Footage("ends; the one that is taken over runs on", lost=True)
GAP: Final = Footage("gap: the old one stops before the new one starts", lost=True)
ORDER_UNKNOWN: Final = Footage("order unknown: preview with --show-replacement-steps", lost=True)
SINCE: Final = Footage("gap since it ended", lost=True)
NOT_KNOWN: Final = Footage("not known", lost=True)
NO_MORE: Final = Footage("none since it ended")


@attrs.frozen
class Row:
    """A recording that changes.

    Attributes:
        name: Its name; with its parent's where several are called so.
        why: A sentence with paths, no values.
        quoted: What others wrote, to follow it.
        values: The changed values that may be shown.
    """

    action: Action
    name: str
    urn: str
    why: str
    footage: Footage
    before: Cost = FREE
    after: Cost = FREE
    values: tuple[Value, ...] = ()
    quoted: str = ""

    @classmethod
    def of(
        cls,
        fate: Fate,
        action: Action,
        words: str,
        footage: Footage,
        *,
        before: Cost = FREE,
        after: Cost = FREE,
        values: tuple[Value, ...] = (),
    ) -> Row:
        """The row of a recording, under its own name."""
        return cls(action, fate.name, fate.urn, words, footage, before, after, values)


def counted(rows: Iterable[Row]) -> str:
    """How many rows there are of each action; "" for none."""
    counts = Counter(row.action for row in rows)
    return ", ".join(
        f"{counts[one]} {one.one if counts[one] == 1 else one.several}" for one in Action if counts[one]
    )


@attrs.frozen
class Rows:
    """Makes the rows of one preview.

    Attributes:
        told: What it has printed, line by line.
        cost: What a recording costs while it runs.
        deleted: The URNs of all resources that it deletes.
    """

    told: Sequence[str]
    cost: Callable[[Side], Cost]
    deleted: Set[str]

    def of(self, fate: Fate, name: str) -> Row | None:
        """The row of a recording, as it is called here; None if nothing happens to it."""
        found = self._found(fate)
        return found and attrs.evolve(found, name=name)

    def _found(self, fate: Fate) -> Row | None:
        if fate.unknown:
            words = "an operation that this version does not know:"
            row = Row.of(
                fate, Action.UNKNOWN, words, NOT_KNOWN, before=self._ran(fate), after=self._runs(fate)
            )
            return attrs.evolve(row, quoted=", ".join(fate.unknown))
        if fate.starts and fate.stops:
            return self._replaced(fate)
        if fate.takes:
            return Row.of(fate, Action.TAKEN, "it runs already", RUNS_ON, after=self._runs(fate))
        if fate.starts:
            return Row.of(fate, Action.STARTS, "new in the stack", BEGINS, after=self._runs(fate))
        return self._deleted(fate) if fate.stops else self._kept(fate)

    def _replaced(self, fate: Fate) -> Row:
        found = why(fate, self.told)
        return Row.of(
            fate,
            Action.RESTARTS,
            found.sentence,
            self._footage(fate, found),
            before=FREE if found.is_over else self._ran(fate),
            after=self._runs(fate),
            values=found.values,
        )

    def _deleted(self, fate: Fate) -> Row:
        if fate.was_over:
            return Row.of(fate, Action.LEAVES, "has ended, and is deleted from the stack", NO_MORE)
        before, option = self._ran(fate), fate.old and fate.old.let_go(self.deleted)
        if option:
            words = f"deleted from the stack, not stopped: {option}"
            return Row.of(fate, Action.LET_GO, words, RUNS_ON, before=before, after=before)
        return Row.of(fate, Action.STOPS, "deleted from the stack", ENDS, before=before)

    def _kept(self, fate: Fate) -> Row | None:
        if not fate.updates:
            ended = end_of(fate, self.told) if fate.stays and not fate.was_over else ""
            return Row.of(fate, Action.ENDED, ended, NO_MORE) if ended else None
        found = why(fate, self.told)
        if found.is_over:
            return Row.of(fate, Action.ENDED, found.sentence, NO_MORE, values=found.values)
        before, after = self._ran(fate), self._runs(fate)
        row = Row.of(fate, Action.UPDATES, found.sentence, RUNS_ON, before=before, after=after)
        return attrs.evolve(row, values=found.values)

    def _footage(self, fate: Fate, found: Why) -> Footage:
        """What becomes of the footage of a recording that is replaced."""
        if found.is_over:
            return SINCE
        if "adopt" in found.changes.replaces:
            return REPLACED
        if option := fate.old and fate.old.let_go(self.deleted):
            return Footage(f"none lost; the old one runs on beside the new one ({option})")
        if fate.stop_first or found.changes.stop_first or (fate.forced and fate.both_push):
            return GAP
        return ORDER_UNKNOWN if fate.stop_first is None else OVERLAPS

    def _ran(self, fate: Fate) -> Cost:
        return self.cost(fate.old) if fate.old and not fate.old.read and not fate.was_over else FREE

    def _runs(self, fate: Fate) -> Cost:
        return self.cost(fate.new) if fate.new and not fate.new.read else FREE
