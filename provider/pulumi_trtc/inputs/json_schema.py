"""The inputs as JSON Schema, for files that declare recordings. Draft 7: the one that editors know."""

from __future__ import annotations

import re
from typing import Any, Final

from pulumi_trtc.inputs.types import Field, Form, Integer, Kind, ListOf, Record, Text

Schema = dict[str, Any]

SECRET: Final[Schema] = {
    "required": ["secure"],
    "properties": {"secure": {"type": "string"}},
    "additionalProperties": False,
}
"""How `pulumi config set --secret` writes a value into a stack's file."""

_AUTHORITY: Final = r"(?:[^\s\\/?#]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^\s\\/?#@:\[\]]+)(?::[0-9]*)?"
_URLS: Final = {
    Form.WEB_URL: rf"[Hh][Tt][Tt][Pp][Ss]?://{_AUTHORITY}(?:[/?#][^\s\\]*)?",
    Form.RTMP_URL: rf"[Rr][Tt][Mm][Pp]://{_AUTHORITY}/+[^\s\\/?#][^\s\\]*",
}
"""Without the finer rules for hosts and ports, which no pattern says in a line."""


def properties(record: Record) -> Schema:
    """A schema for each field, by its Python name. All may be null, which is as if left out."""
    return {field.name: _field(field) for field in record.fields}


def _field(field: Field) -> Schema:
    schema = _kind(field.kind)
    schema["type"] = [*schema["type"], "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return {"description": _about(field), **schema, **_default(field)}


def _kind(kind: Kind) -> Schema:
    match kind:
        case Record():
            return {"type": ["object"], "additionalProperties": False, "properties": properties(kind)}
        case ListOf():
            most = {} if kind.most is None else {"maxItems": kind.most}
            return {"type": ["array"], "minItems": kind.fewest, **most, "items": _item(kind.item)}
        case Integer(choices=()):
            even = {"multipleOf": 2} if kind.even else {}
            return {"type": ["integer"], "minimum": kind.low, "maximum": kind.high, **even}
        case Integer():
            return {"type": ["integer"], "enum": [value for value, _ in kind.choices]}
        case Text():
            return _text(kind)


def _item(kind: Text | Record) -> Schema:
    # A list replaces the default's as a whole: of its items, all that is required is there.
    required = [field.name for field in kind.fields if field.required] if isinstance(kind, Record) else []
    schema = _kind(kind)
    for name in required:
        schema["properties"][name]["type"].remove("null")
    return {**schema, "required": required} if required else schema


def _text(kind: Text) -> Schema:
    if kind.choices:
        return {"type": ["string"], "enum": list(kind.choices)}
    longest = {} if kind.longest is None else {"maxLength": kind.longest}
    pattern = _URLS.get(kind.form) or (kind.form.pattern.pattern if kind.form.pattern else r"[^\u0000]*")
    return {
        "type": ["string", "object"],
        "minLength": kind.shortest,
        **longest,
        # Python's own `$` would let a line end pass.
        "pattern": rf"^(?:{pattern})(?![\s\S])",
        "patternErrorMessage": f"must be {kind.rule}",  # what editors show
        **SECRET,
    }


def _about(field: Field) -> str:
    words = [field.about]
    if isinstance(field.kind, (Integer, Text)):
        words.append(f"It is {field.kind.rule}.")
    if field.required:
        words.append("Required.")
    if field.default:
        words.append(f"Default: {field.default}.")
    if field.secret:
        words.append("Secret: set it with `pulumi config set --path --secret`.")
    return " ".join(words)


def _default(field: Field) -> Schema:
    """The default as a value, where the words begin with one."""
    if isinstance(field.kind, Integer) and (found := re.match(r"\d+", field.default)):
        return {"default": int(found[0])}
    if isinstance(field.kind, Text) and field.default in field.kind.choices:
        return {"default": field.default}
    return {}
