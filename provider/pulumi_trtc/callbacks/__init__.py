"""For programs that receive the service's callbacks: check that one is genuine, and read it.

The callback's address and its key are set for each application in the TRTC console. A receiver hands each
POST's raw body and headers to `receive`, and answers with status 200; what is refused, it answers with 403.
The service repeats a callback for a minute until it is taken, so the same event may come more than once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias

from pulumi_trtc.callbacks.events import (
    CdnStatus,
    Event,
    EventType,
    File,
    LimitStatus,
    PageStatus,
    StartStatus,
    parse,
)
from pulumi_trtc.errors import TrtcError

__all__ = [
    "MAX_AGE_S",
    "CallbackRefused",
    "CdnStatus",
    "Event",
    "EventType",
    "File",
    "Headers",
    "LimitStatus",
    "PageStatus",
    "StartStatus",
    "parse",
    "receive",
    "verify",
]

MAX_AGE_S = 300.0
"""The service repeats for a minute; the rest is for clocks that differ."""


class HasItems(Protocol):
    """Headers that are no mapping and yet have `items`, as those of Python's own `http.server`."""

    def items(self) -> Iterable[tuple[str, object]]:
        """Names and values."""


Headers: TypeAlias = (
    Mapping[str, object]
    | Mapping[bytes, bytes]
    | HasItems
    | Iterable[tuple[str, str]]
    | Iterable[tuple[bytes, bytes]]
)
"""As frameworks hand them over: a mapping or pairs, text or ASGI's bytes, any case; or a WSGI environ."""

_NAMES = ("sign", "http_sign")
"""The header's name, and what WSGI makes of it."""

_SHAPE = "headers must be a mapping, or pairs of name and value"


class CallbackRefused(TrtcError):  # noqa: N818  named for what came of it, as all errors here
    """The callback is not from the service, or too old to be believed."""


def verify(body: bytes, sign: str, key: str) -> bool:
    """Whether `sign`, the header of that name, is base64(HMAC-SHA256(key, body)). Takes constant time.

    Args:
        body: As it arrived, byte for byte.
        sign: The header's value.
        key: As set in the console. An empty one signs nothing: the result is False.

    Raises:
        TypeError: An argument is of another type.
    """
    _check("body", body, bytes, bytearray, memoryview)
    _check("sign", sign, str)
    _check("key", key, str)
    if not key:
        return False
    wanted = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(wanted, sign.strip().encode("utf-8", "replace"))


def receive(body: bytes, headers: Headers, key: str, now: float, max_age: float = MAX_AGE_S) -> Event:
    """Read a callback, if it is genuine and fresh.

    Args:
        body: As it arrived, byte for byte.
        headers: As they arrived.
        key: As set in the console.
        now: Seconds since 1970, of the receiver's clock.
        max_age: Seconds that the message's own time may be away from it. Within them, who has seen a message
            can repeat it; a receiver for which that matters remembers what it has taken.

    Raises:
        CallbackRefused: The signature is missing or wrong, or the message is too old or from the future.
        TypeError: An argument is of another type.
        ValueError: It is signed, and yet no callback; or the key is empty.
    """
    _check("key", key, str)
    _check("now", now, float, int)
    _check("max_age", max_age, float, int)
    if not key:
        raise ValueError("the key is empty: set one for the callback in the console")
    sign = _sign(headers)
    if sign is None:
        raise CallbackRefused("the callback is not signed: the header Sign is missing")
    if not verify(body, sign, key):
        raise CallbackRefused("the callback's signature is wrong")
    event = parse(bytes(body))
    # In whole numbers: what was signed may still be too large for a float.
    if abs(int(now * 1000) - event.sent_ms) > max_age * 1000:
        raise CallbackRefused(f"the callback's time is more than {max_age:g} s away")
    return event


def _sign(headers: Headers) -> str | None:
    items = getattr(headers, "items", None)
    pairs: Any = items() if callable(items) else headers
    if not isinstance(pairs, Iterable):
        raise TypeError(f"{_SHAPE}; they are {type(headers).__name__}")
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(f"{_SHAPE}; one of them is {type(pair).__name__}")
        if _text("a header's name", pair[0]).lower() in _NAMES:
            return _text("the header Sign", pair[1])
    return None


def _text(what: str, value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    _check(what, value, str)
    return str(value)


def _check(what: str, value: object, *types: type) -> None:
    if not isinstance(value, types):
        raise TypeError(f"{what} must be {types[0].__name__}; it is {type(value).__name__}")
