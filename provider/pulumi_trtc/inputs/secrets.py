"""Which values of a recording's inputs are secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Field, Form, Kind, ListOf, Record, Text, holds_secret
from pulumi_trtc.inputs.urls import is_open

Wrap = Callable[[Any], Any]

_LOCATION = (
    "storageParams.cloudStorage.bucket",
    "storageParams.cloudStorage.fileNamePrefix",
    "storageParams.cloudVod.tencentVod.subAppId",
)
"""What `body.storage_location` is made of."""


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


def marked(
    value: Any, is_marked: Callable[[Any], bool], kind: Kind = WEB_RECORDING, path: str = ""
) -> Iterator[tuple[str, Any]]:
    """The marked ones of a recording's inputs, with the paths of their state keys, a list's for its items;
    without what the table itself calls secret.
    """
    if is_marked(value):
        yield path, value
    elif isinstance(kind, Record) and isinstance(value, Mapping):
        for key, inner in value.items():
            field = kind.named(key) if isinstance(key, str) else None
            if field is not None and not _is_secret(field):
                yield from marked(inner, is_marked, field.kind, f"{path}.{field.key}" if path else field.key)
    elif isinstance(kind, ListOf) and isinstance(value, (list, tuple)):
        for item in value:
            yield from marked(item, is_marked, kind.item, path)


def hides_location(paths: Iterable[str]) -> bool:
    """Whether the place of a recording's files is made of what a program marks as secret, by its paths."""
    return any(part == path or part.startswith(f"{path}.") for path in paths for part in _LOCATION)


def _is_secret(field: Field) -> bool:
    return (
        field.secret or is_page(field.kind) or (isinstance(field.kind, ListOf) and holds_secret(field.kind))
    )


def _inside(field: Field | None, value: Any, wrap: Wrap) -> Any:
    if field is None:
        return value
    return wrap(value) if field.secret else _within(field.kind, value, wrap)


def _within(kind: Kind, value: Any, wrap: Wrap) -> Any:
    if isinstance(kind, Record) and isinstance(value, Mapping):
        return {key: _inside(kind.named(key), inner, wrap) for key, inner in value.items()}
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_within(kind.item, item, wrap) for item in value]
    return wrap(value) if is_page(kind) and is_secret_page(value) else value
