"""Bodies and addresses without their secrets: the only form in which they are stored, logged or shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from trtc_emulator.request.forms import FORMS
from trtc_emulator.request.shapes import ListOf, Shape, Struct

MASK = "***"
_SECRETS = {"AccessKey", "SecretKey"}
_TEXT = 512
_ITEMS = 256


def mask_url(url: str) -> str:
    """Scheme, host and path of a page; user, query and fragment may hold a secret."""
    try:
        parts = urlsplit(url)
        host = _host(url)
    except ValueError:
        return MASK
    query = f"?{MASK}" if parts.query else ""
    fragment = f"#{MASK}" if parts.fragment else ""
    return f"{parts.scheme}://{host}{parts.path[:_TEXT]}{query}{fragment}" if host else MASK


def mask_cdn_url(url: str) -> str:
    """Scheme and host of a relay address; its path is the stream key."""
    try:
        host = _host(url)
    except ValueError:
        return MASK
    return f"{urlsplit(url).scheme}://{host}/{MASK}" if host else MASK


def mask_body(body: Any) -> Any:
    """A body to show. Names that the API does not have are kept and their values are not: a misspelled
    SecretKey is still a secret.
    """
    return _masked(_EVERY_FIELD, body, "")


def _host(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port}" if host and parts.port else host


def _masked(shape: Shape | None, value: Any, name: str) -> Any:
    if isinstance(shape, Struct) and isinstance(value, dict):
        return {
            key[:_TEXT]: _masked(shape.fields.get(key), item, key)
            for key, item in list(value.items())[:_ITEMS]
        }
    if isinstance(shape, ListOf) and isinstance(value, list):
        return [_masked(shape.item, item, name) for item in value[:_ITEMS]]
    if value is None or isinstance(value, bool):
        return value
    if shape is None or isinstance(shape, (Struct, ListOf)) or name in _SECRETS:
        return MASK
    if isinstance(value, (int, float)):  # 1e400 is read as infinity, which could not be shown as JSON
        return value if abs(value) < 2**63 else MASK
    return _masked_text(value, name) if isinstance(value, str) else MASK


def _masked_text(value: str, name: str) -> str:
    if name == "RecordUrl":
        return mask_url(value)
    if name == "PublishCdnUrl":
        return mask_cdn_url(value)
    return value[:_TEXT]


_EVERY_FIELD = Struct({name: shape for form in FORMS.values() for name, shape in form.fields.items()})
