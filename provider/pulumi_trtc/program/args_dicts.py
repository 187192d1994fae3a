"""The input classes as plain dicts, for type checkers: same names, types and limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from pulumi import Input
    from typing_extensions import Required

    from pulumi_trtc.program.args import CloudStorageArgs, CloudVodArgs, TencentVodArgs


class CloudStorageArgsDict(TypedDict, total=False):
    """`CloudStorageArgs` as a dict."""

    vendor: Required[Input[int]]
    region: Required[Input[str]]
    bucket: Required[Input[str]]
    access_key: Input[str] | None
    secret_key: Input[str] | None
    file_name_prefix: Input[Sequence[Input[str]]] | None


class TencentVodArgsDict(TypedDict, total=False):
    """`TencentVodArgs` as a dict."""

    procedure: Input[str] | None
    expire_time: Input[int] | None
    storage_region: Input[str] | None
    class_id: Input[int] | None
    sub_app_id: Input[int] | None
    session_context: Input[str] | None
    source_context: Input[str] | None
    media_type: Input[int] | None
    user_define_record_id: Input[str] | None


class CloudVodArgsDict(TypedDict, total=False):
    """`CloudVodArgs` as a dict."""

    tencent_vod: Required[Input[TencentVodArgs | TencentVodArgsDict]]


class StorageParamsArgsDict(TypedDict, total=False):
    """`StorageParamsArgs` as a dict."""

    cloud_storage: Input[CloudStorageArgs | CloudStorageArgsDict] | None
    cloud_vod: Input[CloudVodArgs | CloudVodArgsDict] | None


class WebRecordVideoParamsArgsDict(TypedDict, total=False):
    """`WebRecordVideoParamsArgs` as a dict."""

    width: Input[int] | None
    height: Input[int] | None
    format: Input[str] | None
    max_media_file_duration: Input[int] | None


class McuPublishCdnParamArgsDict(TypedDict, total=False):
    """`McuPublishCdnParamArgs` as a dict."""

    publish_cdn_url: Required[Input[str]]
    is_tencent_cdn: Input[int] | None


class EmulateMobileParamsArgsDict(TypedDict, total=False):
    """`EmulateMobileParamsArgs` as a dict."""

    mobile_device_type: Input[int] | None
    screen_orientation: Input[int] | None
