"""The inputs of a web recording as programs write them, for editors and type checkers.

Everywhere a class is taken, a dict with the same keys is taken too. Limits are those of
`pulumi_trtc.inputs.table`; they are checked in the preview. Sources, unless a field says
otherwise: TRTC's data types as of SDK 3.1.177.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from pulumi_trtc.inputs import table as fields
from pulumi_trtc.program.to_props import Args, to_props

if TYPE_CHECKING:
    from pulumi import Input

    from pulumi_trtc.program.args_dicts import (
        CloudStorageArgsDict,
        CloudVodArgsDict,
        TencentVodArgsDict,
    )

__all__ = [
    "CdnProvider",
    "CloudStorageArgs",
    "CloudStorageVendor",
    "CloudVodArgs",
    "EmulateMobileParamsArgs",
    "McuPublishCdnParamArgs",
    "MediaType",
    "MobileDeviceType",
    "ScreenOrientation",
    "StorageParamsArgs",
    "TencentVodArgs",
    "WebRecordVideoParamsArgs",
    "to_props",
]


class CloudStorageVendor(enum.IntEnum):
    """Values of `CloudStorageArgs.vendor`. The API takes no third-party storage (page of 2025-11-13)."""

    COS = 0


class MediaType(enum.IntEnum):
    """Values of `TencentVodArgs.media_type`.

    The type's audio values, 2 and 4, need a parameter that StartWebRecord lacks.
    """

    MP4 = 0
    HLS = 1
    HLS_AND_MP4 = 3


class CdnProvider(enum.IntEnum):
    """Values of `McuPublishCdnParamArgs.is_tencent_cdn`."""

    OTHER = 0
    TENCENT = 1


class MobileDeviceType(enum.IntEnum):
    """Values of `EmulateMobileParamsArgs.mobile_device_type`."""

    PHONE = 0
    TABLET = 1


class ScreenOrientation(enum.IntEnum):
    """Values of `EmulateMobileParamsArgs.screen_orientation`."""

    PORTRAIT = 0
    LANDSCAPE = 1


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

    _record = fields.CLOUD_STORAGE

    vendor: Input[int]
    region: Input[str]
    bucket: Input[str]
    access_key: Input[str] | None = attrs.field(default=None, repr=False)
    secret_key: Input[str] | None = attrs.field(default=None, repr=False)
    file_name_prefix: Input[Sequence[Input[str]]] | None = None


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

    _record = fields.TENCENT_VOD

    procedure: Input[str] | None = None
    expire_time: Input[int] | None = None
    storage_region: Input[str] | None = None
    class_id: Input[int] | None = None
    sub_app_id: Input[int] | None = None
    session_context: Input[str] | None = None
    source_context: Input[str] | None = None
    media_type: Input[int] | None = None
    user_define_record_id: Input[str] | None = None


@attrs.frozen(kw_only=True)
class CloudVodArgs(Args):
    """Media in VOD.

    Attributes:
        tencent_vod: Where in VOD the media goes. Required.
    """

    _record = fields.CLOUD_VOD

    tencent_vod: Input[TencentVodArgs | TencentVodArgsDict]


@attrs.frozen(kw_only=True)
class StorageParamsArgs(Args):
    """Where the recording is stored: in COS or in VOD, one of the two (StartWebRecord, page of 2025-11-13).

    Attributes:
        cloud_storage: Files in COS.
        cloud_vod: Media in VOD.
    """

    _record = fields.STORAGE_PARAMS

    cloud_storage: Input[CloudStorageArgs | CloudStorageArgsDict] | None = None
    cloud_vod: Input[CloudVodArgs | CloudVodArgsDict] | None = None


@attrs.frozen(kw_only=True)
class WebRecordVideoParamsArgs(Args):
    """Size and format of the video.

    The API's ranges of width and height include 0, without saying what it means; the emulator takes it as
    left out.

    Attributes:
        width: Width in pixels, even, 0..1920; default 1280.
        height: Height in pixels, even, 0..1080; default 720.
        format: "hls" or "mp4". With VOD it has no effect: `TencentVodArgs.media_type` sets the format.
        max_media_file_duration: Length in minutes at which an mp4 file is split, 1..1440; default 1440. Not
            with hls.
    """

    _record = fields.WEB_RECORD_VIDEO_PARAMS

    width: Input[int] | None = None
    height: Input[int] | None = None
    format: Input[str] | None = None
    max_media_file_duration: Input[int] | None = None


@attrs.frozen(kw_only=True)
class McuPublishCdnParamArgs(Args):
    """A CDN address that the recording is relayed to.

    Attributes:
        publish_cdn_url: `rtmp://<host>/<application>/<stream>`. Secret: it carries the stream key. Required.
        is_tencent_cdn: 1 for Tencent Cloud's CDN, the default, 0 for another: see `CdnProvider`. The page
            asks to give it explicitly; relaying to another CDN is billed.
    """

    _record = fields.MCU_PUBLISH_CDN_PARAM

    publish_cdn_url: Input[str] = attrs.field(repr=False)
    is_tencent_cdn: Input[int] | None = None


@attrs.frozen(kw_only=True)
class EmulateMobileParamsArgs(Args):
    """The device that the page sees. Leave it out for desktop pages.

    Attributes:
        mobile_device_type: 0 phone, 1 tablet: see `MobileDeviceType`.
        screen_orientation: 0 portrait, 1 landscape: see `ScreenOrientation`.
    """

    _record = fields.EMULATE_MOBILE_PARAMS

    mobile_device_type: Input[int] | None = None
    screen_orientation: Input[int] | None = None
