"""Keys of a dict that no input has: what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Container
from typing import Any, Final

from pulumi_trtc.inputs.check_values import SHOWN_CHARACTERS, in_words, shown
from pulumi_trtc.inputs.table import walk
from pulumi_trtc.inputs.types import Field, Record

_PLACES: Final = {spelling: path for path, field in walk() for spelling in field.spellings}


def key_fault(record: Record, key: Any, others: Container[Any]) -> str | None:
    """What is wrong with a key of a record's dict, which has `others` too; None if nothing is."""
    if not isinstance(key, str):
        return f"the key must be a string; it is {in_words(key)}"
    known = record.named(key)
    if known is None:
        return f"is not an input of {record.name}{_hint(record, key)}"
    if key == known.key:
        return None
    return f"is given twice, also as {known.key}" if known.key in others else f"must be written {known.key}"


def key_path(path: str, key: Any) -> str:
    """The path of a key that may be anything, in a dict with a path of its own."""
    if isinstance(key, str) and key.isidentifier() and key.isascii() and len(key) <= SHOWN_CHARACTERS:
        return f"{path}.{key}" if path else key
    return f"{path}[{shown(key) if isinstance(key, str) else '?'}]"


def _hint(record: Record, key: str) -> str:
    if key in _PLACES:
        return f"; it belongs at {_PLACES[key]}"
    names = {field.key.lower(): field for field in record.fields}
    # The length is bounded: difflib takes quadratic time.
    close = difflib.get_close_matches(key.replace("_", "").lower()[:100], names, n=1)
    if close:
        return f"; did you mean {_spelled_like(key, names[close[0]])}?"
    return f"; it has {', '.join(_spelled_like(key, field) for field in record.fields)}"


def _spelled_like(key: str, field: Field) -> str:
    if "_" in key:
        return field.name
    return field.api if key[:1].isupper() else field.key
