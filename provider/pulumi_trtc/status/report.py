"""How `status` shows its rows: a table for people, and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timezone

import attrs

from pulumi_trtc.status.accounts import Account
from pulumi_trtc.status.rows import Row, Status

VERSION = 1
"""Of the JSON. New keys may come at any time; what is there changes its meaning only with this."""

# What is long comes last: TaskIds have 90 characters and more.
_HEADER = ("STATUS", "NAME", "SINCE", "LEFT", "NOTE", "RECORDID", "PLACE", "TASKID", "STORAGE")
_ORDER = list(Status)
_COUNTS = {
    Status.ENDED: ("has ended", "have ended"),
    Status.UNKNOWN: ("is unknown", "are unknown"),
    Status.RECORDING: ("is recording", "are recording"),
}
_ENDED = (
    "What has ended: `pulumi refresh` notes it in the state; then `pulumi up` starts it again where "
    '`when_ended` is "restart", else `pulumi up --replace URN` does.'
)


@attrs.frozen
class Report:
    """What `status` has found.

    Attributes:
        stack: "project/stack"; "" for one without any resource.
        accounts: Where it was asked.
        now: Seconds since 1970.
        exit_status: The command's.
    """

    stack: str
    rows: Sequence[Row]
    accounts: Collection[Account]
    now: float
    exit_status: int


def as_text(report: Report) -> str:
    """A line for each recording, ended ones first; then how many there are, and what to do."""
    of = f"stack {report.stack}" if report.stack else "the stack"
    if not report.rows:
        return f"No recordings in {of}."
    table = _table(report.rows, report.now)
    return "\n".join((*_asked(report, of), "", *table, "", _summary(report.rows), *_advice(report.rows)))


def as_json(report: Report) -> str:
    """The same for programs; no secret is in it."""
    rows = report.rows
    told = {
        "version": VERSION,
        "stack": report.stack or None,
        "exitStatus": report.exit_status,
        "counts": {one.value: _counts(rows)[one] for one in _ORDER},
        "asked": [
            {
                "provider": one.provider,
                "site": one.site,
                "place": one.place,
                "credentials": one.credentials,
            }
            for one in report.accounts
        ],
        "recordings": [_entry(one, report.now) for one in _sorted(rows)],
        "advice": _advice(rows),
    }
    return json.dumps(told, indent=2)


def _entry(row: Row, now: float) -> dict[str, object]:
    left = _left(row, now)
    return {
        "name": row.name,
        "urn": row.urn,
        "status": row.status.value,
        "taskId": row.task_id or None,
        "recordId": row.record_id or None,
        "place": row.place or None,
        "startedAt": _stamp(row.started_at),
        "endsAt": _stamp(row.ends_at),
        "secondsLeft": None if left is None else int(left),
        "storageLocation": row.storage_location or None,
        "acknowledged": row.acknowledged,
        "readOnly": row.read,
        "replaced": row.replaced,
        "note": row.note or None,
    }


def _asked(report: Report, of: str) -> Iterator[str]:
    yield f"Recordings of {of}."
    for one in report.accounts:
        by = f" for provider {one.provider}" if len(report.accounts) > 1 else ""
        yield _plain(f"Asked{by} at {one.place}, site {one.site}, with credentials from: {one.credentials}.")


def _table(rows: Sequence[Row], now: float) -> list[str]:
    times = Counter(name for name, _ in {(one.name, one.path) for one in rows})
    table = [_HEADER]
    for row in _sorted(rows):
        left = _left(row, now)
        table.append(
            (
                row.status.value,
                # Recordings of two components may have one name.
                row.name if times[row.name] == 1 else row.path,
                _stamp(row.started_at) or "",
                "" if left is None else f"{int(left) // 3600}h{int(left) // 60 % 60:02}m",
                row.note,
                row.record_id,
                row.place,
                row.task_id,
                row.storage_location,
            )
        )
    cells = [[_plain(cell) or "-" for cell in line] for line in table]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _sorted(rows: Sequence[Row]) -> list[Row]:
    def rank(row: Row) -> tuple[object, ...]:
        return row.replaced, _ORDER.index(row.status), row.acknowledged, row.name, row.urn

    return sorted(rows, key=rank)


def _counts(rows: Sequence[Row]) -> Counter[Status]:
    return Counter(one.status for one in rows if not one.replaced)


def _summary(rows: Sequence[Row]) -> str:
    counts = _counts(rows)
    parts = [f"{counts[one]} {_COUNTS[one][counts[one] != 1]}" for one in _ORDER if counts[one]]
    if seen := sum(one.acknowledged and not one.replaced for one in rows):
        parts[0] += f" ({seen} acknowledged)"
    return f"{', '.join(parts)}." if parts else "The stack declares no recording any more."


def _advice(rows: Sequence[Row]) -> list[str]:
    ended = any(one.status is Status.ENDED and not (one.acknowledged or one.replaced) for one in rows)
    found = [_ENDED] if ended else []
    return list(dict.fromkeys([*found, *(one.advice for one in _sorted(rows) if one.advice)]))


def _left(row: Row, now: float) -> float | None:
    runs = row.status is Status.RECORDING and row.ends_at is not None
    return max(0.0, row.ends_at - now) if runs and row.ends_at is not None else None


def _stamp(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(text: str) -> str:
    """A text of somebody else's in one line, without what moves a terminal's cursor."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)
