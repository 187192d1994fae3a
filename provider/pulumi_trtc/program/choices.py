"""Names for the integers that some inputs choose from; a test compares them with the table of inputs."""

from __future__ import annotations

import enum


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
