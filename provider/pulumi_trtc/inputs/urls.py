"""URLs of pages and CDN addresses: what is wrong with one, and which part of it may be shown."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import attrs

RTMP_PORT = 1935
_RTMP_BYTES = 8192
# An application, maybe with an instance or a query, and a stream: the last slash may end neither's name.
# A name with a colon, such as mp4:a/b, may have slashes of its own.
_APPLICATION_AND_STREAM = re.compile(r"/[^/?][^/]*/([^/:]*/.+|[^/]+|[^/:]*:.*)")
_LABEL = re.compile(r"[\w-]{1,63}")
_SCHEME_AND_HOST = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://([\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5}(?![^/?#]))?"
)


@attrs.frozen
class Target:
    """Where an RTMP address points. Two recordings cannot push to one stream at once.

    Attributes:
        stream: Host, port, application and stream, in one spelling and without queries.
        query: Usually a signature that differs each time; with some CDNs it names the stream.
    """

    stream: str = attrs.field(repr=False)
    query: str = attrs.field(repr=False)


def page_fault(text: str) -> str | None:
    """What keeps a text from being a page's URL; None if nothing does."""
    return _fault(text, ("http", "https"))


def rtmp_fault(text: str) -> str | None:
    """What keeps a text from being an RTMP address; None if nothing does. Never says what the text is."""
    fault = _fault(text, ("rtmp",))
    if fault is not None:
        return fault
    if not _APPLICATION_AND_STREAM.fullmatch(_rtmp_path(text)):
        return "needs an application and a stream: rtmp://<host>/<application>/<stream>"
    return "is too long" if len(text.encode()) > _RTMP_BYTES else None


def target(text: str) -> Target:
    """Where an address points; one that is no RTMP address points to itself."""
    if rtmp_fault(text) is not None:
        return Target(text, "")
    parts = urlsplit(text)
    host = (parts.hostname or "").removesuffix(".")
    path, _, query = _rtmp_path(text)[1:].partition("?")
    if "/" not in path:  # the application has a query of its own, and the stream comes after it
        application, (query, _, stream) = path, query.partition("/")
        stream, _, signature = stream.partition("?")
        path, query = f"{application}/{stream}", f"{query}?{signature}"
    return Target(f"{host}:{parts.port or RTMP_PORT}/{path}", query)


def public_part(text: str) -> str | None:
    """Scheme, host and port of a page's URL: any other part may carry a token. None where these cannot be
    told from what may be secret.
    """
    # A user name and password can stand in places that a parser does not recognise in a malformed URL.
    found = None if "@" in text else _SCHEME_AND_HOST.match(text)
    if found is None:
        return None
    return found[0] + ("…" if found.end() < len(text) else "")


def is_open(text: str) -> bool:
    """Whether a page's URL may be shown whole: it has neither user nor query nor fragment."""
    authority, _, _ = text.partition("://")[2].partition("/")
    return page_fault(text) is None and "@" not in authority and "?" not in text and "#" not in text


def _fault(text: str, schemes: tuple[str, ...]) -> str | None:
    # A space is the one white character that counts as printable.
    if not text.isprintable() or " " in text or "\\" in text:
        return "must not hold spaces, backslashes, control or invisible characters"
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname
    except ValueError:
        # The parser's own message quotes the text.
        return f"is not a valid {' or '.join(schemes)} URL: look at host and port"
    if parts.scheme not in schemes:
        return f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if not host or not _is_host(host, parts):
        return "needs a valid host name or IP address"
    if port == 0:
        return "needs a port of 1..65535, or none"
    return None


def _rtmp_path(text: str) -> str:
    """All behind host and port. For RTMP, # is a character as any other."""
    return text.partition("://")[2].removeprefix(urlsplit(text).netloc)


def _is_host(host: str, parts: SplitResult) -> bool:
    in_brackets = parts.netloc.rpartition("@")[2].startswith("[")
    labels = host.removesuffix(".").split(".")
    if in_brackets or labels[-1].isdigit():
        try:
            return ipaddress.ip_address(host).version == (6 if in_brackets else 4)
        except ValueError:
            return False
    return len(host) <= 253 and all(map(_LABEL.fullmatch, labels))
