"""Which values of a recording's inputs are secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Form, Kind, ListOf, Record, Text
from pulumi_trtc.inputs.urls import is_open

Wrap = Callable[[Any], Any]


def is_page(kind: Kind) -> bool:
    """Whether it is a page's URL, which is secret by what it holds."""
    return isinstance(kind, Text) and kind.form is Form.WEB_URL


def is_secret_page(value: Any) -> bool:
    """Whether what stands in the place of a page's URL is secret: only a plain URL is surely none."""
    return not (value is None or (isinstance(value, str) and is_open(value)))


def wrapped(props: Mapping[str, Any], wrap: Wrap) -> dict[str, Any]:
    """Checked inputs with each secret wrapped.

    Args:
        wrap: Takes a secret; it leaves what a preview does not know as it is.
    """
    found: dict[str, Any] = _within(WEB_RECORDING, props, wrap)
    return found


def _within(kind: Kind, value: Any, wrap: Wrap) -> Any:
    if isinstance(kind, Record) and isinstance(value, Mapping):
        fields = {field.key: field for field in kind.fields}
        return {
            key: (wrap(inner) if fields[key].secret else _within(fields[key].kind, inner, wrap))
            if key in fields
            else inner
            for key, inner in value.items()
        }
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_within(kind.item, item, wrap) for item in value]
    return wrap(value) if is_page(kind) and is_secret_page(value) else value
