"""What a stack's history of updates says of tasks that may run, or may have been stopped, unseen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any

import attrs

RECENT_S = 60.0


@attrs.frozen
class Failure:
    """An update that failed: a task may run, or may have been stopped, of which there is no trace.

    Attributes:
        stamp: Tells it from every other.
        kind: "update", "destroy" or "refresh".
    """

    stamp: str
    kind: str


@attrs.frozen
class History:
    """What the newest updates of a stack say of tasks that may run unseen; see `stack_state.StackView`."""

    recent: bool = True
    failed: bool = True
    failures: tuple[Failure, ...] = ()
    unanswered: int = 0
    cleared: bool = True


def parse_history(text: str, now: float) -> History:
    """Read what `pulumi stack history --json` prints.

    The update that runs now is "in-progress" where the backend lists it. A killed one may have no entry or
    may be "in-progress" too: its pending creates tell of it.

    Raises:
        ValueError: The text is no history.
    """
    entries = json.loads(text)
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ValueError("no list of updates")
    done = [one for one in entries if one.get("result") != "in-progress"]
    ends = [epoch(one.get("endTime")) for one in done]
    since = list(takewhile(lambda one: _failed(one) or one.get("kind") != "update", done))
    return History(
        recent=any(end is None or abs(now - end) < RECENT_S for end in ends),
        failed=any(_failed(one) and one.get("kind") not in ("refresh", "destroy") for one in done),
        failures=tuple(
            Failure(f"{one.get('endTime')} {one.get('version', '')}".strip(), str(one.get("kind")))
            for one in done
            if _failed(one)
        ),
        unanswered=sum(map(_failed, since)),
        cleared=any(one.get("kind") == "refresh" for one in since),
    )


def _failed(update: Mapping[str, Any]) -> bool:
    return update.get("result") != "succeeded"


def epoch(stamp: object) -> float | None:
    """Seconds since 1970 of a time as the engine writes it; None if it is none."""
    try:
        # Up to Python 3.10 a fraction has 3 or 6 digits; a manifest's has 9.
        return datetime.fromisoformat(re.sub(r"\.\d+", "", str(stamp)).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
