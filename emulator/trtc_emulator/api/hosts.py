"""Which hosts are this machine's own, and from which page a request comes: what its headers say of both."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web


def origin_host(request: web.Request) -> str | None:
    """The host of the page that sent the request, with its port: None is no page, "" one that has none."""
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def from_another_site(request: web.Request) -> bool:
    """Whether the page that sent the request is neither of this machine nor of the address it came in on.
    Browsers name the page in every POST, and clients that are none name no page.
    """
    host = origin_host(request)
    return host is not None and not is_loopback(host) and not is_bound(host, request)


def is_loopback(host: str) -> bool:
    """Whether a host, as it stands in a header, is localhost, of 127.0.0.0/8, or [::1]."""
    if _name(host) == "localhost":
        return True
    address = _address(_name(host))
    return address is not None and address.is_loopback


def is_bound(host: str, request: web.Request) -> bool:
    """Whether a host is the address that the request came in on."""
    if request.transport is None:
        return False
    socket = request.transport.get_extra_info("sockname")
    address = _address(_name(host))
    return address is not None and socket is not None and address == _address(str(socket[0]))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
