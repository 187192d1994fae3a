"""A JSON Schema of the file Pulumi.<stack>.yaml, for editors: its recordings and their defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pulumi_trtc.inputs.json_schema import SECRET, Schema, properties
from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Record

RECORDINGS, DEFAULTS = "web-recordings:recordings", "web-recordings:defaults"
_NULL: Schema = {"type": "null"}
_GIVEN: Schema = {"not": _NULL}


def file_schema() -> Schema:
    """The whole file's schema. It knows nothing of other settings, and lets them be."""
    inputs = properties(WEB_RECORDING)
    name = {"type": "string", "pattern": r"\S", "description": "The recording's name in the stack."}
    entry = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": name, **inputs},
        "additionalProperties": False,
    }
    defaults = {"properties": inputs, "additionalProperties": False}
    config = {
        "type": "object",
        "required": [RECORDINGS],
        "properties": {
            RECORDINGS: {
                "description": "The recordings of this stack, each with a name and inputs.",
                "type": ["array", "string", "object"],
                "items": entry,
                "pattern": r"^\s*\[",
                **SECRET,
            },
            DEFAULTS: {
                "description": "Inputs of all recordings; each may give its own, or null to have none.",
                "type": ["object", "string"],
                "pattern": r"^\s*\{",
                "if": {"type": "object", "required": ["secure"]},
                "then": SECRET,
                "else": defaults,
            },
        },
        # What cannot be read here may hold any default.
        "if": {"properties": {DEFAULTS: {"type": "object", "not": {"required": ["secure"]}}}},
        "then": {"allOf": [rule for path, record in _laid_over() for rule in _rules(path, record)]},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Web recordings of a Pulumi stack",
        "type": "object",
        "required": ["config"],
        "properties": {"config": config},
    }


def _laid_over(
    record: Record = WEB_RECORDING, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Record]]:
    """The structures that a recording lays over the defaults' key by key."""
    yield path, record
    for field in record.fields:
        if isinstance(field.kind, Record):
            yield from _laid_over(field.kind, (*path, field.name))


def _rules(path: tuple[str, ...], record: Record) -> Iterator[Schema]:
    """What each recording must give, depending on what the defaults have."""
    for field in record.fields:
        if not field.required:
            continue
        here = (*path, field.name)
        yield _each(_below(path, {"properties": {field.name: _GIVEN}}))
        lacks: Schema = {"not": _has((DEFAULTS, *here))}
        yield {"if": lacks, "then": _each(_below(path, {"required": [field.name]}))}
        if path:
            begun = {"allOf": [lacks, _has((DEFAULTS, *path))]}
            gone = {"anyOf": [_has(path[: end + 1], _NULL) for end in range(len(path))]}
            yield {"if": begun, "then": _each({"if": gone, "else": _has(here)})}
    if record.one_of:
        names = [field.name for field in record.fields]
        has = {name: _has((DEFAULTS, *path, name)) for name in names}
        yield {"not": {"allOf": list(has.values())}}
        for name in names:
            yield {"if": has[name], "then": _each(_below(path, _one_of(names, name)))}
        yield {"if": {"not": {"anyOf": list(has.values())}}, "then": _each(_has(path, _one_of(names)))}


def _one_of(names: list[str], default: str | None = None) -> Schema:
    """One of the names is given: the defaults' one, or another that takes its place."""
    choices = []
    for name in names:
        needed = [name, *([default] if default else [])] if name != default else []
        others: dict[str, Any] = {other: _NULL for other in names if other != name}
        choices.append({"required": needed, "properties": {name: _GIVEN, **others}})
    return {"oneOf": choices}


def _each(schema: Schema) -> Schema:
    """Every recording is so."""
    return {"properties": {RECORDINGS: {"items": schema}}}


def _below(path: tuple[str, ...], schema: Schema) -> Schema:
    """What lies at a path is so, if there is anything."""
    for key in reversed(path):
        schema = {"properties": {key: schema}}
    return schema


def _has(path: tuple[str, ...], schema: Schema = _GIVEN) -> Schema:
    """Something lies at a path, and is so."""
    for key in reversed(path):
        schema = {"type": "object", "required": [key], "properties": {key: schema}}
    return schema
