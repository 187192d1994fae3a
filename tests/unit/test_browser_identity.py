"""What a browser of a version says of itself on each device."""

from __future__ import annotations

import pytest

from trtc_emulator.media.contract import Mobile
from trtc_emulator.recorder import devices
from trtc_emulator.recorder.identity import Identity, NoVersionError, Version


def test_brands_are_those_that_the_browser_itself_lists() -> None:
    chromium = Version.parse("Chromium 156.0.8078.108 built on Debian GNU/Linux 12 (bookworm)")
    assert chromium.brands(full=False) == [
        {"brand": "Not:A-Brand", "version": "8"},
        {"brand": "Chromium", "version": "156"},
    ]
    assert chromium.brands(full=True)[0] == {"brand": "Not:A-Brand", "version": "8.0.0.0"}
    assert chromium.brands(full=True)[1] == {"brand": "Chromium", "version": "156.0.8078.108"}
    # As Chrome 124 sent them.
    chrome = Version.parse("Google Chrome 124.0.6367.60 ")
    sent = [(brand["brand"], brand["version"]) for brand in chrome.brands(full=False)]
    assert sent == [("Chromium", "124"), ("Google Chrome", "124"), ("Not-A.Brand", "99")]


def test_what_says_no_version_is_refused() -> None:
    with pytest.raises(NoVersionError):
        Version.parse("false (GNU coreutils) 9.1")


@pytest.mark.parametrize(
    ("device", "agent", "form", "mobile"),
    [
        (devices.desktop(640, 360), "(X11; Linux x86_64)", "Desktop", False),
        (devices.emulated(Mobile(0, 0)), "(Linux; Android 10; K)", "Mobile", True),
        (devices.emulated(Mobile(1, 1)), "(Linux; Android 10; K)", "Tablet", False),
    ],
)
def test_agent_and_hints_agree(device: devices.Device, agent: str, form: str, mobile: bool) -> None:
    told = Identity(device, Version("156.0.8078.108", is_chrome=False)).agent()
    hints = told["userAgentMetadata"]
    assert agent in told["userAgent"]
    assert "Chrome/156.0.0.0" in told["userAgent"]
    assert (("Mobile" in told["userAgent"]), hints["mobile"], hints["formFactors"]) == (
        mobile,
        mobile,
        [form],
    )
