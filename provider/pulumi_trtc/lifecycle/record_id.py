"""The RecordId: the idempotency key of a start. Derived from who declares the recording, never from what it
records.

With the inputs in the hash, a task that a killed update left could not be found again once they have changed.
"""

from __future__ import annotations

import base64
import hashlib
import re

import attrs

# The last character counts the attempts. So few that all can be looked at, and more than are used up while a
# service remembers ended ones.
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
ATTEMPTS = len(_DIGITS)
CANDIDATES = 3
"""So many attempts a create tries, unless the service still remembers ended ones."""
_SLUG = re.compile(r"[^a-z0-9]+")
_DERIVED = re.compile(r"([a-z0-9-]{1,8}-[a-z2-7]{20}-)([0-9a-z])")


@attrs.frozen
class Identity:
    """Which recording it is, whatever it is called: what all its derived RecordIds have in common.

    Given at its first create, and kept when an alias renames it.

    Attributes:
        base: "lecture-<hash>-", 30 of `[a-z0-9-]` at most.
    """

    base: str

    @classmethod
    def derive(cls, backend: str, stack: str, urn: str, salt: int = 0) -> Identity:
        """The identity of a recording that is declared for the first time.

        Args:
            backend: Where the stack's state lives: two backends may hold stacks of one name.
            stack: "organization/project/stack".
            urn: The resource's URN; it holds the names of its parents.
            salt: Above 0 where the one without it belongs to a recording that had this name once.
        """
        parts = (backend, stack, urn, *((str(salt),) if salt else ()))
        digest = hashlib.sha256("\n".join(parts).encode()).digest()
        name = _SLUG.sub("-", urn.rsplit("::", 1)[-1].lower()).strip("-")[:8].strip("-") or "r"
        return cls(f"{name}-{base64.b32encode(digest).decode().lower()[:20]}-")

    @classmethod
    def of(cls, record_id: object) -> Identity | None:
        """The identity that a RecordId was derived of; None if it was not derived."""
        found = _DERIVED.fullmatch(record_id) if isinstance(record_id, str) else None
        return cls(found[1]) if found else None

    def attempt(self, number: int) -> str:
        """The RecordId of an attempt, counted from 0."""
        return f"{self.base}{_DIGITS[number % ATTEMPTS]}"


def attempt_of(record_id: str, least: int = 0) -> int:
    """The number, `least` or above, of the attempt that a derived RecordId stands for."""
    return least + (_DIGITS.index(record_id[-1]) - least) % ATTEMPTS
