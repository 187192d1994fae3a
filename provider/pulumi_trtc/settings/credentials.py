"""API credentials: where they are looked for, in which order, and what is said when there are none."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import attrs

from pulumi_trtc.errors import ConfigError, MissingCredentials, TrtcError

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
class Role:
    """A role, of which STS gives temporary keys.

    Attributes:
        source: Where it is named, for people.
        arn: Which one it is.
        action: STS's: AssumeRole, or AssumeRoleWithWebIdentity, which needs no keys.
        params: The action's parameters, made anew for each renewal: a token's file is renewed, too.
    """

    source: str
    arn: str
    action: str
    params: Callable[[], Mapping[str, Any]] = attrs.field(repr=False, eq=False)

    @property
    def needs_keys(self) -> bool:
        """Whether a pair of keys assumes it."""
        return self.action == "AssumeRole"


class Sts(Protocol):
    """The vendor's security token service."""

    def assume(self, role: Role, keys: Credentials | None) -> Found:
        """Temporary keys of a role.

        Raises:
            ApiError: It gave none.
        """


@attrs.frozen
class Found:
    """What a place holds, as it stands there; empty is not set.

    Attributes:
        role: To be assumed with the pair, or without one.
    """

    secret_id: str = attrs.field(default="", repr=False)
    secret_key: str = attrs.field(default="", repr=False)
    token: str = attrs.field(default="", repr=False)
    expires: float | None = None
    role: Role | None = None


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

    def look(self) -> Found | str:
        """What it holds, checked; or a text for people, if it has nothing.

        Raises:
            ConfigError: It has half a pair, or something that is no key.
        """
        found = self.read()
        if isinstance(found, str) or (found.role is not None and not found.role.needs_keys):
            return found
        if not found.secret_id and not found.secret_key and not found.token and not found.role:
            return f"{' and '.join(self.keys)} are not set"
        if problems := self._problems(found):
            raise ConfigError(problems)
        return found

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


def written(path: Path) -> str:
    """A file's text, without the mark that Windows' programs begin one with.

    Raises:
        OSError, UnicodeDecodeError: It cannot be read.
    """
    return path.read_text("utf-8-sig")


def moment(value: Any) -> float:
    """When temporary keys end, in seconds since 1970, of what somebody says of it.

    Raises:
        ValueError, TypeError: It is no time.
    """
    found = float(value)
    if not math.isfinite(found):
        raise ValueError("no time")
    return found


def bad_key(value: str) -> str | None:
    """Why a value cannot be a key, without naming the value; None if it can."""
    if not _VALUE.fullmatch(value):
        return "holds white space or a character that no key has (was it pasted with a line end?)"
    return None


@attrs.define
class CredentialChain:
    """Looks through places in order, once; again only when what it found is about to expire.

    Attributes:
        places: Gives them: what reads them is loaded for the first request, and a preview makes none.
        role: What configuration or environment names: it is assumed with whatever pair is found.
    """

    places: Callable[[], tuple[Place, ...]]
    now: Callable[[], float]
    role: Role | None = None
    _found: Credentials | None = attrs.field(default=None, init=False, repr=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def get(self, sts: Sts) -> Credentials:
        """The first complete pair, or the keys of the role that it assumes.

        Raises:
            MissingCredentials: No place has one.
            ConfigError: A place has half a pair, or cannot be read.
            ApiError: STS gave no keys of the role.
        """
        with self._lock:
            if self._found is None or self._left(self._found) < _RENEW_BEFORE_S:
                try:
                    self._found = self._search(sts)
                except TrtcError:
                    # They are renewed early: what is left of them serves until that works.
                    if self._found is None or self._left(self._found) <= 0:
                        raise
            return self._found

    def _left(self, found: Credentials) -> float:
        return float("inf") if found.expires is None else found.expires - self.now()

    def _search(self, sts: Sts) -> Credentials:
        if self.role is not None and not self.role.needs_keys:
            return _assumed(self.role, None, sts)
        looked = []
        for place in self.places():
            found = place.look()
            if isinstance(found, str):
                looked.append(f"{place.name}: {found}")
                continue
            role = self.role or found.role
            if role is None:
                return _credentials(found, place.name)
            return _assumed(role, _credentials(found, place.name) if role.needs_keys else None, sts)
        raise MissingCredentials(tuple(looked))


def _credentials(found: Found, source: str) -> Credentials:
    return Credentials(found.secret_id, found.secret_key, found.token or None, source, found.expires)


def _assumed(role: Role, keys: Credentials | None, sts: Sts) -> Credentials:
    by = "" if keys is None else f", assumed with the keys of: {keys.source}"
    return _credentials(sts.assume(role, keys), f"{role.source}: role {role.arn}{by}")
