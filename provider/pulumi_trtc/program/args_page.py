"""How a page is shown, recorded and relayed, as programs write it. Source: TRTC's data types, SDK 3.1.177."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

import attrs

from pulumi_trtc.inputs import table
from pulumi_trtc.program.to_props import Args

if TYPE_CHECKING:
    from pulumi import Input
    from typing_extensions import Required


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

    _record = table.WEB_RECORD_VIDEO_PARAMS

    width: Input[int | None] = None
    height: Input[int | None] = None
    format: Input[Literal["hls", "mp4"] | None] = None
    max_media_file_duration: Input[int | None] = None


class WebRecordVideoParamsArgsDict(TypedDict, total=False):
    """`WebRecordVideoParamsArgs` as a dict."""

    width: Input[int | None]
    height: Input[int | None]
    format: Input[Literal["hls", "mp4"] | None]
    max_media_file_duration: Input[int | None]


@attrs.frozen(kw_only=True)
class McuPublishCdnParamArgs(Args):
    """A CDN address that the recording is relayed to.

    Attributes:
        publish_cdn_url: `rtmp://<host>/<application>/<stream>`. Secret: it carries the stream key. Required.
        is_tencent_cdn: 1 for Tencent Cloud's CDN, the default, 0 for another: see `CdnProvider`. The page
            asks to give it explicitly; relaying to another CDN is billed.
    """

    _record = table.MCU_PUBLISH_CDN_PARAM

    publish_cdn_url: Input[str] = attrs.field(repr=False)
    is_tencent_cdn: Input[int | None] = None


class McuPublishCdnParamArgsDict(TypedDict, total=False):
    """`McuPublishCdnParamArgs` as a dict."""

    publish_cdn_url: Required[Input[str]]
    is_tencent_cdn: Input[int | None]


@attrs.frozen(kw_only=True)
class EmulateMobileParamsArgs(Args):
    """The device that the page sees. Leave it out for desktop pages.

    Attributes:
        mobile_device_type: 0 phone, 1 tablet: see `MobileDeviceType`.
        screen_orientation: 0 portrait, 1 landscape: see `ScreenOrientation`.
    """

    _record = table.EMULATE_MOBILE_PARAMS

    mobile_device_type: Input[int | None] = None
    screen_orientation: Input[int | None] = None


class EmulateMobileParamsArgsDict(TypedDict, total=False):
    """`EmulateMobileParamsArgs` as a dict."""

    mobile_device_type: Input[int | None]
    screen_orientation: Input[int | None]
