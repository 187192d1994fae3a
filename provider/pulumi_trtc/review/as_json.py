"""A report as JSON, for programs: in full, amounts exact and as text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from pulumi_trtc.review.prices import Cost, Total
from pulumi_trtc.review.report import Report
from pulumi_trtc.review.rows import Row
from pulumi_trtc.review.words import error_lines, notes


def as_json(report: Report) -> str:
    """The report."""
    found = {
        "stack": report.stack,
        "title": report.title,
        "failed": bool(report.errors),
        "errors": ["\n".join(error_lines(one)) for one in report.errors],
        "flags": [one.words.format(*one.names) for one in report.flags],
        "recordings": [_row(row) for row in report.rows],
        "unchanged": report.unchanged,
        "others": dict(report.others),
        "currency": report.prices.currency,
        "total": {"before": _total(report.before), "after": _total(report.after)},
        "notes": [*notes(report)],
    }
    return json.dumps(found, indent=2) + "\n"


def _row(row: Row) -> dict[str, Any]:
    return {
        "action": row.action.name.lower(),
        "name": row.name,
        "urn": row.urn,
        "why": f"{row.why} {row.quoted}".strip(),
        "values": [{"path": one.path, "old": one.old, "new": one.new} for one in row.values],
        "footage": row.footage.words,
        "footage_lost": row.footage.lost,
        "before": _cost(row.before),
        "after": _cost(row.after),
    }


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "hour": _amount(cost.hour),
        "most": _amount(cost.most),
        "size_unknown": cost.at_most,
        "hour_each_cdn_address": _amount(cost.each) if cost.each else None,
        "no_amount": cost.why or None,
    }


def _total(total: Total) -> dict[str, Any]:
    return {
        "hour": _amount(total.hour),
        "most": _amount(total.most),
        "size_unknown": total.at_most,
        "without_amount": total.unpriced,
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"
