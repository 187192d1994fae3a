"""The official SDK's clients, set up so that each request is sent once, by the way that was configured, and
nothing is said of it.
"""

from __future__ import annotations

import importlib.util
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pulumi_trtc.errors import ApiError, ConfigError
from pulumi_trtc.service.answers import Call
from pulumi_trtc.settings.credentials import Credentials
from pulumi_trtc.settings.read import Settings

NewClient = Callable[[Any, str, Any], Any]
"""Takes a credential, a region and a profile."""

_ENDS_A_HOST = re.compile(r"[\s\\]")
"""What some readers of addresses take for the end of a host's name, and others for a part of a password."""


class SdkClient:
    """One client of the SDK's. It is for one thread.

    Args:
        new: Makes it.
        host: Where it sends to, with the port where one is given.
        local: Whether that is this machine: no proxy is on the way.

    Raises:
        ConfigError: The proxy that is set for the way there cannot be used.
    """

    def __init__(
        self, new: NewClient, settings: Settings, host: str, *, protocol: str = "https", local: bool = False
    ) -> None:
        import importlib.metadata  # noqa: PLC0415  a preview makes no client

        from tencentcloud.common.profile.client_profile import ClientProfile  # noqa: PLC0415
        from tencentcloud.common.profile.http_profile import HttpProfile  # noqa: PLC0415
        from tencentcloud.common.retry import NoopRetryer  # noqa: PLC0415

        # At DEBUG the SDK writes whole bodies, storage keys included. A filter holds whatever level, handler
        # or logging configuration comes later.
        logging.getLogger("tencentcloud_sdk_common").addFilter(_drop)
        self._client = new(
            None,
            settings.region,
            ClientProfile(
                httpProfile=HttpProfile(
                    protocol=protocol,
                    endpoint=host,
                    reqTimeout=settings.request_timeout,
                    # Left to itself the SDK takes certifi's file, whatever the environment names.
                    certification=None if settings.ca_bundle is None else str(settings.ca_bundle.path),
                ),
                language="en-US",
                disable_region_breaker=True,
                request_client=f"pulumi-trtc-{importlib.metadata.version('pulumi-trtc')}",
                retryer=NoopRetryer(),
            ),
        )
        proxy = None if local else proxy_for(protocol, host)
        self._proxy_secrets = _login(proxy or "")
        self._status: int | None = None
        connection = self._client.request.conn
        # The SDK looks for its host's whole name in NO_PROXY; `requests` reads it as everybody does.
        connection.proxy = {protocol: proxy} if proxy else {}
        _tame(connection._session)
        connection._session.hooks["response"].append(self._note_status)

    def ask(
        self, call: Call, params: Mapping[str, Any], keys: Credentials | None
    ) -> Mapping[str, Any] | ApiError:
        """The answer of one request, or why there is none. That is handed back and not raised: the SDK's own
        exception, with its texts as they came, must not stay with it.

        Args:
            call: Which action, and what its failures tell.
            keys: Sign the request; None sends it unsigned.
        """
        from tencentcloud.common.credential import Credential  # noqa: PLC0415

        call = call.hiding(*self._proxy_secrets)
        if keys is not None:
            call = call.hiding(keys.secret_id, keys.secret_key, keys.token or "")
        self._client.credential = keys and Credential(keys.secret_id, keys.secret_key, keys.token)
        options = {"SkipSign": True} if keys is None else {}
        self._status = None
        try:
            return call.content(self._client.call_json(call.action, dict(params), options=options))
        except Exception as error:  # noqa: BLE001  whatever it was, the request may have been carried out
            return call.failure(error, self._status)

    def _note_status(self, response: Any, **_options: Any) -> None:
        self._status = response.status_code


def proxy_for(protocol: str, host: str) -> str | None:
    """The proxy on the way to a host, with its login; None if there is none. It is the one that HTTPS_PROXY,
    HTTP_PROXY, ALL_PROXY and NO_PROXY name, in either case.

    Raises:
        ConfigError: It cannot be used. What it is is not repeated: it may hold a password.
    """
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415

    # With its port: NO_PROXY may name one.
    port = "" if urlsplit(f"//{host}").port else {"http": ":80", "https": ":443"}[protocol]
    url = f"{protocol}://{host}{port}/"
    proxy: str | None = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if problem := _proxy_problem(proxy):
        raise ConfigError((f"environment: the proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY): {problem}",))
    return proxy


def _proxy_problem(proxy: str) -> str | None:
    from urllib3.exceptions import LocationParseError  # noqa: PLC0415
    from urllib3.util import parse_url  # noqa: PLC0415

    try:
        # Both read it when it is used, and differ in where a password ends.
        parts, plain = parse_url(proxy), urlsplit(proxy)
        is_plain = parts.host is not None and parts.host.strip("[]") == plain.hostname
    except (LocationParseError, ValueError):
        is_plain = False
    if not is_plain or _ENDS_A_HOST.search(proxy) or f"{plain.path}{plain.query}{plain.fragment}" not in "/":
        return (
            "it is not scheme://user:password@host:port; in a user or password, # / ? @ \\ : and white space "
            "are written %23 %2F %3F %40 %5C %3A %20"
        )
    if not _is_latin(unquote(parts.auth or "")):
        return "its user or password has characters that cannot be sent to a proxy"
    if str(parts.scheme).startswith("socks") and importlib.util.find_spec("socks") is None:
        return "a socks proxy needs the package PySocks: `pip install PySocks`"
    if parts.scheme not in ("http", "https", "socks4", "socks4a", "socks5", "socks5h"):
        return "it must be an http, https or socks address"
    return None


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)


def _login(proxy: str) -> tuple[str, ...]:
    """A proxy's user and password, as written and in clear."""
    found = urlsplit(proxy).netloc.rpartition("@")[0]
    parts = (found, *found.split(":", 1))
    return tuple(dict.fromkeys(part for one in parts for part in (one, unquote(one)) if part))


def _tame(session: Any) -> None:
    """Keep the HTTP session from what `requests` does unasked."""
    # Without an `auth` of its own it takes one from ~/.netrc, in place of the signature.
    session.auth = lambda request: request
    # A redirect would carry the body, storage keys included, to another host.
    session.resolve_redirects = lambda *_args, **_options: iter(())
    # All that it would read there has been read.
    session.trust_env = False


def _drop(_record: logging.LogRecord) -> bool:
    return False
