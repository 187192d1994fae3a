"""Which config values are secret: Pulumi tells a program that some of a list are, and not which."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs
import yaml

_MARK = "secure"
ALL: Final = {_MARK: ""}
"""As a file writes a value that is secret as a whole."""


@attrs.frozen
class Secret:
    """A text that is secret."""

    value: str = attrs.field(repr=False)


def written(file: Path, key: str, value: Any) -> Any:
    """A config value as the stack's settings file has it, with the marks of what is secret in it.

    Args:
        file: It need not be the one that the CLI has read: `--config-file` may name another.
        key: Full, such as "web-recordings:recordings".
        value: As the program is handed it.

    Returns:
        ALL, where the file does not tell.
    """
    try:
        found = yaml.safe_load(file.read_text("utf-8-sig"))["config"][key]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return ALL
    return found if _holds_mark(found) and _is(value, found) else ALL


def marked(value: Any, wrote: Any) -> Any:
    """A value with each text in a `Secret` that is marked where it was written."""
    if _is_mark(wrote):
        return _wholly(value)
    if isinstance(value, dict) and isinstance(wrote, Mapping):
        return {key: marked(inner, wrote.get(key)) for key, inner in value.items()}
    if isinstance(value, list) and isinstance(wrote, list):
        return [marked(inner, one) for inner, one in zip(value, wrote, strict=True)]
    return value


def _wholly(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wholly(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_wholly, value))
    return Secret(value) if isinstance(value, str) else value


def _is_mark(wrote: Any) -> bool:
    return isinstance(wrote, Mapping) and wrote.keys() == {_MARK}


def _holds_mark(wrote: Any) -> bool:
    if isinstance(wrote, Mapping):
        return _is_mark(wrote) or any(map(_holds_mark, wrote.values()))
    return isinstance(wrote, list) and any(map(_holds_mark, wrote))


def _is(value: Any, wrote: Any) -> bool:
    """Whether this was written, as far as it is not secret."""
    if _is_mark(wrote):
        return True
    if isinstance(value, dict) and isinstance(wrote, Mapping):
        return value.keys() == wrote.keys() and all(_is(value[key], wrote[key]) for key in value)
    if isinstance(value, list) and isinstance(wrote, list):
        return len(value) == len(wrote) and all(map(_is, value, wrote))
    return bool(value == wrote)
