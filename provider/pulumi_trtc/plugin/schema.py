"""The package's schema, from the tables of inputs and settings: what SDKs of all languages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Field, Integer, Kind, ListOf, Record, Text, holds_secret
from pulumi_trtc.settings.table import SETTINGS, TIMES, Setting, Shape
from pulumi_trtc.stack.state import PLUGIN_TYPE, TYPE

PACKAGE: Final = "trtc"
NAMESPACE: Final = "pulumi-trtc"
"""Without one the SDKs would be called `pulumi_trtc`, as this package is, and `@pulumi/trtc`."""

OUTPUTS: Final[Mapping[str, str]] = {
    "taskId": "The TaskId, also the resource's id.",
    "requestId": "RequestId of the call that started or found it; the vendor's support asks for it.",
    "recordId": "The RecordId that was sent: the given one, or the derived one.",
    "status": '"recording" or, once a refresh has found it so, "ended".',
    "storageLocation": '"cos://<bucket>/<prefix>/<TaskId>/" or "vod://<SubAppId>/".',
}


def schema(version: str) -> dict[str, Any]:
    """The package's schema."""
    types: dict[str, Any] = {}
    inputs = _properties(WEB_RECORDING, types)
    required = [field.key for field in WEB_RECORDING.fields if field.required]
    outputs = {key: {"type": "string", "description": about} for key, about in OUTPUTS.items()}
    settings = {name: _setting(name, setting, types) for name, setting in SETTINGS.items()}
    return {
        "name": PACKAGE,
        "namespace": NAMESPACE,
        "version": version,
        "displayName": "Tencent RTC web recording",
        "description": "Web recordings of Tencent RTC, declared in Pulumi stacks.",
        "keywords": ["pulumi", "tencent", "trtc", "recording", "category/cloud"],
        # The SDKs are whole: the Go one has its go.mod.
        "meta": {"moduleFormat": "(.*)", "supportPack": True},
        "config": {"variables": settings},
        "provider": {
            "description": "Where recordings run, as whom, and how long is waited.",
            "inputProperties": settings,
        },
        "types": types,
        "resources": {
            PLUGIN_TYPE: {
                "description": (
                    "A web page that Tencent RTC's cloud recorder opens and records. No call changes a "
                    "running recording: a change of any input of the API replaces it."
                ),
                "inputProperties": inputs,
                "requiredInputs": required,
                "properties": {**inputs, **outputs},
                "required": [*required, *OUTPUTS],
                # A stack moves over from the dynamic provider without a restart.
                "aliases": [{"type": TYPE}],
            }
        },
        "language": {
            "nodejs": {"respectSchemaVersion": True},
            "python": {"respectSchemaVersion": True, "pyproject": {"enabled": True}},
            "go": {
                "respectSchemaVersion": True,
                "importBasePath": f"{NAMESPACE}.local/sdk/go/{PACKAGE}",
                "generateResourceContainerTypes": True,
            },
            "csharp": {"respectSchemaVersion": True},
            "java": {},
        },
    }


def _properties(record: Record, types: dict[str, Any]) -> dict[str, Any]:
    return {
        field.key: {
            **_type(field.kind, f"{record.name}{field.api}", types),
            "description": _about(field),
            **({"secret": True} if _is_secret(field) else {}),
        }
        for field in record.fields
    }


def _is_secret(field: Field) -> bool:
    # The engine tells single secrets apart in structures only: of a list, all is one.
    return field.secret or (isinstance(field.kind, ListOf) and holds_secret(field.kind))


def _about(field: Field) -> str:
    rule = "" if isinstance(field.kind, Record) else f" {field.kind.rule[:1].upper()}{field.kind.rule[1:]}."
    default = f" By default: {field.default}." if field.default else ""
    return f"{field.about}{rule}{default}"


def _type(kind: Kind, name: str, types: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case Record():
            return _reference(kind.name, types, lambda: _record(kind, types))
        case ListOf():
            return {"type": "array", "items": _type(kind.item, name, types)}
        case Integer(choices=()) | Text(choices=()):
            return {"type": _plain(kind)}
        case _:
            return _reference(name, types, lambda: _choices(kind))


def _plain(kind: Integer | Text) -> str:
    return "integer" if isinstance(kind, Integer) else "string"


def _reference(name: str, types: dict[str, Any], make: Any) -> dict[str, Any]:
    token = f"{PACKAGE}:index:{name}"
    if token not in types:
        types[token] = make()
    return {"$ref": f"#/types/{token}"}


def _record(record: Record, types: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": _properties(record, types),
        "required": [field.key for field in record.fields if field.required],
    }


def _choices(kind: Integer | Text) -> dict[str, Any]:
    choices = kind.choices if isinstance(kind, Integer) else [(text, text) for text in kind.choices]
    return {
        "type": _plain(kind),
        "enum": [
            {"name": "".join(word.capitalize() for word in meaning.split()), "value": value}
            for value, meaning in choices
        ],
    }


def _setting(name: str, setting: Setting, types: dict[str, Any]) -> dict[str, Any]:
    about = f"{setting.about} {TIMES[name].rule}" if name in TIMES else setting.about
    found: dict[str, Any] = {"type": "number" if setting.shape is Shape.SECONDS else "string"}
    if setting.shape is Shape.OBJECT:
        found = _reference(f"{name[0].upper()}{name[1:]}", types, lambda: _object(setting.keys))
    return {**found, "description": about, **({"secret": True} if setting.secret else {})}


def _object(keys: tuple[str, ...]) -> dict[str, Any]:
    kinds = {key: "integer" if key == "sessionDuration" else "string" for key in keys}
    return {
        "type": "object",
        "properties": {key: {"type": kind} for key, kind in kinds.items()},
        "required": [keys[0]],
    }
