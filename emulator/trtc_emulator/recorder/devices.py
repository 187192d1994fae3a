"""What a page sees of the device that it is shown on."""

from __future__ import annotations

import re
from typing import Any

import attrs

from trtc_emulator.media.contract import Mobile

# Two of Playwright's devices whose own browser is Chrome, so that engine and user agent agree.
_DEVICES = {0: "Pixel 7", 1: "Galaxy Tab S4"}
_TOUCH_POINTS = 5


@attrs.frozen
class Device:
    """A viewport in CSS pixels and what belongs to it; `user_agent` is empty for a desktop."""

    width: int
    height: int
    scale: float = 1.0
    user_agent: str = ""
    mobile: bool = False
    landscape: bool = True

    def metrics(self) -> dict[str, Any]:
        """The parameters of Emulation.setDeviceMetricsOverride."""
        metrics: dict[str, Any] = {
            "width": self.width,
            "height": self.height,
            "screenWidth": self.width,
            "screenHeight": self.height,
            "deviceScaleFactor": self.scale,
            "mobile": self.mobile,
        }
        if self.mobile:
            kind, angle = ("landscapePrimary", 90) if self.landscape else ("portraitPrimary", 0)
            metrics["screenOrientation"] = {"type": kind, "angle": angle}
        return metrics

    def touch(self) -> dict[str, Any]:
        """The parameters of Emulation.setTouchEmulationEnabled."""
        return {"enabled": self.mobile, "maxTouchPoints": _TOUCH_POINTS}

    def agent(self, browsers_own: str) -> dict[str, Any]:
        """The parameters of Emulation.setUserAgentOverride.

        A page must not be told that it is recorded by a headless browser: some refuse to play then. The
        version is always that of the browser that runs.
        """
        own = browsers_own.replace("HeadlessChrome", "Chrome")
        if not self.user_agent:
            return {"userAgent": own}
        found = re.search(r"Chrome/([\d.]+)", own)
        version = found.group(1) if found else "0"
        android = re.search(r"Android ([\d.]+); ([^)]+)\)", self.user_agent)
        release, model = android.groups() if android else ("", "")
        major = version.split(".", 1)[0]
        brands = [{"brand": "Chromium", "version": major}, {"brand": "Not=A?Brand", "version": "24"}]
        return {
            "userAgent": re.sub(r"Chrome/[\d.]+", f"Chrome/{version}", self.user_agent),
            "platform": "Linux armv8l",
            "userAgentMetadata": {
                "brands": brands,
                "platform": "Android",
                "platformVersion": release,
                "architecture": "",
                "model": model,
                "mobile": "Mobile" in self.user_agent,
            },
        }


def desktop(width: int, height: int) -> Device:
    """A page without mobile mode fills the video."""
    return Device(width=width, height=height)


async def emulated(mobile: Mobile) -> Device:
    """The phone or tablet, taken from Playwright's table of devices."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - half a second, for mobile pages alone

    landscape = mobile.orientation == 1
    async with async_playwright() as playwright:
        found = playwright.devices[_DEVICES[mobile.device_type] + (" landscape" if landscape else "")]
    return Device(
        width=found["viewport"]["width"],
        height=found["viewport"]["height"],
        scale=found["device_scale_factor"],
        user_agent=found["user_agent"],
        mobile=True,
        landscape=landscape,
    )
