"""What programs read of a recording's structures, for type checkers: plain dicts of what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired


class CloudStorage(TypedDict):
    """`CloudStorageArgs` as an output."""

    vendor: int
    region: str
    bucket: str
    access_key: NotRequired[str]
    secret_key: NotRequired[str]
    file_name_prefix: NotRequired[list[str]]


class TencentVod(TypedDict, total=False):
    """`TencentVodArgs` as an output."""

    procedure: str
    expire_time: int
    storage_region: str
    class_id: int
    sub_app_id: int
    session_context: str
    source_context: str
    media_type: int
    user_define_record_id: str


class CloudVod(TypedDict):
    """`CloudVodArgs` as an output."""

    tencent_vod: TencentVod


class StorageParams(TypedDict):
    """`StorageParamsArgs` as an output: one of the two is there, and a program knows which it has given."""

    cloud_storage: CloudStorage
    cloud_vod: CloudVod


class WebRecordVideoParams(TypedDict, total=False):
    """`WebRecordVideoParamsArgs` as an output."""

    width: int
    height: int
    format: Literal["hls", "mp4"]
    max_media_file_duration: int


class McuPublishCdnParam(TypedDict):
    """`McuPublishCdnParamArgs` as an output."""

    publish_cdn_url: str
    is_tencent_cdn: NotRequired[int]


class EmulateMobileParams(TypedDict, total=False):
    """`EmulateMobileParamsArgs` as an output."""

    mobile_device_type: int
    screen_orientation: int
