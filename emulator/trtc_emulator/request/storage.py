"""StorageParams: where a recording's files go, to a COS bucket or to VOD, never both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import attrs

from trtc_emulator.request.errors import invalid, missing, out_of_range
from trtc_emulator.settings.assumptions import Assumptions

_PREFIX = re.compile(r"[A-Za-z0-9_-]{1,128}")
# A bucket becomes a folder: no dots at its start, no separators.
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_USER_DEFINE = re.compile(r"[A-Za-z0-9_-]{0,64}")
_AFTER_USER_DEFINE = "__UserDefine_u_"
_KEY_BYTES = 850  # the longest name of an object in COS
_COS = "StorageParams.CloudStorage"
_VOD = "StorageParams.CloudVod.TencentVod"
_VOD_FORMATS = {0: ("mp4",), 1: ("hls",), 3: ("hls", "mp4")}


@attrs.frozen
class Storage:
    """Where the files go below the data folder, and which formats are written.

    Attributes:
        folder: `cos/<bucket>/<prefix…>` or `vod/<SubAppId>`; the task's own folder comes below it.
        formats: Of "mp4" and "hls".
        file_prefix: What the names of all files begin with: UserDefineRecordId, of VOD.
    """

    folder: PurePosixPath
    formats: tuple[str, ...]
    file_prefix: str = ""


def read_storage(params: Mapping[str, Any], video: Mapping[str, Any], assumptions: Assumptions) -> Storage:
    """StorageParams and the Format of the video, which VOD ignores. Raises ApiError."""
    storage = params["StorageParams"]
    video_format = video.get("Format", assumptions.default_format)
    if video_format not in ("hls", "mp4"):
        raise invalid("WebRecordVideoParams.Format", "hls and mp4 are allowed")
    if "CloudStorage" in storage and "CloudVod" in storage:
        raise invalid("StorageParams", "CloudStorage or CloudVod is allowed, not both")
    if "CloudStorage" in storage:
        return Storage(_cos_folder(storage["CloudStorage"]), (video_format,))
    if "CloudVod" in storage:
        return _vod(storage["CloudVod"])
    raise missing(_COS, "MissingParameter.CloudStorage")


def _cos_folder(cos: Mapping[str, Any]) -> PurePosixPath:
    for name in ("Vendor", "Region", "Bucket", "AccessKey", "SecretKey"):
        if cos.get(name, "") == "":
            raise missing(f"{_COS}.{name}", f"MissingParameter.{name}")
    if cos["Vendor"] != 0:
        raise out_of_range(f"{_COS}.Vendor", cos["Vendor"], 0, 0)
    if not _REGION.fullmatch(cos["Region"]):
        raise invalid(f"{_COS}.Region", "it is not the name of a region")
    if not _BUCKET.fullmatch(cos["Bucket"]):
        raise invalid(f"{_COS}.Bucket", "it is not the name of a bucket")
    prefix = cos.get("FileNamePrefix", [])
    for index, part in enumerate(prefix):
        if not _PREFIX.fullmatch(part):
            raise invalid(f"{_COS}.FileNamePrefix.{index}", "1 to 128 letters, digits, _ and - are allowed")
    if sum(len(part) + 1 for part in prefix) > _KEY_BYTES // 2:
        raise invalid(f"{_COS}.FileNamePrefix", "it is too long for the name of an object")
    return PurePosixPath("cos", cos["Bucket"], *prefix)


def _vod(cloud_vod: Mapping[str, Any]) -> Storage:
    if "TencentVod" not in cloud_vod:
        raise missing(_VOD)
    vod = cloud_vod["TencentVod"]
    for name in ("ExpireTime", "SubAppId"):
        if vod.get(name, 0) < 0:
            raise invalid(f"{_VOD}.{name}", f"{vod[name]} is below 0", "InvalidParameter.OutOfRange")
    media_type = vod.get("MediaType", 0)
    if media_type not in _VOD_FORMATS:
        raise invalid(
            f"{_VOD}.MediaType", f"{media_type} is not one of 0, 1 and 3", "InvalidParameter.OutOfRange"
        )
    own: str = vod.get("UserDefineRecordId", "")
    if not _USER_DEFINE.fullmatch(own):
        raise invalid(f"{_VOD}.UserDefineRecordId", "at most 64 letters, digits, _ and - are allowed")
    folder = PurePosixPath("vod", str(vod.get("SubAppId", 0)))
    return Storage(folder, _VOD_FORMATS[media_type], own and own + _AFTER_USER_DEFINE)
