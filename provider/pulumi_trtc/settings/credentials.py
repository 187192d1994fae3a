"""API credentials: where they are looked for, in which order, and what is said when there are none."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import attrs

from pulumi_trtc.errors import ConfigError, MissingCredentials

_RENEW_BEFORE_S = 300.0
"""Temporary credentials are renewed this long before they end: a signature may be as old as that."""

_VALUE = re.compile(r"[\x21-\x7e]+")


@attrs.frozen
class Credentials:
    """A pair of API keys.

    Attributes:
        secret_id, secret_key: The pair.
        token: Belongs to temporary pairs.
        source: Where it was found, for people.
        expires: When it ends, in seconds since 1970; None if that is not known.
    """

    secret_id: str = attrs.field(repr=False)
    secret_key: str = attrs.field(repr=False)
    token: str | None = attrs.field(repr=False)
    source: str
    expires: float | None = None


@attrs.frozen
class Found:
    """What a place holds, as it stands there; empty is not set."""

    secret_id: str = attrs.field(default="", repr=False)
    secret_key: str = attrs.field(default="", repr=False)
    token: str = attrs.field(default="", repr=False)
    expires: float | None = None


@attrs.frozen
class Place:
    """Somewhere credentials can be.

    Attributes:
        name: For people: "environment", or a file's name.
        keys: What the two values are called there.
        read: Gives what it holds; a text says why there is nothing to read.
    """

    name: str
    keys: tuple[str, str]
    read: Callable[[], Found | str] = attrs.field(repr=False)

    def look(self) -> Credentials | str:
        """The pair; or a text for people, if the place has none.

        Raises:
            ConfigError: It has half a pair, or something that is no key.
        """
        found = self.read()
        if isinstance(found, str):
            return found
        if not found.secret_id and not found.secret_key and not found.token:
            return f"{' and '.join(self.keys)} are not set"
        if problems := self._problems(found):
            raise ConfigError(problems)
        return Credentials(found.secret_id, found.secret_key, found.token or None, self.name, found.expires)

    def _problems(self, found: Found) -> tuple[str, ...]:
        problems = []
        for key, value in zip(self.keys, (found.secret_id, found.secret_key), strict=True):
            if not value:
                problems.append(f"{self.name}: {key} is missing, and the rest of the pair is set")
            elif problem := bad_key(value):
                problems.append(f"{self.name}: {key} {problem}")
        if found.token and (problem := bad_key(found.token)):
            problems.append(f"{self.name}: the token {problem}")
        return tuple(problems)


def bad_key(value: str) -> str | None:
    """Why a value cannot be a key, without naming the value; None if it can."""
    if not _VALUE.fullmatch(value):
        return "holds white space or a character that no key has (was it pasted with a line end?)"
    return None


@attrs.define
class CredentialChain:
    """Looks through places in order, once; again only when what it found is about to expire."""

    places: tuple[Place, ...]
    now: Callable[[], float]
    _found: Credentials | None = attrs.field(default=None, init=False, repr=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def get(self) -> Credentials:
        """The first complete pair.

        Raises:
            MissingCredentials: No place has one.
            ConfigError: A place has half a pair, or cannot be read.
        """
        with self._lock:
            if self._found is None or self._is_ending(self._found):
                self._found = self._search()
            return self._found

    def _is_ending(self, found: Credentials) -> bool:
        return found.expires is not None and found.expires - self.now() < _RENEW_BEFORE_S

    def _search(self) -> Credentials:
        looked = []
        for place in self.places:
            found = place.look()
            if isinstance(found, Credentials):
                return found
            looked.append(f"{place.name}: {found}")
        raise MissingCredentials(tuple(looked))
