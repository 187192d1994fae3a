"""Stack files of the root project, as pairs of `recordings` and `defaults`: right ones and wrong ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BUCKET = {"vendor": 0, "region": "ap-singapore", "bucket": "records-1250000000"}
COS = {"storage_params": {"cloud_storage": BUCKET}}
VOD: dict[str, Any] = {"storage_params": {"cloud_vod": {"tencent_vod": {}}}}
URL = "https://example.com/page"
ROOM = {"name": "a", "record_url": URL}
WHOLE = {**ROOM, "sdk_app_id": 1400000000, **COS}
APP = {"sdk_app_id": 1400000000}
CDN = {"publish_cdn_url": "rtmp://cdn.example.com/live/key"}


def but(given: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """An entry with some inputs changed or added."""
    return {**given, **changed}


def in_cos(**changed: Any) -> dict[str, Any]:
    """The input of a storage in COS, with some of its inputs changed or added."""
    return {"storage_params": {"cloud_storage": {**BUCKET, **changed}}}


GOOD: list[tuple[Any, Any]] = [
    ([], None),
    ([WHOLE], None),
    ([WHOLE], {}),
    ([ROOM, but(ROOM, name="b")], {**APP, **COS}),
    ([but(ROOM, **VOD), but(WHOLE, name="b")], APP),
    # What a recording has is laid over the defaults, key by key; null takes one away.
    ([but(ROOM, storage_params={"cloud_storage": {"bucket": "b-1"}})], {**APP, **in_cos(bucket=None)}),
    ([but(ROOM, storage_params={"cloud_storage": None, **VOD["storage_params"]})], {**APP, **COS}),
    ([but(ROOM, storage_params={})], {**APP, **COS}),
    ([but(WHOLE, max_duration_limit=None)], {"max_duration_limit": 3600}),
    ([but(WHOLE, publish_cdn_params=[CDN])], {"publish_cdn_params": [but(CDN, is_tencent_cdn=0)]}),
    ([but(WHOLE, web_record_video_params={"width": 640.0, "height": None})], None),
    ([but(WHOLE, name="ü 1", record_id="a" * 31, max_duration_limit=86400)], None),
]
BAD: list[tuple[Any, Any]] = [
    ({}, None),
    (7, None),
    ("lecture", None),
    ([7], None),
    ([None], None),
    ([{}], None),
    ([ROOM], None),
    ([but(WHOLE, name=" ")], None),
    ([but(WHOLE, name=7)], None),
    ([but(WHOLE, record_url=None)], None),
    ([but(WHOLE, sdk_app_id=None)], APP),
    ([but(WHOLE, sdk_app_id="1400000000")], None),
    ([but(WHOLE, sdk_app_id=True)], None),
    ([but(WHOLE, sdk_app_id=1.5)], None),
    ([but(WHOLE, recrod_url=URL)], None),
    ([but(WHOLE, opts={})], None),
    ([but(WHOLE, record_url="ftp://example.com/")], None),
    ([but(WHOLE, record_url="example.com")], None),
    ([but(WHOLE, record_url="https://")], None),
    ([but(WHOLE, record_url=f"{URL}\n")], None),
    ([but(WHOLE, max_duration_limit=60)], None),
    ([but(WHOLE, record_id="a" * 32)], None),
    ([but(WHOLE, record_id="ü")], None),
    ([but(WHOLE, record_id="a\n")], None),
    ([but(WHOLE, adopt="")], None),
    ([but(WHOLE, when_ended="stop")], None),
    ([but(WHOLE, web_record_video_params={"width": 641})], None),
    ([but(WHOLE, web_record_video_params={"format": "avi"})], None),
    ([but(WHOLE, web_record_video_params=[])], None),
    ([but(WHOLE, emulate_mobile_params={"mobile_device_type": 2})], None),
    ([but(WHOLE, publish_cdn_params=CDN)], None),
    ([but(WHOLE, publish_cdn_params=[{}])], None),
    ([but(WHOLE, publish_cdn_params=[{"publish_cdn_url": None}])], None),
    ([but(WHOLE, publish_cdn_params=[{"is_tencent_cdn": 0}])], {"publish_cdn_params": [CDN]}),
    ([but(WHOLE, publish_cdn_params=[{"publish_cdn_url": "rtmp://cdn.example.com/"}])], None),
    ([but(WHOLE, publish_cdn_params=[{"publish_cdn_url": f"rtmp://h/a/{n}"} for n in range(11)])], None),
    ([but(WHOLE, **in_cos(bucket="Records"))], None),
    ([but(WHOLE, **in_cos(bucket=None))], None),
    ([but(WHOLE, **in_cos(vendor=1))], None),
    ([but(WHOLE, **in_cos(buckett="b-1"))], None),
    ([but(WHOLE, **in_cos(file_name_prefix=[]))], None),
    ([but(WHOLE, **in_cos(file_name_prefix=["a/b"]))], None),
    ([but(WHOLE, **in_cos(file_name_prefix=[None]))], None),
    ([but(WHOLE, storage_params={})], None),
    ([but(WHOLE, storage_params=None)], COS),
    ([but(WHOLE, storage_params={**COS["storage_params"], **VOD["storage_params"]})], None),
    ([but(WHOLE, storage_params={"cloud_vod": {}})], None),
    # What the defaults have, and what they lack.
    ([ROOM], APP),
    ([ROOM], {**APP, "storage_params": {}}),
    ([ROOM], {**APP, "storage_params": {"cloud_storage": {"vendor": 0, "region": "ap-singapore"}}}),
    ([ROOM], {**APP, **in_cos(bucket=None)}),
    ([but(ROOM, storage_params={"cloud_storage": None})], {**APP, **COS}),
    ([but(ROOM, storage_params={"cloud_vod": {"tencent_vod": {}}})], {**APP, **COS}),
    ([but(ROOM, **in_cos(vendor=None))], {**APP, **COS}),
    ([WHOLE], {"name": "a"}),
    ([WHOLE], {"max_duration": 3600}),
    ([WHOLE], {"max_duration_limit": 60}),
    ([WHOLE], {"publish_cdn_params": [{}]}),
    ([WHOLE], ["max_duration_limit"]),
]
FOR_THE_PREVIEW: list[tuple[Any, Any]] = [
    ([WHOLE, WHOLE], None),
    ([but(WHOLE, **in_cos(access_key="id"))], None),
    ([but(WHOLE, **in_cos(bucket=f"{'b' * 40}-1"))], None),
    ([but(WHOLE, web_record_video_params={"format": "hls", "max_media_file_duration": 10})], None),
    ([but(WHOLE, publish_cdn_params=[CDN, CDN])], None),
    ([but(WHOLE, record_url="https://-.999/")], None),
    ([but(WHOLE, record_url=f"{URL}\u200b")], None),
]
