"""Takes secrets out of texts that others wrote: the API's messages may repeat what a request held."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Form, Kind, ListOf, Record, Text

HIDDEN = "[hidden]"

_SHORTEST = 4
"""Shorter values are not looked for: they would blot out every text, and no secret is so short."""

_SHORTEST_QUERY_VALUE = 6
"""A page's query also holds plain words; only what can be a token is looked for by itself."""

_USERINFO = re.compile(r"(?<=://)[^/\s@'\"]+@")


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace every secret in a text, in clear, URL-encoded, JSON-escaped or base64, in any case of letters.

    User names and passwords in URLs go too, of whatever URL: a proxy's address may hold them.
    """
    forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    if forms:
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        text = re.sub("|".join(map(re.escape, longest_first)), HIDDEN, text, flags=re.IGNORECASE)
    return _USERINFO.sub(f"{HIDDEN}@", text)


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield quote(raw)
    yield quote(raw, safe="")
    yield quote_plus(raw)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield base64.b64encode(raw).decode()
    yield base64.urlsafe_b64encode(raw).decode()
    # Inside a longer text, base64 depends on where the secret begins: three alignments, without the
    # characters at both ends that mix with the neighbours.
    for skip in range(3):
        encoded = base64.b64encode(b"\0" * skip + raw)
        inner = encoded[(0, 2, 3)[skip] : len(encoded) // 4 * 4 - (0, 3, 2)[(skip + len(raw)) % 3]].decode()
        if len(inner) >= _SHORTEST:
            yield inner
            yield inner.translate(str.maketrans("+/", "-_"))


def secrets_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The secret values of a request's body: what the table of inputs calls secret, and a page's URL but its
    host.
    """
    return tuple(one for one in _secrets(WEB_RECORDING, body, is_secret=False) if one)


def _secrets(kind: Kind, value: Any, *, is_secret: bool) -> Iterator[str]:
    match kind, value:
        case Record(), Mapping():
            for field in kind.fields:
                yield from _secrets(field.kind, value.get(field.api), is_secret=field.secret)
        case ListOf(), list():
            for item in value:
                yield from _secrets(kind.item, item, is_secret=is_secret)
        case Text(form=Form.WEB_URL), str():
            yield from _url_secrets(value)
        case Text(form=Form.RTMP_URL), str():
            # The last part of a CDN's address is the stream key, which may be repeated alone.
            yield from (value, value.rpartition("/")[2])
        case Text(), str() if is_secret:
            yield value


def _url_secrets(url: str) -> Iterator[str]:
    _, _, rest = url.partition("://")
    head, slash, tail = rest.partition("/")
    yield slash + tail
    parts = urlsplit(url)
    yield from filter(None, (parts.query, parts.fragment, parts.username, parts.password))
    if len(parts.path) >= _SHORTEST_QUERY_VALUE:
        yield unquote(parts.path)
    if "@" in head:
        yield head.rpartition("@")[0]
    for _, value in parse_qsl(parts.query):
        if len(value) >= _SHORTEST_QUERY_VALUE:
            yield value
