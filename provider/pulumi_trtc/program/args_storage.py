"""Where a recording is stored, as programs write it.

Sources, unless a field says otherwise: TRTC's data types as of SDK 3.1.177.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

import attrs

from pulumi_trtc.inputs import table
from pulumi_trtc.program.to_props import Args

if TYPE_CHECKING:
    from pulumi import Input, Output
    from typing_extensions import Required

    from pulumi_trtc.program.outputs import CloudStorage, CloudVod, TencentVod


@attrs.frozen(kw_only=True)
class CloudStorageArgs(Args):
    """Files in a COS bucket.

    Attributes:
        vendor: Whose storage it is: 0, COS (`CloudStorageVendor.COS`). Required.
        region: Region of the bucket, such as "ap-singapore". Required.
        bucket: Bucket with its APPID, such as "webrecord-1234589": lowercase letters, digits and hyphens, at
            most 60 characters as `<bucket>.cos.<region>.myqcloud.com` (COS bucket overview). Required.
        access_key: SecretId of the account that writes the files. Secret. Left out together with
            `secret_key`, the stack's `trtc:storageAccessKey` is used and never enters the state.
        secret_key: SecretKey of the same account. Secret.
        file_name_prefix: Folders of the files, each of letters, digits, - and _: `["record", "video"]` gives
            `record/video/<TaskId>/…`. Default: `<TaskId>/…`.
    """

    _record = table.CLOUD_STORAGE

    vendor: Input[int]
    region: Input[str]
    bucket: Input[str]
    access_key: Input[str | None] = attrs.field(default=None, repr=False)
    secret_key: Input[str | None] = attrs.field(default=None, repr=False)
    file_name_prefix: Input[Sequence[Input[str]] | None] = None


class CloudStorageArgsDict(TypedDict, total=False):
    """`CloudStorageArgs` as a dict."""

    vendor: Required[Input[int]]
    region: Required[Input[str]]
    bucket: Required[Input[str]]
    access_key: Input[str | None]
    secret_key: Input[str | None]
    file_name_prefix: Input[Sequence[Input[str]] | None]


@attrs.frozen(kw_only=True)
class TencentVodArgs(Args):
    """Where in VOD the media goes.

    Attributes:
        procedure: Name of the task flow that VOD starts after the upload.
        expire_time: When the media expires, 0 or more; 0, the default, keeps it for good.
        storage_region: VOD region to upload to, such as "ap-chongqing", for special needs.
        class_id: VOD category of the media, 0 or more; default 0.
        sub_app_id: VOD application to upload to.
        session_context: Handed back in the task flow's callback, at most 1000 characters (VOD ApplyUpload,
            API 2018-07-17).
        source_context: Handed back in the upload's callback, at most 250 characters (the same).
        media_type: 0 mp4 (the default), 1 hls, 3 both: see `MediaType`.
        user_define_record_id: Prefix of the media's name, at most 64 letters, digits, - and _.
    """

    _record = table.TENCENT_VOD

    procedure: Input[str | None] = None
    expire_time: Input[int | None] = None
    storage_region: Input[str | None] = None
    class_id: Input[int | None] = None
    sub_app_id: Input[int | None] = None
    session_context: Input[str | None] = None
    source_context: Input[str | None] = None
    media_type: Input[int | None] = None
    user_define_record_id: Input[str | None] = None


class TencentVodArgsDict(TypedDict, total=False):
    """`TencentVodArgs` as a dict."""

    procedure: Input[str | None]
    expire_time: Input[int | None]
    storage_region: Input[str | None]
    class_id: Input[int | None]
    sub_app_id: Input[int | None]
    session_context: Input[str | None]
    source_context: Input[str | None]
    media_type: Input[int | None]
    user_define_record_id: Input[str | None]


@attrs.frozen(kw_only=True)
class CloudVodArgs(Args):
    """Media in VOD.

    Attributes:
        tencent_vod: Where in VOD the media goes. Required.
    """

    _record = table.CLOUD_VOD

    tencent_vod: Input[TencentVodArgs | TencentVodArgsDict] | Output[TencentVod]


class CloudVodArgsDict(TypedDict, total=False):
    """`CloudVodArgs` as a dict."""

    tencent_vod: Required[Input[TencentVodArgs | TencentVodArgsDict] | Output[TencentVod]]


@attrs.frozen(kw_only=True)
class StorageParamsArgs(Args):
    """Where the recording is stored: in COS or in VOD, one of the two (StartWebRecord, page of 2025-11-13).

    Attributes:
        cloud_storage: Files in COS.
        cloud_vod: Media in VOD.
    """

    _record = table.STORAGE_PARAMS

    cloud_storage: Input[CloudStorageArgs | CloudStorageArgsDict | None] | Output[CloudStorage] = None
    cloud_vod: Input[CloudVodArgs | CloudVodArgsDict | None] | Output[CloudVod] = None


class StorageParamsArgsDict(TypedDict, total=False):
    """`StorageParamsArgs` as a dict."""

    cloud_storage: Input[CloudStorageArgs | CloudStorageArgsDict | None] | Output[CloudStorage]
    cloud_vod: Input[CloudVodArgs | CloudVodArgsDict | None] | Output[CloudVod]
