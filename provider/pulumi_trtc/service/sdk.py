"""The official SDK's clients, set up so that each request is sent once, by the way that was configured, and
nothing is said of it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.settings.credentials import Credentials
from pulumi_trtc.settings.read import Settings

NewClient = Callable[[Any, str, Any], Any]
"""Takes a credential, a region and a profile."""


def sdk_client(
    new: NewClient, settings: Settings, host: str, *, protocol: str = "https", local: bool = False
) -> Any:
    """A client of the SDK's. It is for one thread.

    Args:
        new: Makes it.
        host: Where it sends to, with the port where one is given.
        local: Whether that is this machine: no proxy is on the way.

    Raises:
        ConfigError: The proxy that is set for the way there cannot be used.
    """
    from tencentcloud.common.profile.client_profile import ClientProfile  # noqa: PLC0415
    from tencentcloud.common.profile.http_profile import HttpProfile  # noqa: PLC0415
    from tencentcloud.common.retry import NoopRetryer  # noqa: PLC0415

    # At DEBUG the SDK writes whole bodies, storage keys included. A filter holds whatever level, handler
    # or logging configuration comes later.
    logging.getLogger("tencentcloud_sdk_common").addFilter(_drop)
    client = new(
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
    connection = client.request.conn
    # The SDK looks for its host's whole name in NO_PROXY; `requests` reads it as everybody does.
    connection.proxy = None if local else proxies_for(protocol, host)
    _tame(connection._session)
    return client


def sdk_credential(credentials: Credentials) -> Any:
    """Credentials as the SDK's clients take them."""
    from tencentcloud.common.credential import Credential  # noqa: PLC0415

    return Credential(credentials.secret_id, credentials.secret_key, credentials.token)


def proxies_for(protocol: str, host: str) -> dict[str, str]:
    """The proxies for a host, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in either case.

    Raises:
        ConfigError: The one that is set cannot be used. What it is is not repeated: it may hold a password.
    """
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415

    # With its port: NO_PROXY may name one.
    port = "" if urlsplit(f"//{host}").port else {"http": ":80", "https": ":443"}[protocol]
    url = f"{protocol}://{host}{port}/"
    found: dict[str, str] = get_environ_proxies(url)
    proxy = select_proxy(url, found)
    if proxy and (problem := _proxy_problem(proxy)):
        raise ConfigError((f"environment: the proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY): {problem}",))
    return found


def _proxy_problem(proxy: str) -> str | None:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    # An @ behind the host: the password ended the host's name too early.
    if not host or "@" in parts.path + parts.query + parts.fragment:
        return (
            "it is not scheme://user:password@host:port; in a user or password, # / ? @ and : are written "
            "%23 %2F %3F %40 and %3A"
        )
    if parts.scheme.startswith("socks") and importlib.util.find_spec("socks") is None:
        return "a socks proxy needs the package PySocks: `pip install PySocks`"
    if parts.scheme not in ("http", "https", "socks4", "socks4a", "socks5", "socks5h"):
        return "it must be an http, https or socks address"
    return None


def shown_proxy(settings: Settings) -> str:
    """The proxy on the way to the service, without its login; "none" if there is none."""
    from requests.utils import select_proxy  # noqa: PLC0415

    if settings.is_local:
        return "none"
    url = f"{settings.protocol}://{settings.host}/"
    proxy = select_proxy(url, proxies_for(settings.protocol, settings.host))
    return proxy.rpartition("@")[2].partition("://")[2] or proxy.rpartition("@")[2] if proxy else "none"


def proxy_secrets(client: Any) -> tuple[str, ...]:
    """The users and passwords of a client's proxies, as written and in clear."""
    found = [urlsplit(one).netloc.rpartition("@")[0] for one in (client.request.conn.proxy or {}).values()]
    parts = [*found, *(part for one in found for part in one.split(":", 1))]
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
