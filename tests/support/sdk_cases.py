"""A start whose every secret carries a marker, and settings that send it to a test's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from pulumi_trtc.settings.read import Settings, read_settings

SECRETS = {
    "access key": "AKIDmarkerOfStorageId",
    "secret key": "marker/of+storage=key",
    "cdn": "rtmp://live.example.com/app/stream-marker?txSecret=cdn-marker",
    "page": "token-marker-of-page",
    "own key": "marker-of-the-api-secret-key",
    "own token": "marker-of-the-api-token",
}
BODY: dict[str, Any] = {
    "RecordUrl": f"https://user:pass-marker@page.example.com/room?token={SECRETS['page']}#fragment-marker",
    "SdkAppId": 1400000000,
    "RecordId": "record-1",
    "StorageParams": {
        "CloudStorage": {
            "Vendor": 0,
            "Bucket": "b-1",
            "AccessKey": SECRETS["access key"],
            "SecretKey": SECRETS["secret key"],
        }
    },
    "PublishCdnParams": [{"PublishCdnUrl": SECRETS["cdn"], "IsTencentCdn": 0}],
    "NotInTheSdk": {"Name": "é", "Zero": 0, "Empty": ""},
}


def settings_for(url: str, home: Path, **changes: Any) -> Settings:
    config = {
        "trtc:site": "emulator",
        "trtc:endpoint": url,
        "trtc:secretId": "AKIDmarkerOfTheApi",
        "trtc:secretKey": SECRETS["own key"],
        "trtc:securityToken": SECRETS["own token"],
    }
    return attrs.evolve(read_settings(config, {}, home), **changes)
