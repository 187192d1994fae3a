"""What all formats say in the same words: amounts, totals, notes, and the texts of others made harmless."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

from pulumi_trtc.review.prices import Cost
from pulumi_trtc.review.report import Report
from pulumi_trtc.review.values import hosts_only

LONGEST_NAME: Final = 100
MOST_ERRORS: Final = 20
LONGEST_ERROR: Final = 1500
NO_AMOUNT: Final = "-"
_CENT: Final = Decimal("0.01")
# Categories of characters that nobody sees, or that turn others around.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, longest: int = LONGEST_NAME) -> str:
    """A text on one line whose every character is seen; others stand as `\\u202e`."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(_escaped(one) if unicodedata.category(one) in _UNSEEN else one for one in cut)


def error_lines(error: str) -> list[str]:
    """An error, line by line, of URLs the hosts alone."""
    cut = error if len(error) <= LONGEST_ERROR else f"{error[:LONGEST_ERROR]}…"
    return [visible(line, LONGEST_ERROR) for line in hosts_only(cut).splitlines() if line.strip()]


def hourly(cost: Cost) -> str:
    """What an hour costs."""
    return _with_each(cost, cost.hour, cost.each, rounded)


def at_most(cost: Cost) -> str:
    """What is due at most, until the limit."""
    return _with_each(cost, cost.most, cost.each_most, rounded_up)


def rounded(amount: Decimal) -> str:
    """To cents, half of one up."""
    return f"{amount.quantize(_CENT, ROUND_HALF_UP):,}"


def rounded_up(amount: Decimal) -> str:
    """To cents, up: it is at most so much."""
    return f"{amount.quantize(_CENT, ROUND_CEILING):,}"


def change(before: str, after: str) -> str:
    """Both sides, or one where they are the same."""
    return after if before == after else f"{before} → {after}"


def totals(report: Report) -> Iterator[str]:
    """The totals and their difference."""
    prices, before, after = report.prices, report.before, report.after
    if prices.free or not prices.tiers or not (report.rows or report.unchanged):
        return
    which = "" if report.unchanged else " of what changes"
    bound = "≤ " if after.at_most else ""
    hour = f"{bound}{change(rounded(before.hour), rounded(after.hour))}"
    most = f"{bound}{change(rounded_up(before.most), rounded_up(after.most))}"
    yield (
        f"Total{which}, in {prices.currency}: {hour} an hour{_difference(after.hour - before.hour)}, "
        f"at most {most} until each reaches its limit{_difference(after.most - before.most)}"
    )


def notes(report: Report) -> Iterator[str]:
    """What is in the amounts, and what is not."""
    costs = [one for row in report.rows for one in (row.before, row.after)]
    if report.over:
        yield f"{_recordings(report.over)} ended earlier, and nothing starts again."
    if report.unchanged and not report.prices.free:
        yield f"{_recordings(report.unchanged)} unchanged, and in the total."
    if report.prices.free:
        yield from [f"No amounts: {report.prices.source}."] if costs else []
        return
    yield from (f"No amount: {why}." for why in dict.fromkeys(one.why for one in costs if one.why))
    if any(one.each for one in costs):
        yield "The preview hides how many CDN addresses there are: what each costs is in no total."
    if any(one.at_most for one in costs):
        yield "≤: a size is not known yet; the dearer price was taken."
    if report.before.hour or report.after.hour:
        yield (
            f"Prices: {report.prices.source}. Without the monthly package and storage. "
            "An hour is rounded to cents, at most is rounded up. A restart begins the limit anew."
        )


def others(report: Report) -> str:
    """How many other resources change; "" for none."""
    parts = (f"{count} {_PAST.get(op, op)}" for op, count in report.others.items())
    return f"Other resources: {', '.join(parts)}." if report.others else ""


_PAST: Final = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}


def _with_each(cost: Cost, amount: Decimal | None, each: Decimal, shown: Callable[[Decimal], str]) -> str:
    if amount is None:
        return NO_AMOUNT
    more = f" + {shown(each)} a CDN address" if each else ""
    return f"{'≤ ' if cost.at_most else ''}{shown(amount)}{more}"


def _difference(amount: Decimal) -> str:
    return f" ({amount.quantize(_CENT, ROUND_HALF_UP):+,})" if amount else ""


def _recordings(count: int) -> str:
    return "1 recording" if count == 1 else f"{count} recordings"


def _escaped(character: str) -> str:
    code = ord(character)
    return _SHORT.get(character) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
