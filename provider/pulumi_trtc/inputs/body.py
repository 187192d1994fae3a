"""What is read of checked inputs: the request that starts a recording, and where its files land."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.inputs.table import CLOUD_STORAGE, STORAGE_PARAMS, WEB_RECORDING
from pulumi_trtc.inputs.types import Integer, Kind, ListOf, Record

Inputs = Mapping[str, Any]
"""Inputs under their state keys that `check` finds nothing wrong with, all values known. Numbers may be
floats; keys that are no inputs (outputs, `owner`, `__provider`) are passed over."""


@attrs.frozen
class StorageKeys:
    """The account that writes the files into COS, where the program does not name one."""

    access_key: str = attrs.field(repr=False)
    secret_key: str = attrs.field(repr=False)


def start_body(inputs: Inputs, storage_keys: StorageKeys | None, record_id: str) -> dict[str, Any]:
    """The body of StartWebRecord: what was declared, with the API's names and types, and nothing else.

    Args:
        inputs: The recording.
        storage_keys: Fill in for the keys of COS where the program left them out; otherwise not used.
        record_id: The RecordId to send.
    """
    body: dict[str, Any] = _to_api(WEB_RECORDING, {**inputs, "recordId": record_id})
    if storage_keys is not None and needs_storage_keys(inputs):
        body[STORAGE_PARAMS.name][CLOUD_STORAGE.name] |= {
            "AccessKey": storage_keys.access_key,
            "SecretKey": storage_keys.secret_key,
        }
    return body


def needs_storage_keys(inputs: Inputs) -> bool:
    """Whether the files go to COS and the program left the account's keys out."""
    storage = inputs.get("storageParams")
    cos = storage.get("cloudStorage") if isinstance(storage, Mapping) else None
    return isinstance(cos, Mapping) and cos.get("accessKey") is None


def storage_location(inputs: Inputs, task_id: str) -> str:
    """The folder of a task's files, "cos://<bucket>/<prefix>/<TaskId>/" or "vod://<SubAppId>/".

    COS puts files below the prefixes joined by "/", then the TaskId (StartWebRecord, FileNamePrefix). VOD
    names a file by a FileId that only its callback (311) tells.
    """
    storage = inputs["storageParams"]
    cos = storage.get("cloudStorage")
    if cos is not None:
        return "/".join(("cos:/", str(cos["bucket"]), *(cos.get("fileNamePrefix") or ()), task_id, ""))
    return f"vod://{whole(storage['cloudVod']['tencentVod'].get('subAppId')) or 'default'}/"


def _to_api(kind: Kind, value: Any) -> Any:
    match kind:
        case Record():
            return {
                field.api: _to_api(field.kind, value[field.key])
                for field in kind.fields
                if value.get(field.key) is not None and not field.provider_only
            }
        case ListOf():
            return [_to_api(kind.item, item) for item in value]
        case Integer():
            return whole(value)
        case _:
            return str(value)
