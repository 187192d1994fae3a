"""The engine's structs to plain values and back: what is unknown, what is secret, what cannot be taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs
from google.protobuf import json_format, struct_pb2

from pulumi_trtc.inputs.types import UNKNOWN, UNSUPPORTED
from pulumi_trtc.marks import OUTPUT, SECRET, SIGNATURE, UNKNOWN_TEXT, UNKNOWNS
from pulumi_trtc.stack.state import NO_SETTINGS

_REFUSED: Final = {
    "c44067f5952c0a294b673a41bacd8c17": "an asset",
    "0def7320c3a5731c473e5ecbe6d01bc7": "an archive",
    "5cf8f73096256a8f31e491e813e4eb8e": "a resource",
}


@attrs.frozen
class Secret:
    """A value that the engine is to keep as a secret."""

    value: Any = attrs.field(repr=False)


def read(struct: struct_pb2.Struct, secret: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
    """Plain values. What is null is left out, but in a list.

    Args:
        secret: Makes something of each secret; it stands in clear by default.
    """
    # A message has its keys in no order; what is said of them is to be the same each time.
    found = {key: _read(struct.fields[key], secret) for key in sorted(struct.fields)}
    return {key: value for key, value in found.items() if value is not None}


def _read(value: struct_pb2.Value, secret: Callable[[Any], Any]) -> Any:
    match value.WhichOneof("kind"):
        case None | "null_value":
            return None
        case "string_value":
            return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
        case "list_value":
            return [_read(item, secret) for item in value.list_value.values]
        case "struct_value":
            return (
                _special(value.struct_value, secret)
                if SIGNATURE in value.struct_value.fields
                else read(value.struct_value, secret)
            )
        case kind:
            return getattr(value, kind)


def _special(struct: struct_pb2.Struct, secret: Callable[[Any], Any]) -> Any:
    mark = struct.fields[SIGNATURE].string_value
    if mark in (SECRET, OUTPUT):
        found = _read(struct.fields["value"], secret) if "value" in struct.fields else UNKNOWN
        return secret(found) if mark == SECRET or struct.fields["secret"].bool_value else found
    # Said by `check`, with its path.
    return {UNSUPPORTED: _REFUSED.get(mark, "of a type that this provider does not know")}


def write(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """A struct of plain values, some of them `Secret`. What is None is left out, but in a list."""
    fields = {key: _write(value) for key, value in values.items() if value is not None}
    return struct_pb2.Struct(fields=fields)


def _write(value: Any) -> struct_pb2.Value:
    if isinstance(value, Secret):
        return hidden(_write(value.value))
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWN_TEXT)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=write(value))
    if isinstance(value, (list, tuple)):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=map(_write, value)))
    return json_format.ParseDict(value, struct_pb2.Value())


def as_marked(value: Any, model: Any) -> Any:
    """The same value, secret wherever the model is, whose marks are `Secret`s."""
    if isinstance(model, Secret):
        return value if value is UNKNOWN or isinstance(value, Secret) else Secret(value)
    if isinstance(value, Mapping) and isinstance(model, Mapping):
        return {key: as_marked(inner, model.get(key)) for key, inner in value.items()}
    if isinstance(value, (list, tuple)) and isinstance(model, (list, tuple)):
        models = (*model, *[None] * len(value))
        return [as_marked(inner, one) for inner, one in zip(value, models, strict=False)]
    return value


def hidden(value: struct_pb2.Value) -> struct_pb2.Value:
    """The same, marked as a secret."""
    marked = {SIGNATURE: struct_pb2.Value(string_value=SECRET), "value": value}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=marked))


def with_secrets(struct: struct_pb2.Struct, keys: Iterable[str]) -> struct_pb2.Struct:
    """The same struct, these of its values marked as secrets."""
    found = struct_pb2.Struct()
    found.CopyFrom(struct)
    for key in keys:
        if key in found.fields and SIGNATURE not in found.fields[key].struct_value.fields:
            found.fields[key].CopyFrom(hidden(struct.fields[key]))
    return found


def settings(values: Mapping[str, Any], package: str) -> dict[str, str]:
    """A provider's configuration as the stack's: full keys, and JSON for what is no text."""
    return {
        f"{package}:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in values.items()
        if value is not UNKNOWN and key not in NO_SETTINGS and not key.startswith("__")
    }
