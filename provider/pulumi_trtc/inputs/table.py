"""Every input of a web recording, declared once.

Checks, the request's body, what of it is secret, the types of outputs and the documentation are read from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pulumi_trtc.inputs.types import UNKNOWN, Field, Form, Integer, ListOf, Record, Text

__all__ = ["PROVIDER_KEYS", "UNKNOWN", "WEB_RECORDING", "walk"]

PAGE: Final = "StartWebRecord, page of 2025-11-13"
NEWER_PAGE: Final = "StartWebRecord, page of 2026-04"
TYPES: Final = "TRTC data types, SDK 3.1.177"
COS: Final = "COS bucket overview"
VOD: Final = "VOD ApplyUpload, API 2018-07-17"
PROVIDER: Final = "this provider"

CLOUD_STORAGE: Final = Record(
    "CloudStorage",
    (
        Field("vendor", Integer(choices=((0, "COS"),)), "Whose storage it is.", PAGE, required=True),
        Field("region", Text(Form.REGION), "Region of the bucket.", TYPES, required=True),
        Field("bucket", Text(Form.BUCKET), "Bucket, with its APPID.", COS, required=True),
        Field(
            "access_key",
            Text(Form.PRINTABLE),
            "SecretId of the account that writes the files.",
            TYPES,
            secret=True,
            default="`trtc:storageAccessKey` of the stack",
        ),
        Field(
            "secret_key",
            Text(Form.PRINTABLE),
            "SecretKey of the account that writes the files.",
            TYPES,
            secret=True,
            default="`trtc:storageSecretKey` of the stack",
        ),
        Field(
            "file_name_prefix",
            ListOf(Text(Form.NAME), fewest=1),
            "Folders of the files: `<prefix>/<prefix>/<TaskId>/…`.",
            TYPES,
            default="no folder: `<TaskId>/…`",
        ),
    ),
)

TENCENT_VOD: Final = Record(
    "TencentVod",
    (
        Field("procedure", Text(shortest=0), "Task flow that VOD starts after the upload.", TYPES),
        Field(
            "expire_time",
            Integer(),
            "When the media expires; 0 keeps it for good.",
            TYPES,
            default="0",
        ),
        Field("storage_region", Text(Form.REGION), "VOD region to upload to.", TYPES),
        Field("class_id", Integer(), "VOD category of the media.", TYPES, default="0"),
        Field("sub_app_id", Integer(), "VOD application to upload to.", TYPES),
        Field(
            "session_context",
            Text(shortest=0, longest=1000),
            "Handed back in the callback of the task flow.",
            VOD,
        ),
        Field(
            "source_context", Text(shortest=0, longest=250), "Handed back in the callback of the upload.", VOD
        ),
        Field(
            "media_type",
            Integer(choices=((0, "mp4"), (1, "hls"), (3, "hls and mp4"))),
            "Format of the media.",
            TYPES,
            default="0",
        ),
        Field("user_define_record_id", Text(Form.NAME, longest=64), "Prefix of the media's name.", TYPES),
    ),
)

CLOUD_VOD: Final = Record(
    "CloudVod", (Field("tencent_vod", TENCENT_VOD, "Where in VOD the media goes.", TYPES, required=True),)
)

STORAGE_PARAMS: Final = Record(
    "StorageParams",
    (
        Field("cloud_storage", CLOUD_STORAGE, "Files in COS; either this or `cloud_vod`.", PAGE),
        Field("cloud_vod", CLOUD_VOD, "Media in VOD; either this or `cloud_storage`.", PAGE),
    ),
    one_of=True,
)

WEB_RECORD_VIDEO_PARAMS: Final = Record(
    "WebRecordVideoParams",
    (
        Field("width", Integer(0, 1920, "pixels", even=True), "Width of the video.", TYPES, default="1280"),
        Field("height", Integer(0, 1080, "pixels", even=True), "Height of the video.", TYPES, default="720"),
        Field(
            "format",
            Text(Form.CHOICE, choices=("hls", "mp4")),
            "Format of the files; ignored with VOD.",
            TYPES,
        ),
        Field(
            "max_media_file_duration",
            Integer(1, 1440, "minutes"),
            "Length at which an mp4 file is split; not with hls.",
            TYPES,
            default="1440",
        ),
    ),
)

MCU_PUBLISH_CDN_PARAM: Final = Record(
    "McuPublishCdnParam",
    (
        Field(
            "publish_cdn_url",
            Text(Form.RTMP_URL),
            "Address to relay to; it carries the stream key.",
            TYPES,
            required=True,
            secret=True,
        ),
        Field(
            "is_tencent_cdn",
            Integer(choices=((0, "another CDN"), (1, "Tencent Cloud CDN"))),
            "Whose CDN it is; the page asks to give it explicitly.",
            TYPES,
            default="1",
        ),
    ),
)

CDN_ADDRESSES: Final = ListOf(MCU_PUBLISH_CDN_PARAM, most=10)

EMULATE_MOBILE_PARAMS: Final = Record(
    "EmulateMobileParams",
    (
        Field(
            "mobile_device_type", Integer(choices=((0, "phone"), (1, "tablet"))), "Device to emulate.", TYPES
        ),
        Field(
            "screen_orientation",
            Integer(choices=((0, "portrait"), (1, "landscape"))),
            "How the device is held.",
            TYPES,
        ),
    ),
)

MAX_DURATION_S: Final = 86400
"""The longest recording, and how long one is that gives no limit."""

WEB_RECORDING: Final = Record(
    "WebRecording",
    (
        Field("record_url", Text(Form.WEB_URL), "The page to record.", PAGE, required=True),
        Field("sdk_app_id", Integer(1, 2**32 - 1), "SDKAppID of the TRTC application.", PAGE, required=True),
        Field("storage_params", STORAGE_PARAMS, "Where the recording is stored.", PAGE, required=True),
        Field("web_record_video_params", WEB_RECORD_VIDEO_PARAMS, "Size and format of the video.", PAGE),
        Field(
            "max_duration_limit",
            Integer(1800, MAX_DURATION_S, "seconds", page_high=36000),
            "When the service ends the recording.",
            f"{NEWER_PAGE}; the page of 2025-11-13 has 36000",
            default=f"{MAX_DURATION_S}; 36000 by the page of 2025-11-13",
        ),
        Field(
            "record_id",
            Text(Form.NAME, longest=31),
            "Identifies the recording: the service starts only one under it.",
            PAGE,
            default="derived from backend, stack and name",
        ),
        Field(
            "publish_cdn_params",
            CDN_ADDRESSES,
            "CDN addresses that the recording is relayed to.",
            PAGE,
        ),
        Field(
            "ready_timeout",
            Integer(0, 60, "seconds"),
            "Time for the page to report that it is ready; leave it out if the page does not report.",
            PAGE,
            default="0: off",
        ),
        Field(
            "emulate_mobile_params",
            EMULATE_MOBILE_PARAMS,
            "Mobile mode; leave it out for desktop pages.",
            PAGE,
        ),
        Field(
            "when_ended",
            Text(Form.CHOICE, choices=("keep", "restart")),
            "What `refresh` makes of a recording that has ended.",
            PROVIDER,
            default="keep",
            provider_only=True,
        ),
        Field(
            "wait_until_recording",
            Integer(0, 600, "seconds"),
            "How long `up` waits until the recording runs; 0 does not wait.",
            PROVIDER,
            default="0",
            provider_only=True,
        ),
        Field(
            "adopt",
            Text(Form.PRINTABLE),
            "TaskId of a running recording to take over instead of starting one.",
            PROVIDER,
            provider_only=True,
        ),
    ),
)

PROVIDER_KEYS: Final = frozenset({"owner"})
"""Top-level keys of the state that are no input of the user: `owner` carries project, stack and name."""


def walk(record: Record = WEB_RECORDING, path: str = "") -> Iterator[tuple[str, Field]]:
    """Every field with its path in Python names, such as `storage_params.cloud_storage.bucket`.

    A field of a list's items has `[]` in its path: `publish_cdn_params[].publish_cdn_url`.
    """
    for field in record.fields:
        here = f"{path}{field.name}"
        yield here, field
        if isinstance(field.kind, Record):
            yield from walk(field.kind, f"{here}.")
        elif isinstance(field.kind, ListOf) and isinstance(field.kind.item, Record):
            yield from walk(field.kind.item, f"{here}[].")
