"""Which properties differ, each with its path: what a preview shows of a change, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from pulumi_trtc.inputs.changes import plain
from pulumi_trtc.inputs.table import WEB_RECORDING

ADD, DELETE, UPDATE = PropertyDiff.ADD, PropertyDiff.DELETE, PropertyDiff.UPDATE


def detailed(
    old: Mapping[str, Any], new: Mapping[str, Any], replaces: Collection[str]
) -> dict[str, PropertyDiff]:
    """Pulumi's detailed diff.

    Args:
        old, new: Inputs, `recordId` only where the user gives it.
        replaces: The keys that need a new recording: an output's where no input is the cause.
    """
    found: dict[str, PropertyDiff] = {}
    for field in WEB_RECORDING.fields:
        for path, kind in _differences(field.key, old.get(field.key), new.get(field.key)):
            found[path] = PropertyDiff(
                kind=_replacing(kind) if field.key in replaces else kind, inputDiff=True
            )
    for key in replaces:
        if not any(_top(path) == key for path in found):
            found[key] = PropertyDiff(kind=PropertyDiff.UPDATE_REPLACE)
    return found


def keys(details: Mapping[str, PropertyDiff]) -> list[str]:
    """The top-level keys of what differs."""
    return list(dict.fromkeys(map(_top, details)))


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, PropertyDiff.Kind.ValueType]]:
    if plain(old) == plain(new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            one, other = (side[index] if index < len(side) else None for side in (old, new))
            yield from _differences(f"{path}[{index}]", one, other)
    else:
        yield path, ADD if old is None else DELETE if new is None else UPDATE


def _replacing(kind: PropertyDiff.Kind.ValueType) -> PropertyDiff.Kind.ValueType:
    return {
        ADD: PropertyDiff.ADD_REPLACE,
        DELETE: PropertyDiff.DELETE_REPLACE,
        UPDATE: PropertyDiff.UPDATE_REPLACE,
    }[kind]


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]
