"""A report as Markdown for a comment of any forge: a table, no raw HTML but the marker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

from pulumi_trtc.review.report import Report
from pulumi_trtc.review.rows import Action, Row, counted
from pulumi_trtc.review.words import (
    LONGEST_NAME,
    MOST_ERRORS,
    at_most,
    change,
    error_lines,
    hourly,
    notes,
    others,
    totals,
    visible,
)

LONGEST: Final = 60_000
"""A forge's comment holds 65,536 characters."""

MOST_FLAGS: Final = 20
MOST_VALUES: Final = 8


def marker(stack: str) -> str:
    """A comment that nobody sees: by it a script finds the comment of this stack again."""
    return f"<!-- pulumi-trtc review: {quote(stack, safe='/').replace('--', '-%2D')} -->"


def markdown(report: Report) -> str:
    """The report; its last rows are left out where it would be longer than LONGEST."""
    before, after = _before(report), _after(report)
    lines = [_row(row) for row in report.rows]
    room = LONGEST - len(before) - len(after) - len(_left_out(report.rows))
    kept = 0
    while kept < len(lines) and (room := room - len(lines[kept])) >= 0:
        kept += 1
    return before + "".join(lines[:kept]) + _left_out(report.rows[kept:]) + after


def code(text: str) -> str:
    """A text as it is, also in a table: forges find neither markup nor mentions in it."""
    cut = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
    return f"`{''.join(_IN_CODE.get(one) or visible(one) for one in cut).strip() or '(blank)'}`"


# A backslash before a pipe would take the pipe's own escape away.
_IN_CODE: Final = {"|": "\\|", "`": "\\x60", "\\": "\\x5c"}


def _before(report: Report) -> str:
    stack = f" of {code(report.stack)}" if report.stack else ""
    parts = [f"{marker(report.stack)}\n## Recordings{stack}: {report.title}\n"]
    parts += _errors(report.errors)
    if report.errors and report.rows:
        parts.append("\nThe preview ends there: it does not say all that would change.\n")
    if report.flags:
        parts.append("\n")
    parts += [
        f"- **Look:** {flag.words.format(*map(code, flag.names))}\n" for flag in report.flags[:MOST_FLAGS]
    ]
    if len(report.flags) > MOST_FLAGS:
        parts.append(f"- {len(report.flags) - MOST_FLAGS} more like these\n")
    if report.rows:
        currency = report.prices.currency
        amounts = f"{currency} an hour | {currency} at most"
        parts.append(
            f"\n| What | Recording | Why | Footage | {amounts} |\n| --- | --- | --- | --- | ---: | ---: |\n"
        )
    return "".join(parts)


def _errors(errors: Sequence[str]) -> Iterator[str]:
    for error in errors[:MOST_ERRORS]:
        text = "\n".join(error_lines(error))
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
        yield f"\n{fence}text\n{text}\n{fence}\n"
    if len(errors) > MOST_ERRORS:
        yield f"\n{len(errors) - MOST_ERRORS} more errors.\n"


def _row(row: Row) -> str:
    lost = f"**{row.footage.words}**" if row.footage.lost else row.footage.words
    cells = (
        f"**{row.action.one}**" if row.action is Action.STOPS else row.action.one,
        code(row.name),
        _why(row),
        lost,
        change(hourly(row.before), hourly(row.after)),
        at_most(row.after),
    )
    return f"| {' | '.join(cells)} |\n"


def _why(row: Row) -> str:
    shown = row.values[:MOST_VALUES]
    # The sentence names a single one already.
    paths = [f"{one.path}: " if len(row.values) > 1 or one.path not in row.why else "" for one in shown]
    values = [f"{path}{code(one.old)} → {code(one.new)}" for path, one in zip(paths, shown, strict=True)]
    quoted = f" {code(row.quoted)}" if row.quoted else ""
    rest = [f"{len(row.values) - len(shown)} more values"] if len(row.values) > len(shown) else []
    return "; ".join([f"{row.why}{quoted}", *values, *rest])


def _after(report: Report) -> str:
    lines = [*totals(report), *notes(report), *filter(None, [others(report)])]
    return "\n" + "".join(f"- {line}\n" for line in lines) if lines else ""


def _left_out(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    return f"\n**{len(rows)} more recordings were cut off: {counted(rows)}.**\n"
