"""StartWebRecord's parameters: the emulator's own reading of the API page of 2025-11-13."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs

from trtc_emulator.media.rtmp_address import Address, AddressError
from trtc_emulator.request.errors import ApiError, invalid, missing, out_of_range
from trtc_emulator.request.plan import Plan, ranged, read_plan
from trtc_emulator.settings.assumptions import Assumptions

MAX_CDN_ADDRESSES = 10
_RECORD_ID = re.compile(r"[A-Za-z0-9_-]*")
_TASK_ID = re.compile(r"[A-Za-z0-9+/=_-]{1,256}")
_UINT32_MAX = 2**32 - 1
_URL_BYTES = 8192


@attrs.frozen
class StartRequest:
    """A StartWebRecord request that keeps all rules, with the API's defaults filled in."""

    record_url: str = attrs.field(repr=False)
    sdk_app_id: int
    record_id: str | None
    max_duration_s: int
    plan: Plan
    cdn_urls: tuple[str, ...] = attrs.field(repr=False)


def read_start(params: Mapping[str, Any], assumptions: Assumptions) -> StartRequest:
    """Check a body of this form against the page's rules; raises ApiError for the first broken one."""
    longest = assumptions.longest_duration
    return StartRequest(
        record_url=read_url("RecordUrl", params["RecordUrl"], ("http", "https")),
        sdk_app_id=read_sdk_app_id(params["SdkAppId"]),
        record_id=read_record_id(params.get("RecordId", "")) or None,
        max_duration_s=ranged(params, "MaxDurationLimit", 1800, longest, longest),
        plan=read_plan(params, assumptions),
        cdn_urls=_cdn_urls(params.get("PublishCdnParams", [])),
    )


def read_sdk_app_id(value: int) -> int:
    """An application's id: a positive number of 32 bits."""
    if not 1 <= value <= _UINT32_MAX:
        raise out_of_range("SdkAppId", value, 1, _UINT32_MAX, "InvalidParameter.SdkAppId")
    return value


def read_record_id(value: str) -> str:
    """A RecordId, below 32 bytes; "" is none."""
    if len(value.encode()) >= 32:
        raise invalid("RecordId", "it must be less than 32 bytes", "InvalidParameter.RecordId")
    if not _RECORD_ID.fullmatch(value):
        raise invalid("RecordId", "letters, digits, _ and - are allowed", "InvalidParameter.RecordId")
    return value


def read_task_id(value: str) -> str:
    """A TaskId as the service makes them."""
    if not _TASK_ID.fullmatch(value):
        raise invalid("TaskId", "it is not the id of a task", "InvalidParameter.TaskId")
    return value


def read_url(name: str, value: str, schemes: tuple[str, ...], code: str = "InvalidParameter") -> str:
    """An absolute URL of one of the schemes; the message never repeats it."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise invalid(name, "it is not a URL", code) from error
    if len(value.encode()) > _URL_BYTES or any(ord(c) <= 0x20 or ord(c) == 0x7F for c in value):
        raise invalid(name, "it is too long, or has spaces or control characters in it", code)
    if parts.scheme.lower() not in schemes or not host:
        raise invalid(name, f"an absolute URL of {' or '.join(schemes)} is needed", code)
    return value


def _cdn_urls(params: list[Mapping[str, Any]]) -> tuple[str, ...]:
    if len(params) > MAX_CDN_ADDRESSES:
        raise ApiError(
            "InvalidParameter.PublishCdnUrls",
            f"`PublishCdnParams` has {len(params)} addresses, at most {MAX_CDN_ADDRESSES} are allowed.",
        )
    urls = []
    for index, item in enumerate(params):
        name = f"PublishCdnParams.{index}.PublishCdnUrl"
        if "PublishCdnUrl" not in item:
            raise missing(name, "MissingParameter.PublishCdnUrls")
        ranged(item, f"PublishCdnParams.{index}.IsTencentCdn", 0, 1, 1)
        urls.append(_rtmp_url(name, item["PublishCdnUrl"], "InvalidParameter.PublishCdnUrls"))
    return tuple(urls)


def _rtmp_url(name: str, value: str, code: str) -> str:
    """An address that can be relayed to; the message never repeats it."""
    try:
        Address.parse(value)
    except AddressError as error:
        raise invalid(name, str(error), code) from None
    if len(value.encode()) > _URL_BYTES:
        raise invalid(name, "it is too long", code)
    return value
