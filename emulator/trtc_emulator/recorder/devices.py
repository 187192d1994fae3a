"""What a page sees of the device that it is shown on."""

from __future__ import annotations

import math
from typing import Any

import attrs

from trtc_emulator.media.contract import Mobile

TOUCH_POINTS = 5


@attrs.frozen
class Model:
    """A device on the market; sizes are the viewport's, in CSS pixels."""

    name: str
    android: str
    is_phone: bool
    scale: float
    portrait: tuple[int, int]
    landscape: tuple[int, int]


# Facts of Playwright's table of devices (1.65, 2026-11), of which each has Chrome as its own browser, so that
# engine and user agent agree: Pixel 7 and Galaxy Tab S4.
_MODELS = {
    0: Model("Pixel 7", "14", True, 2.625, portrait=(412, 839), landscape=(863, 360)),
    1: Model("SM-T837A", "8.1.0", False, 2.25, portrait=(712, 1138), landscape=(1138, 712)),
}


@attrs.frozen
class Device:
    """A viewport in CSS pixels and what belongs to it; `model` is None for a desktop."""

    width: int
    height: int
    model: Model | None = None
    landscape: bool = True

    @property
    def pixel_ratio(self) -> float:
        """How many of the screen's own pixels lie along a CSS pixel."""
        return self.model.scale if self.model else 1.0

    def metrics(self, scale: float | None = None) -> dict[str, Any]:
        """The parameters of Emulation.setDeviceMetricsOverride; `scale` is that of the page in its window."""
        metrics: dict[str, Any] = {
            "width": self.width,
            "height": self.height,
            "screenWidth": self.width,
            "screenHeight": self.height,
            "deviceScaleFactor": self.pixel_ratio,
            "mobile": self.model is not None,
        }
        if self.model:
            kind, angle = ("landscapePrimary", 90) if self.landscape else ("portraitPrimary", 0)
            metrics["screenOrientation"] = {"type": kind, "angle": angle}
        if scale is not None:
            metrics["scale"] = scale
        return metrics

    def touch(self) -> list[tuple[str, dict[str, Any]]]:
        """The commands that give a frame touch. To a desktop's, even to refuse it would take its mouse."""
        emulation = {"enabled": True, "maxTouchPoints": TOUCH_POINTS}
        return [("Emulation.setTouchEmulationEnabled", emulation)] if self.model else []

    def screen(self) -> str:
        """The value of --screen-info, in the screen's own pixels."""
        size = f"{math.floor(self.width * self.pixel_ratio)}x{math.floor(self.height * self.pixel_ratio)}"
        return f"{{{size} devicePixelRatio={self.pixel_ratio}}}"


def desktop(width: int, height: int) -> Device:
    """A page without mobile mode fills the video."""
    return Device(width, height)


def emulated(mobile: Mobile) -> Device:
    """The phone or tablet, held as it is to be."""
    model, landscape = _MODELS[mobile.device_type], mobile.orientation == 1
    return Device(*(model.landscape if landscape else model.portrait), model, landscape)
