"""The RecordId: the idempotency key of a start. Derived from who declares the recording, never from what it
records.

With the inputs in the hash, a task that a killed update left could not be found again once they have changed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

# The last character counts the attempts. So few that all can be looked at, and more than are used up while a
# service remembers ended ones.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
ATTEMPTS = len(_DIGITS)
_SLUG = re.compile(r"[^a-z0-9]+")


def derive(backend: str, stack: str, urn: str) -> str:
    """The RecordId of a recording's first attempt, 31 of `[a-z0-9-]` at most, "lecture-<hash>-0".

    Args:
        backend: Where the stack's state lives: two backends may hold stacks of one name.
        stack: "organization/project/stack".
        urn: The resource's URN; it holds the names of its parents.
    """
    digest = hashlib.sha256("\n".join((backend, stack, urn)).encode()).digest()
    name = _SLUG.sub("-", urn.rsplit("::", 1)[-1].lower()).strip("-")[:8].strip("-") or "r"
    return f"{name}-{base64.b32encode(digest).decode().lower()[:20]}-0"


def attempt(record_id: str, digit: int) -> str:
    """The derived RecordId of the same recording with another attempt digit."""
    return f"{record_id[:-1]}{_DIGITS[digit % ATTEMPTS]}"


def digit_of(record_id: str) -> int:
    """The attempt digit of a derived RecordId."""
    return _DIGITS.index(record_id[-1])


def is_attempt_of(record_id: str | None, derived: str) -> bool:
    """Whether a RecordId is one of the derived one's attempts."""
    return bool(record_id) and record_id is not None and record_id[:-1] == derived[:-1]


def attempts_from(derived: str, first: int) -> Iterator[str]:
    """Every attempt's RecordId once, in the order in which they are tried."""
    return (attempt(derived, first + step) for step in range(ATTEMPTS))
