"""What a page sees of the device that it is shown on."""

from __future__ import annotations

import re
from typing import Any

import attrs

from trtc_emulator.media.contract import Mobile

_TOUCH_POINTS = 5


@attrs.frozen
class _Model:
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
    0: _Model("Pixel 7", "14", True, 2.625, portrait=(412, 839), landscape=(863, 360)),
    1: _Model("SM-T837A", "8.1.0", False, 2.25, portrait=(712, 1138), landscape=(1138, 712)),
}


@attrs.frozen
class Device:
    """A viewport in CSS pixels and what belongs to it; `model` is None for a desktop."""

    width: int
    height: int
    model: _Model | None = None
    landscape: bool = True

    def metrics(self) -> dict[str, Any]:
        """The parameters of Emulation.setDeviceMetricsOverride."""
        metrics: dict[str, Any] = {
            "width": self.width,
            "height": self.height,
            "screenWidth": self.width,
            "screenHeight": self.height,
            "deviceScaleFactor": self.model.scale if self.model else 1.0,
            "mobile": self.model is not None,
        }
        if self.model:
            kind, angle = ("landscapePrimary", 90) if self.landscape else ("portraitPrimary", 0)
            metrics["screenOrientation"] = {"type": kind, "angle": angle}
        return metrics

    def touch(self) -> dict[str, Any]:
        """The parameters of Emulation.setTouchEmulationEnabled."""
        return {"enabled": self.model is not None, "maxTouchPoints": _TOUCH_POINTS}

    def agent(self, browsers_own: str) -> dict[str, Any]:
        """The parameters of Emulation.setUserAgentOverride.

        A page must not be told that it is recorded by a headless browser: some refuse to play then. The
        version is always that of the browser that runs.
        """
        own = browsers_own.replace("HeadlessChrome", "Chrome")
        if self.model is None:
            return {"userAgent": own}
        found = re.search(r"Chrome/([\d.]+)", own)
        version = found.group(1) if found else "0"
        major = version.split(".", 1)[0]
        return {
            "userAgent": f"Mozilla/5.0 (Linux; Android {self.model.android}; {self.model.name}) "
            f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version} "
            f"{'Mobile ' if self.model.is_phone else ''}Safari/537.36",
            "platform": "Linux armv8l",
            "userAgentMetadata": {
                "brands": [
                    {"brand": "Chromium", "version": major},
                    {"brand": "Not=A?Brand", "version": "24"},
                ],
                "platform": "Android",
                "platformVersion": self.model.android,
                "architecture": "",
                "model": self.model.name,
                "mobile": self.model.is_phone,
            },
        }


def desktop(width: int, height: int) -> Device:
    """A page without mobile mode fills the video."""
    return Device(width, height)


def emulated(mobile: Mobile) -> Device:
    """The phone or tablet, held as it is to be."""
    model, landscape = _MODELS[mobile.device_type], mobile.orientation == 1
    return Device(*(model.landscape if landscape else model.portrait), model, landscape)
