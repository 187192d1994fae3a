"""An RTMP address in its parts, split as ffmpeg splits it: what cannot be split cannot be relayed to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import attrs

DEFAULT_PORT = 1935
_LABEL = re.compile(r"[\w-]{1,63}")
_NEEDED = "rtmp://<host>/<application>/<stream> is needed"


class AddressError(ValueError):
    """It is no address to relay to. The message never holds it."""


@attrs.frozen
class Address:
    """Where a stream is published.

    Attributes:
        app: The application; a second level of the path, its instance, and a query before the stream belong
            to it.
        stream: All that follows, with its query: the stream key.
    """

    host: str
    port: int
    app: str = attrs.field(repr=False)
    stream: str = attrs.field(repr=False)

    @property
    def base(self) -> str:
        """The address without the stream and the user."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORT else f":{self.port}"
        return f"rtmp://{host}{port}/{self.app}"

    @classmethod
    def parse(cls, url: str) -> Address:
        """Split an address. Raises AddressError."""
        if any(not character.isprintable() or character in " \\" for character in url):
            raise AddressError("it has spaces, backslashes or invisible characters in it")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", DEFAULT_PORT if parts.port is None else parts.port
        except ValueError:
            raise AddressError("its host or port is none") from None
        if parts.scheme != "rtmp":
            raise AddressError(_NEEDED)
        if not port or not _is_host(host, parts):
            raise AddressError("its host or port is none")
        # Not of `parts`: for RTMP, # is a character as any other.
        app, stream = _split(url[len("rtmp://") + len(parts.netloc) :])
        if not app or app[0] in "/?" or not stream:
            raise AddressError(_NEEDED)
        return cls(host, port, app, stream)


def _split(path: str) -> tuple[str, str]:
    """The application ends at the second slash after the host's, or at the first where no other follows, or
    where what follows it is a name such as `mp4:a/b`. A slash in a query counts as any other.
    """
    if not path.startswith("/"):
        return "", ""
    app, _, rest = path[1:].partition("/")
    instance, slash, stream = rest.partition("/")
    if not slash or ":" in instance:
        return app, rest
    return f"{app}/{instance}", stream


def _is_host(host: str, parts: SplitResult) -> bool:
    in_brackets = parts.netloc.rpartition("@")[2].startswith("[")
    labels = host.removesuffix(".").split(".")
    try:
        if in_brackets:
            ipaddress.IPv6Address(host)
        elif labels[-1].isdigit():
            ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return in_brackets or (len(host) <= 253 and all(map(_LABEL.fullmatch, labels)))
