"""What a change of each input means for footage and files. Words for people, with no value in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

_BUCKET: Final = "new files go to another bucket"
_KEY: Final = "stored under a new key"
_VOD_PLACE: Final = "new media goes to another place in VOD"
_VOD_SETTINGS: Final = "new media has other settings in VOD"

# By path, as `inputs.table.walk` names it; a path without an entry has its parent's.
MEANINGS: Final[Mapping[str, str]] = {
    "record_url": "another page is recorded",
    "sdk_app_id": "runs under another application",
    "storage_params": "new files go to another kind of storage",
    "storage_params.cloud_storage.vendor": _BUCKET,
    "storage_params.cloud_storage.region": _BUCKET,
    "storage_params.cloud_storage.bucket": _BUCKET,
    "storage_params.cloud_storage.access_key": _KEY,
    "storage_params.cloud_storage.secret_key": _KEY,
    "storage_params.cloud_storage.file_name_prefix": "new files go to another folder",
    "storage_params.cloud_vod.tencent_vod": _VOD_SETTINGS,
    "storage_params.cloud_vod.tencent_vod.storage_region": _VOD_PLACE,
    "storage_params.cloud_vod.tencent_vod.sub_app_id": _VOD_PLACE,
    "web_record_video_params": "new files have another size or format",
    "web_record_video_params.max_media_file_duration": "new files are split at another length",
    "max_duration_limit": "its time limit begins anew",
    "record_id": "known under another RecordId",
    "publish_cdn_params": "relayed to other addresses",
    "publish_cdn_params[].is_tencent_cdn": "relayed as to another CDN",
    "ready_timeout": "the page has another time to report that it is ready",
    "emulate_mobile_params": "the page is shown as on another device",
}


def meanings(paths: Iterable[str]) -> tuple[str, ...]:
    """What changes of these paths mean, each meaning once.

    Args:
        paths: As `inputs.changes` names them: `publish_cdn_params[0].publish_cdn_url`.
    """
    return tuple(dict.fromkeys(filter(None, map(_meaning, paths))))


def _meaning(path: str) -> str:
    parts = re.sub(r"\[\d+\]", "[]", path).split(".")
    parents = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next(
        (MEANINGS[one] for name in parents for one in (name, name.rstrip("[]")) if one in MEANINGS), ""
    )
