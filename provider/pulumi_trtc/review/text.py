"""A report for a terminal or a log: no table, no markup."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_trtc.review.report import Report
from pulumi_trtc.review.rows import Row
from pulumi_trtc.review.words import at_most, change, error_lines, hourly, notes, others, totals, visible


def text(report: Report) -> str:
    """The report, in full."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    stack = f" of {visible(report.stack)}" if report.stack else ""
    yield f"Recordings{stack}: {report.title}"
    for error in report.errors:
        yield from ("", *error_lines(error))
    for flag in report.flags:
        yield from ("", f"Look: {flag.words.format(*map(visible, flag.names))}")
    for row in report.rows:
        yield from ("", *_row(row, report.prices.currency))
    last = [*totals(report), *notes(report), *filter(None, [others(report)])]
    yield from ("", *last) if last else ()


def _row(row: Row, currency: str) -> Iterator[str]:
    quoted = f" {visible(row.quoted)}" if row.quoted else ""
    yield f"{visible(row.name)} {row.action.one}"
    yield f"  why: {row.why}{quoted}"
    for one in row.values:
        yield f"    {one.path}: {visible(one.old)} → {visible(one.new)}"
    yield f"  footage: {row.footage.words}"
    an_hour = change(hourly(row.before), hourly(row.after))
    yield f"  {currency}: {an_hour} an hour, at most {at_most(row.after)}"
