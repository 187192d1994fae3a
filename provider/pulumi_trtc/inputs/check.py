"""All that is wrong with a recording's inputs, at once and each with its path, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs

from pulumi_trtc.inputs.check_keys import key_fault, key_path
from pulumi_trtc.inputs.check_values import in_words, integer_fault, integer_warning, text_fault, whole
from pulumi_trtc.inputs.table import CDN_ADDRESSES, PROVIDER_KEYS, WEB_RECORDING
from pulumi_trtc.inputs.types import UNKNOWN, UNSUPPORTED, Integer, Kind, ListOf, Record, Text
from pulumi_trtc.inputs.urls import Target, target

COS_HOST_CHARACTERS = 60
"""The longest `<bucket>.cos.<region>.myqcloud.com` (COS bucket overview)."""


@attrs.frozen
class Fault:
    """One thing that is wrong. Neither part ever holds a secret.

    Attributes:
        path: Where, such as `storageParams.cloudStorage.bucket` or `publishCdnParams[3].publishCdnUrl`.
        reason: What, with the limit and, where it is no secret, the value.
        is_warning: Whether the service accepts it, but perhaps not as it is meant.
    """

    path: str
    reason: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


def check(props: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Everything that the service would refuse in a recording's inputs, in the table's order.

    Args:
        props: Inputs under their state keys. UNKNOWN, at any depth, stands for what a preview does not know
            and is no fault. `owner` and the engine's own keys, which begin with `__`, are passed over.
    """
    return tuple(fault for fault in findings(props) if not fault.is_warning)


def findings(props: Mapping[str, Any], hidden: Collection[str] = ()) -> list[Fault]:
    """What `check` finds, and the warnings. Takes what `check` takes.

    Args:
        hidden: Paths of values that are not to be shown, beside those that never are.
    """
    faults = _Faults(frozenset(hidden))
    _check_record(WEB_RECORDING, props, "", faults, secret=False)
    for rule in _RULES:
        faults.extend(rule(props))
    return faults


class _Faults(list[Fault]):
    """What is found so far, and the paths of values that are not to be shown."""

    def __init__(self, hidden: Collection[str]) -> None:
        super().__init__()
        self.hidden = hidden


def _check_record(record: Record, value: Any, path: str, faults: _Faults, *, secret: bool) -> None:
    if not isinstance(value, Mapping) or UNSUPPORTED in value:
        faults.append(Fault(path, f"must be a dict of {record.name}; it is {in_words(value)}"))
        return
    for field in record.fields:
        here = f"{path}.{field.key}" if path else field.key
        inner = value.get(field.key)
        if inner is not None:
            hides = secret or field.secret or here in faults.hidden
            _check_value(field.kind, inner, here, faults, secret=hides)
        elif field.required:
            faults.append(Fault(here, f"is required: {field.about}"))
    if record.one_of:
        _append(faults, path, _one_of_fault(record, value))
    for key in value:
        if not path and isinstance(key, str) and (key.startswith("__") or key in PROVIDER_KEYS):
            continue
        if (reason := key_fault(record, key, value)) is not None:
            faults.append(Fault(key_path(path, key), reason))


def _check_value(kind: Kind, value: Any, path: str, faults: _Faults, *, secret: bool) -> None:
    if value is UNKNOWN:
        return
    match kind:
        case Record():
            _check_record(kind, value, path, faults, secret=secret)
        case ListOf():
            _check_list(kind, value, path, faults, secret=secret)
        case Integer():
            fault = integer_fault(kind, value, secret=secret)
            warning = integer_warning(kind, value, secret=secret)
            _append(faults, path, fault or warning, is_warning=fault is None)
        case Text():
            _append(faults, path, text_fault(kind, value, secret=secret))


def _check_list(kind: ListOf, value: Any, path: str, faults: _Faults, *, secret: bool) -> None:
    if not isinstance(value, (list, tuple)):
        faults.append(Fault(path, f"must be a list; it is {in_words(value)}"))
        return
    if len(value) < kind.fewest or (kind.most is not None and len(value) > kind.most):
        faults.append(Fault(path, f"must have {kind.rule}; it has {len(value)}"))
    # Of a list that is far too long, the first few tell enough.
    for index, item in enumerate(value[: kind.most]):
        _check_value(kind.item, item, f"{path}[{index}]", faults, secret=secret)


def _append(faults: list[Fault], path: str, reason: str | None, *, is_warning: bool = False) -> None:
    if reason is not None:
        faults.append(Fault(path, reason, is_warning))


def _one_of_fault(record: Record, value: Mapping[str, Any]) -> str | None:
    names = ", ".join(field.key for field in record.fields)
    given = [value[field.key] for field in record.fields if value.get(field.key) is not None]
    if not given:
        return f"needs one of {names}"
    # An unknown one may turn out to be None.
    return f"takes only one of {names}" if sum(inner is not UNKNOWN for inner in given) > 1 else None


def _check_storage_keys(props: Mapping[str, Any]) -> list[Fault]:
    if not _is_record(props, "storageParams", "cloudStorage"):
        return []
    path = "storageParams.cloudStorage"
    keys = {key: _at(props, "storageParams", "cloudStorage", key) for key in ("accessKey", "secretKey")}
    missing = [key for key, value in keys.items() if value is None]
    if len(missing) != 1 or UNKNOWN in keys.values():
        return []
    return [Fault(f"{path}.{missing[0]}", "is missing: give both accessKey and secretKey, or neither")]


def _check_bucket_host(props: Mapping[str, Any]) -> list[Fault]:
    bucket = _at(props, "storageParams", "cloudStorage", "bucket")
    region = _at(props, "storageParams", "cloudStorage", "region")
    if not isinstance(bucket, str) or not isinstance(region, str):
        return []
    length = len(f"{bucket}.cos.{region}.myqcloud.com")
    if length <= COS_HOST_CHARACTERS:
        return []
    reason = (
        f"makes the host name <bucket>.cos.<region>.myqcloud.com {length} characters long; COS takes at most"
    )
    return [Fault("storageParams.cloudStorage.bucket", f"{reason} {COS_HOST_CHARACTERS}")]


def _check_split(props: Mapping[str, Any]) -> list[Fault]:
    if _at(props, "webRecordVideoParams", "maxMediaFileDuration") is None:
        return []
    if _is_record(props, "storageParams", "cloudVod"):
        is_hls = whole(_at(props, "storageParams", "cloudVod", "tencentVod", "mediaType")) == 1
    else:
        is_hls = _at(props, "webRecordVideoParams", "format") == "hls"
    if not is_hls:
        return []
    return [Fault("webRecordVideoParams.maxMediaFileDuration", "splits mp4 files: leave it out with hls")]


def _check_format(props: Mapping[str, Any]) -> list[Fault]:
    is_vod = _is_record(props, "storageParams", "cloudVod")
    if not is_vod or _at(props, "webRecordVideoParams", "format") is None:
        return []
    reason = "has no effect with VOD: storageParams.cloudVod.tencentVod.mediaType sets the format"
    return [Fault("webRecordVideoParams.format", reason, is_warning=True)]


def _check_cdn_twice(props: Mapping[str, Any]) -> list[Fault]:
    params = _at(props, "publishCdnParams")
    if not isinstance(params, (list, tuple)):
        return []
    faults = []
    first: dict[Target, int] = {}
    for index, item in enumerate(params[: CDN_ADDRESSES.most]):
        url = _at(item, "publishCdnUrl")
        if not isinstance(url, str):
            continue
        earlier = first.setdefault(target(url), index)
        if earlier != index:
            path = f"publishCdnParams[{index}].publishCdnUrl"
            faults.append(Fault(path, f"is the same address as publishCdnParams[{earlier}].publishCdnUrl"))
    return faults


_RULES: tuple[Callable[[Mapping[str, Any]], list[Fault]], ...] = (
    _check_storage_keys,
    _check_bucket_host,
    _check_split,
    _check_format,
    _check_cdn_twice,
)


def _at(value: Any, *keys: str) -> Any:
    """The value at a path of keys: None where there is none, UNKNOWN where it lies in an unknown value."""
    for key in keys:
        if not isinstance(value, Mapping):
            return UNKNOWN if value is UNKNOWN else None
        value = value.get(key)
    return value


def _is_record(value: Any, *keys: str) -> bool:
    return isinstance(_at(value, *keys), Mapping)
