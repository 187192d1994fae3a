"""How a recording is made: what a Start asks for besides its addresses, with the API's defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from trtc_emulator.media.contract import Mobile
from trtc_emulator.request.errors import invalid, out_of_range
from trtc_emulator.request.storage import read_storage
from trtc_emulator.settings.assumptions import Assumptions

_WIDTH, _HEIGHT = 1280, 720


@attrs.frozen
class Plan:
    """Resolved once, when a recording is accepted, and kept with it. Holds no secret.

    Attributes:
        subfolder: The folder of the storage that was asked for, below the data folder.
        formats: What is written, of "mp4" and "hls".
        file_prefix: What the names of all files begin with.
        width, height: Size of the video in pixels, even.
        max_file_minutes: MP4 files are split at this length; None does not split.
        ready_timeout: Seconds until the page must have reported that it is ready; 0 does not wait.
        mobile: Set for a page in mobile mode.
    """

    subfolder: str
    formats: tuple[str, ...]
    file_prefix: str
    width: int
    height: int
    max_file_minutes: int | None
    ready_timeout: int
    mobile: Mobile | None

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return attrs.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Plan:
        """The plan that `values` was made of."""
        mobile = values["mobile"]
        given = {"formats": tuple(values["formats"]), "mobile": mobile and Mobile(**mobile)}
        return cls(**{**values, **given})


def read_plan(params: Mapping[str, Any], assumptions: Assumptions) -> Plan:
    """Read it of a body of StartWebRecord's form. Raises ApiError for the first broken rule."""
    video = params.get("WebRecordVideoParams", {})
    storage = read_storage(params, video, assumptions)
    minutes: int = assumptions.default_file_minutes
    minutes = ranged(video, "WebRecordVideoParams.MaxMediaFileDuration", 1, 1440, minutes)
    return Plan(
        subfolder=str(storage.folder),
        formats=storage.formats,
        file_prefix=storage.file_prefix,
        width=_size(video, "WebRecordVideoParams.Width", 1920, _WIDTH, assumptions),
        height=_size(video, "WebRecordVideoParams.Height", 1080, _HEIGHT, assumptions),
        max_file_minutes=minutes if "mp4" in storage.formats else None,
        ready_timeout=ranged(params, "ReadyTimeout", 0, 60, 0),
        mobile=_mobile(params.get("EmulateMobileParams")),
    )


def ranged(params: Mapping[str, Any], name: str, low: int, high: int, default: int) -> int:
    """A number in its limits; `name` is its whole path, whose last part stands in `params`."""
    value: int = params.get(name.rpartition(".")[2], default)
    if not low <= value <= high:
        raise out_of_range(name, value, low, high)
    return value


def _size(video: Mapping[str, Any], name: str, high: int, default: int, assumptions: Assumptions) -> int:
    value = ranged(video, name, 0, high, default)
    if value % 2 and assumptions.odd_sizes == "refuse":
        raise invalid(name, f"{value} is odd, a video needs an even size", "InvalidParameter.OutOfRange")
    # 0, in the documented range and no size, counts as left out.
    return value - value % 2 or default


def _mobile(params: Mapping[str, Any] | None) -> Mobile | None:
    if params is None:
        return None
    return Mobile(
        device_type=ranged(params, "EmulateMobileParams.MobileDeviceType", 0, 1, 0),
        orientation=ranged(params, "EmulateMobileParams.ScreenOrientation", 0, 1, 0),
    )
