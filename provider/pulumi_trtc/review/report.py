"""A preview as a report for people: what stops, restarts and starts, why, and what it costs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from pulumi_trtc.review.fates import Fate, fates_of
from pulumi_trtc.review.flags import Flag, flags_of
from pulumi_trtc.review.preview import Preview, Side, Step
from pulumi_trtc.review.prices import Cost, Prices, Total, cost_of, prices_of
from pulumi_trtc.review.rows import Action, Row, Rows, counted
from pulumi_trtc.review.why import unnamed_ends
from pulumi_trtc.stack.state import PROVIDERS, name_in, settings_of

_PLUMBING = ("pulumi:pulumi:Stack", "pulumi:providers:")
_ORDER = list(Action)


@attrs.frozen
class Report:
    """All that a review says.

    Attributes:
        rows: What a reviewer has to look at first, first.
        flags: What looks like a mistake.
        others: How many other resources change, by operation.
        unchanged: How many recordings run on unchanged and are in the totals; none without `--show-sames`.
        over: How many have ended, and an earlier update has told so.
        prices: Those of the stack.
        errors: Why the preview failed.
    """

    stack: str
    rows: tuple[Row, ...]
    flags: tuple[Flag, ...]
    others: Mapping[str, int]
    unchanged: int
    over: int
    before: Total
    after: Total
    prices: Prices
    errors: tuple[str, ...]

    @property
    def title(self) -> str:
        """What matters, in a line."""
        failed = "the preview failed" if self.errors else ""
        return ", ".join(filter(None, (failed, counted(self.rows)))) or "nothing changes"


def report_of(preview: Preview) -> Report:
    """Make the report."""
    fates = list(fates_of(one for one in preview.steps if one.is_recording).values())
    labels = _labels(fates)
    deleted = frozenset(one.urn for one in preview.steps if one.op == "delete")
    pricing = _Pricing(preview)
    make = Rows(preview.told, pricing.cost, deleted)
    found = (make.of(one, labels[one.urn]) for one in fates)
    rows = sorted(
        filter(None, found), key=lambda row: (_ORDER.index(row.action), not row.footage.lost, row.name)
    )
    changed = {row.urn for row in rows}
    stay = [one for one in fates if one.stays and one.urn not in changed]
    same = [pricing.cost(one.old) for one in stay if one.old and not one.was_over]
    return Report(
        stack=preview.stack,
        rows=tuple(rows),
        flags=(*_unnamed(fates, preview.told), *flags_of(fates, labels)),
        others=_others(preview.steps),
        unchanged=len(same),
        over=len(stay) - len(same),
        before=Total.of([*(row.before for row in rows), *same]),
        after=Total.of([*(row.after for row in rows), *same]),
        prices=pricing.stack,
        errors=preview.errors,
    )


class _Pricing:
    """What each recording costs: a provider of its own has a configuration of its own."""

    def __init__(self, preview: Preview) -> None:
        self.stack = prices_of(preview.config)
        self._others = {
            one.name: prices_of(
                {key: str(value) for key, value in settings_of(one.type, one.new.inputs).items()}
            )
            for one in preview.steps
            if one.type in PROVIDERS and one.new
        }

    def cost(self, side: Side) -> Cost:
        """What a recording costs while it runs."""
        if not side.provider:
            return cost_of(side.props, self.stack)
        prices = self._others.get(side.provider)
        why = "its provider's configuration is not in the preview: add --show-sames"
        return cost_of(side.props, prices) if prices else Cost(None, why=why)


def _unnamed(fates: Iterable[Fate], told: Sequence[str]) -> Iterator[Flag]:
    """What a refresh alone has found, which no step tells."""
    count = 0 if any(one.updates or one.starts for one in fates) else unnamed_ends(told)
    if count:
        yield Flag(f"{count} more recordings have ended; the preview names only the first", ())


def _labels(fates: Iterable[Fate]) -> Mapping[str, str]:
    """Each recording's name, with its parent's where several are called so."""
    names = Counter(one.name for one in fates)

    def label(one: Fate) -> str:
        side = one.new or one.old
        return f"{name_in(side.parent)}/{one.name}" if names[one.name] > 1 and side else one.name

    return {one.urn: label(one) for one in fates}


def _others(steps: Iterable[Step]) -> Mapping[str, int]:
    """How many other resources change, by operation; of a replacement's steps one counts."""
    found: dict[str, str] = {}
    for one in steps:
        if one.is_recording or one.type.startswith(_PLUMBING) or one.op in ("same", "read", "refresh"):
            continue
        found[one.urn] = "replace" if "replace" in one.op else one.op
    return dict(sorted(Counter(found.values()).items()))
