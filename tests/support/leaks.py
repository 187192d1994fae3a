"""Searches everything that a secret could have got into, in every form that it could have there."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

_ENGINE_S_OWN = re.compile(
    rb'(?:\{"time":"[^"]*","level":"INFO","msg":"|[IWEF]\d{4} [\d:.]+ +\d+ [\w.]+:\d+\] )'
    rb"(?:(?:M|Unm)arshaling property for RPC\[|Planner decided (?:not )?to |Transform: ).*\n"
)


def forms(secret: str) -> set[bytes]:
    """A secret in clear, URL-encoded, JSON-escaped and base64, there also inside of a longer text."""
    texts = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    raw = {text.encode() for text in texts}
    return raw | {piece for text in raw for piece in _base64(text)}


def leaks(places: Mapping[str, bytes], secrets: Mapping[str, str]) -> list[str]:
    """Where which secret was found, with the characters around it."""
    wanted = [(name, form) for name, secret in secrets.items() for form in sorted(forms(secret))]
    return [
        f"{name} in {place}: {content[max(0, at - 100) : at + 100]!r}"
        for place, content in places.items()
        for name, form in wanted
        if (at := content.find(form)) >= 0
    ]


def files_below(folder: Path) -> dict[str, bytes]:
    """What every file below a folder holds, without the engine's own lines; but the program, which is given
    its secrets, as text and as Python compiles it.
    """
    paths = (path for path in folder.rglob("*") if path.is_file() and not _is_program(path))
    return {str(path): without_engine_s_own(path.read_bytes()) for path in paths}


def without_engine_s_own(log: bytes) -> bytes:
    """A log of `-v=9` without the lines in which Pulumi's engine itself writes property values.

    It does so for every provider, secrets included: where it (un)marshals properties for a call, where its
    planner names a resource's inputs, and where it hands them to a program's transforms. Both forms of its
    log are known, JSON and glog. What providers and programs print comes as other lines, and stays. An entry
    can begin in the middle of a line that stdout has begun.
    """
    return _ENGINE_S_OWN.sub(b"", log)


def _is_program(path: Path) -> bool:
    is_compiled = path.parent.name == "__pycache__" and path.name.startswith("__main__.")
    return path.name == "__main__.py" or is_compiled


def _base64(raw: bytes) -> Iterator[bytes]:
    """Both alphabets, at each of the three places where a group of three bytes can begin."""
    for skip in range(3):
        encoded = base64.b64encode(bytes(skip) + raw)
        # The groups at both ends mix with their neighbours.
        inner = encoded[4 if skip else 0 : len(encoded) - 4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))
