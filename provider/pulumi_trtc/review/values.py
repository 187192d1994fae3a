"""What of a recording's inputs may be shown: never a secret, of a URL the host alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.inputs.table import UNKNOWN, WEB_RECORDING
from pulumi_trtc.inputs.types import Field, Form, Integer, Kind, ListOf, Record, Text
from pulumi_trtc.inputs.urls import public_part
from pulumi_trtc.review.preview import SECRET

HIDDEN: Final = "(not shown)"
HIDES: Final = "(secret)"
_URLS = (Form.WEB_URL, Form.RTMP_URL)
_MOST_ITEMS = 5
# "http:// or https://;" in a message is no URL.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?![;,.)])[^\s'\"<>`]+")
_PART = re.compile(r"([a-z0-9_]+)|\[([0-9]+)\]")


@attrs.frozen
class Value:
    """An input that differs, each side as it may be shown."""

    path: str
    old: str
    new: str

    @property
    def is_shown(self) -> bool:
        """Whether the two sides tell anything."""
        return self.old != self.new


def value_at(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Value:
    """Both sides of an input.

    Args:
        path: As `changes.compare` gives it, such as `storage_params.cloud_storage.bucket`.
        old: Properties under their state keys.
        new: The same.
    """
    return Value(path, *(_shown(*_find(path, props)) for props in (old, new)))


def hosts_only(text: str) -> str:
    """A text that others wrote, with each URL in it cut to what may be shown."""
    return _URL.sub(lambda found: public_part(found[0]) or f"{found[0].partition('://')[0]}://…", text)


def field_at(key: str) -> Field | None:
    """The input of a top-level state key."""
    return next((field for field in WEB_RECORDING.fields if field.key == key), None)


def _find(path: str, props: Mapping[str, Any]) -> tuple[Kind, Any, bool]:
    """The kind, the value, and whether it is a secret by the table."""
    kind: Kind = WEB_RECORDING
    value: Any = props
    secret = False
    for name, index in _PART.findall(path):
        if isinstance(kind, ListOf) and index:
            kind, at = kind.item, int(index)
            value = value[at] if isinstance(value, list) and at < len(value) else value
        elif isinstance(kind, Record):
            field = kind.named(name)
            if field is None:
                return Text(), None, True
            kind, secret = field.kind, secret or field.secret
            value = value.get(field.key) if isinstance(value, Mapping) else value
    return kind, value, secret


def _shown(kind: Kind, value: Any, secret: bool = False) -> str:
    if value is None:
        return "none"
    if value is UNKNOWN:
        return "not known yet"
    return HIDES if secret or value == SECRET else _open(kind, value) or HIDDEN


def _open(kind: Kind, value: Any) -> str | None:
    """What may be shown of a known value that is no secret."""
    match kind, value:
        case Integer(choices=choices), _ if (number := whole(value)) is not None:
            meaning = dict(choices).get(number)
            found: str | None = f"{number} ({meaning})" if meaning else str(number)
        case Text(form=form), str() if form in _URLS:
            found = public_part(value)
        case Text(), str():
            found = value if _is_open(kind, value) else None
        case ListOf(item=item), list():
            found = _listed([_shown(item, one) for one in value])
        case Record(fields=fields), Mapping():
            given = ((field, value.get(field.key)) for field in fields)
            shown = (
                f"{field.name} {_shown(field.kind, one, field.secret)}"
                for field, one in given
                if one is not None
            )
            found = ", ".join(shown)
        case _:
            found = None
    return found


def _is_open(kind: Text, value: str) -> bool:
    if kind.choices:
        return value in kind.choices
    return kind.form.is_open and kind.form.pattern is not None and bool(kind.form.pattern.fullmatch(value))


def _listed(items: list[str]) -> str:
    rest = len(items) - _MOST_ITEMS
    return f"[{', '.join(items[:_MOST_ITEMS])}{f' and {rest} more' if rest > 0 else ''}]"
