"""Whose certificates are trusted, where a company's proxy puts its own in place of the service's."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from pulumi_trtc.errors import ConfigError

VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""In this order, after `trtc:caBundle`."""


@attrs.frozen
class CaBundle:
    """A file of certificates, or a folder of them as OpenSSL reads it.

    Attributes:
        source: What names it, for people.
    """

    path: Path
    source: str


def ca_bundle(config: Mapping[str, str], environ: Mapping[str, str]) -> CaBundle | None:
    """The bundle that configuration or environment names; None leaves it to the SDK.

    Raises:
        ConfigError: It is none.
    """
    named = {"trtc:caBundle": config.get("trtc:caBundle")}
    named |= {f"environment: {name}": environ.get(name) for name in VARIABLES}
    for source, value in named.items():
        if value or (value is not None and source == "trtc:caBundle"):
            if not value.strip() or "\0" in value:
                raise ConfigError((f"{source}: is no file's name",))
            path = Path(value).expanduser()
            if problem := _problem(path):
                raise ConfigError((f"{source}: {path}: {problem}",))
            return CaBundle(path, source)
    return None


def _problem(path: Path) -> str | None:
    if path.is_dir():
        return None
    try:
        ssl.create_default_context(ssl.Purpose.SERVER_AUTH).load_verify_locations(path)
    except FileNotFoundError:
        return "there is no such file"
    except ssl.SSLError:
        return "holds no certificates in PEM form"
    except OSError as error:
        return f"cannot be read ({type(error).__name__})"
    return None
