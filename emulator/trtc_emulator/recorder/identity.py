"""Which browser a page is told that it is in: the same in each of its requests, frames and workers."""

from __future__ import annotations

import asyncio
import platform
import re
from pathlib import Path
from typing import Any

import attrs

from trtc_emulator.recorder.devices import TOUCH_POINTS, Device

_VERSION_SECONDS = 30
_VERSION = re.compile(r"\d+(\.\d+){3}")
# How Chromium makes up a brand that does not exist, and where it puts it, so that nobody relies on the list.
_ODD = " (:-./);=?_"
_ODD_VERSIONS = ("8", "99", "24")
_ORDERS = {
    2: ((0, 1), (1, 0)),
    3: ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)),
}


class NoVersionError(OSError):
    """What is to be the browser does not say which version it is."""


@attrs.frozen
class Version:
    """A browser that a person would use, as `--version` names it."""

    number: str
    is_chrome: bool

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read what `--version` prints. Raises NoVersionError."""
        found = _VERSION.search(text)
        if found is None:
            raise NoVersionError("the browser does not say its version")
        return cls(found.group(), "Google Chrome" in text)

    @classmethod
    async def of(cls, executable: Path) -> Version:
        """Ask a browser. Raises OSError."""
        process = await asyncio.create_subprocess_exec(
            executable,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), _VERSION_SECONDS)
        except asyncio.TimeoutError:
            process.kill()
            raise NoVersionError("the browser does not say its version") from None
        return cls.parse(output.decode(errors="replace"))

    @property
    def major(self) -> int:
        """The part of the version that every page is told."""
        return int(self.number.split(".", 1)[0])

    def brands(self, *, full: bool) -> list[dict[str, str]]:
        """As the browser itself lists them, with whole versions or the major ones."""
        major = self.major
        odd = f"Not{_ODD[major % len(_ODD)]}A{_ODD[(major + 1) % len(_ODD)]}Brand"
        odd_version = _ODD_VERSIONS[major % len(_ODD_VERSIONS)]
        number = self.number if full else str(major)
        brands = [(odd, f"{odd_version}.0.0.0" if full else odd_version), ("Chromium", number)]
        if self.is_chrome:
            brands.append(("Google Chrome", number))
        orders = _ORDERS[len(brands)]
        places = orders[major % len(orders)]
        placed = sorted(zip(places, brands, strict=True))
        return [{"brand": brand, "version": version} for _, (brand, version) in placed]


@attrs.frozen
class Identity:
    """A device and the browser on it."""

    device: Device
    version: Version

    @property
    def user_agent(self) -> str:
        """Chrome's own, which names neither the model nor more than the major version."""
        model = self.device.model
        system = "Linux; Android 10; K" if model else "X11; Linux x86_64"
        mobile = "Mobile " if model and model.is_phone else ""
        return (
            f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{self.version.major}.0.0.0 {mobile}Safari/537.36"
        )

    @property
    def platform(self) -> str:
        """navigator.platform, which no longer tells the processor either."""
        return "Linux armv81" if self.device.model else "Linux x86_64"

    def agent(self) -> dict[str, Any]:
        """The parameters of Emulation.setUserAgentOverride, with all client hints."""
        model = self.device.model
        arm = platform.machine().lower().startswith(("arm", "aarch"))
        metadata: dict[str, Any] = {
            "brands": self.version.brands(full=False),
            "fullVersionList": self.version.brands(full=True),
            "platform": "Android" if model else "Linux",
            "platformVersion": model.android if model else "",
            "architecture": "" if model else "arm" if arm else "x86",
            "bitness": "" if model else "64",
            "model": model.name if model else "",
            "mobile": bool(model and model.is_phone),
            "wow64": False,
            "formFactors": [("Mobile" if model.is_phone else "Tablet") if model else "Desktop"],
        }
        return {"userAgent": self.user_agent, "platform": self.platform, "userAgentMetadata": metadata}

    def headers(self) -> dict[str, str]:
        """The client hints of requests that differ from what the browser itself would send."""
        agent = self.agent()["userAgentMetadata"]
        mobile = "?1" if agent["mobile"] else "?0"
        return {"sec-ch-ua-platform": f'"{agent["platform"]}"', "sec-ch-ua-mobile": mobile}

    def switches(self) -> tuple[str, ...]:
        """For the browser's start. They reach what no command reaches in time: the first requests of workers,
        and the screen and the pointers that frames of other sites see.
        """
        pointers = _TOUCH if self.device.model else _MOUSE
        touch = ("--touch-events=enabled",) if self.device.model else ()
        return (
            f"--user-agent={self.user_agent}",
            "--disable-blink-features=AutomationControlled",  # navigator.webdriver
            f"--blink-settings={pointers}",
            f"--screen-info={self.device.screen()}",
            *touch,
        )


# The numbers are Blink's: a pointer is 2 (coarse) or 4 (fine), and hovers (2) or does not (1).
_MOUSE = "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
_TOUCH = (
    "primaryHoverType=1,availableHoverTypes=1,primaryPointerType=2,availablePointerTypes=2,"
    f"maxTouchPoints={TOUCH_POINTS}"
)
