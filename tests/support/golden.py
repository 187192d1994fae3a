"""Golden files of what the CLI prints: compared, or written anew with `GOLDEN=write` in the environment.

Whatever differs from run to run is replaced: times, ids, ports, and the order of what runs side by side.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

WRITES = os.environ.get("GOLDEN") == "write"
_MOST_ROWS = 100
"""Of more, the golden file counts the kinds."""
_ROW = re.compile(r" *([-+~<>=]*) +(pulumi\S*:\S+) (\S+) (.*)")
_VARIES = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)?)?"), "<time>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:<port>"),
    (re.compile(r"\(\d+(\.\d+)?s\)"), "(<time>)"),
    # A RecordId's hash is of the backend's folder.
    (re.compile(r"-[a-z2-7]{20}-(\d)\b"), r"-<hash>-\1"),
)
_DROPPED = frozenset({"sourcePosition", "stackTrace", "duration", "created", "modified", "config"})


def normalised(text: str, names: Mapping[str, str]) -> str:
    """A preview's text.

    Args:
        names: What else to replace, such as TaskIds.
    """
    lines = [_plain(line.rstrip(), names) for line in text.splitlines()]
    begin = next((number for number, line in enumerate(lines) if line in ("Diagnostics:", "Resources:")), 0)
    rows = [found.groups() for line in lines[:begin] if (found := _ROW.fullmatch(line))]
    # The stack's own row shows each message that the diagnostics show.
    kept = dict.fromkeys(row for row in rows if row[1] != "pulumi:pulumi:Stack")
    shown = [" ".join(row).rstrip() for row in sorted(kept, key=lambda row: row[2])]
    if len(shown) > _MOST_ROWS:
        counts = Counter(f"{operation} {kind} … {rest}".rstrip() for operation, kind, _, rest in kept)
        shown = [f"{count} x {row}" for row, count in sorted(counts.items())]
    return "\n".join([*shown, "", *lines[begin:]]).strip() + "\n"


def normalised_json(text: str, names: Mapping[str, str]) -> Any:
    """The same of a preview in JSON, without what says where in the program something stands."""
    return _without(json.loads(_plain(text[text.index("{") :], names)))


def check(path: Path, text: str) -> None:
    """Compare with a golden file, or write it."""
    if WRITES:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert text == path.read_text(), f"{path.name}: if this is right, run it again with GOLDEN=write"


def _plain(text: str, names: Mapping[str, str]) -> str:
    for value, name in names.items():
        text = text.replace(value, name)
    for pattern, name in _VARIES:
        text = pattern.sub(name, text)
    return text


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner) for key, inner in value.items() if key not in _DROPPED}
    return [_without(one) for one in value] if isinstance(value, list) else value
