"""The one page of a recording: opened, watched and shown."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable
from typing import Any

from trtc_emulator.recorder.cdp import Cdp, CdpError
from trtc_emulator.recorder.identity import Identity
from trtc_emulator.recorder.screencast import Screencast
from trtc_emulator.recorder.targets import Targets

JPEG_QUALITY = 85
_FIRST_HTTP_ERROR = 400
# So long a page may be too busy to paint.
_PICTURE_SECONDS = 60
_BINDING = "__trtcRecorderReady"
# Where the call stands in the real service is not public; a comparable product has it on navigator.
_READY_SCRIPT = f"""
(() => {{
  const report = window.{_BINDING};
  delete window.{_BINDING};
  Object.defineProperty(Navigator.prototype, "notifyReady", {{
    configurable: true, writable: true, value: () => {{ if (report) report("ready"); }},
  }});
}})();
"""
_REPORT_READY: list[tuple[str, dict[str, Any]]] = [
    ("Runtime.addBinding", {"name": _BINDING}),
    ("Page.addScriptToEvaluateOnNewDocument", {"source": _READY_SCRIPT, "runImmediately": True}),
]
# As wide and as high as a video on the page may be, whichever side is up.
_LARGEST = (1920, 1080)
_NO_PAGE = "Goto url timeout"
_ALLOWED = ("http://", "https://", "about:blank", "about:srcdoc", "chrome-error:")


class LoadError(Exception):
    """The page cannot be recorded; the message is the real service's (callback 801, status 2)."""


class Page:
    """A page in a fresh profile. What it does by itself (dialogs, popups, downloads) is answered or refused.

    Attributes:
        gone: Set, with the reason in `why_gone`, when the page crashed, closed itself or went where it may
            not.
        too_large: Set when it plays a video that is larger than the real service records.
    """

    def __init__(self, cdp: Cdp, session: str, target: str) -> None:
        self.gone = asyncio.Event()
        self.why_gone = ""
        self.too_large = asyncio.Event()
        self._cdp = cdp
        self._session = session
        self._target = target
        self._main_frame = ""
        self._loaded = asyncio.Event()
        self._ready = asyncio.Event()
        self._status = 0

    @classmethod
    async def open(cls, cdp: Cdp, identity: Identity, scale: float | None = None) -> Page:
        """Take over the browser's first page, and let nothing but it be.

        Args:
            scale: How large it is drawn in a window; None without one.

        Raises:
            CdpError: The browser does not do as it should.
        """
        await cdp.call("Browser.getVersion", timeout=30)
        targets = (await cdp.call("Target.getTargets"))["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        session = (await cdp.call("Target.attachToTarget", {"targetId": target, "flatten": True}))[
            "sessionId"
        ]
        page = cls(cdp, session, target)
        page._watch()
        await cdp.call("Browser.setDownloadBehavior", {"behavior": "deny"})
        await cdp.call("Browser.grantPermissions", {"permissions": []})  # these and no others
        await cdp.call("Target.setDiscoverTargets", {"discover": True})
        device = identity.device
        for method, params in (
            ("Inspector.enable", {}),
            ("Emulation.setDeviceMetricsOverride", device.metrics(scale)),
            ("Emulation.setFocusEmulationEnabled", {"enabled": True}),
            # A prerendered page is another page: it would take the place of the one that is recorded.
            ("Page.setPrerenderingAllowed", {"isAllowed": False}),
        ):
            await cdp.call(method, params, session)
        await Targets(cdp, identity, [*_REPORT_READY, ("Media.enable", {}), *device.touch()]).follow(session)
        return page

    async def load(self, url: str, limit: float, *, whole: bool) -> None:
        """Go to the page and wait until it is there; with `whole`, with all that belongs to it.

        Raises:
            LoadError: It is not http(s), unreachable, refused (status 400 and above), or not there after
                `limit` seconds.
            CdpError: The browser is gone.
        """
        if not url.lower().startswith(("http://", "https://")):
            raise LoadError(_NO_PAGE)
        try:
            await asyncio.wait_for(self._load(url, limit, whole), limit)
        except asyncio.TimeoutError:
            raise LoadError(_NO_PAGE) from None

    async def _load(self, url: str, limit: float, whole: bool) -> None:
        self._loaded.clear()
        self._ready.clear()
        self._status = 0
        # Of a page that is busy nothing is waited for but its load and its picture.
        self._cdp.send("Network.enable", session=self._session)
        answer = await self._call("Page.navigate", {"url": url}, timeout=limit + 1)
        if "errorText" in answer or self._status >= _FIRST_HTTP_ERROR:
            raise LoadError(_NO_PAGE)
        self._cdp.send("Network.disable", session=self._session)  # a page may go on loading for hours
        if whole:
            await self._unless_gone(self._loaded)

    async def ready(self, limit: float) -> bool:
        """Wait until the page has called notifyReady since its last load; false after `limit` seconds.

        Only after `expect_ready`.
        """
        try:
            await asyncio.wait_for(self._unless_gone(self._ready), limit)
        except asyncio.TimeoutError:
            return False
        self._cdp.send("Runtime.disable", session=self._session)
        return True

    async def expect_ready(self) -> None:
        """Before a page is loaded that will report ready: hear its call. (Its console comes with it.)"""
        await self._call("Runtime.enable", {})

    async def show(self, width: int, height: int, put: Callable[[bytes], None]) -> None:
        """Have the browser send frames (JPEG) to `put`, no larger than this; returns when there is one.

        Raises:
            CdpError: The browser gives no picture.
        """
        await Screencast(self._cdp, self._session, put, self.picture).start(width, height, JPEG_QUALITY)

    async def picture(self) -> bytes:
        """One frame (JPEG) now, for a page that paints nothing by itself."""
        asked = {"format": "jpeg", "quality": JPEG_QUALITY}
        answer = await self._call("Page.captureScreenshot", asked, _PICTURE_SECONDS)
        return base64.b64decode(answer["data"])

    async def _call(self, method: str, params: dict[str, Any], timeout: float = 15) -> dict[str, Any]:
        return await self._cdp.call(method, params, self._session, timeout)

    async def _unless_gone(self, event: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(e.wait()) for e in (event, self.gone, self._cdp.closed)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not event.is_set():
            raise CdpError(self.why_gone or "the browser is gone")

    def _watch(self) -> None:
        on = self._cdp.on
        on("Page.loadEventFired", self._load_fired)
        on("Runtime.bindingCalled", self._binding_called)
        on("Network.responseReceived", self._response)
        on("Media.playerPropertiesChanged", self._playing)
        on("Page.frameNavigated", self._navigated)
        on("Page.javascriptDialogOpening", self._dialog)
        on("Inspector.targetCrashed", self._crashed)
        on("Target.targetCrashed", self._target_crashed)
        on("Target.targetDestroyed", self._target_destroyed)
        on("Target.targetCreated", self._target_created)

    # Frames of other sites have sessions of their own: their loads and crashes are not the page's.
    def _load_fired(self, _params: dict[str, Any], session: str) -> None:
        if session == self._session:
            self._loaded.set()

    def _crashed(self, _params: dict[str, Any], session: str) -> None:
        if session == self._session:
            self._lost("The page crashed.")

    def _binding_called(self, params: dict[str, Any], _session: str) -> None:
        if params["name"] == _BINDING:
            self._ready.set()

    def _playing(self, params: dict[str, Any], _session: str) -> None:
        for one in params["properties"]:
            if one["name"] == "kResolution" and (size := re.fullmatch(r"(\d+)x(\d+)", one["value"])):
                sides = sorted(map(int, size.groups()), reverse=True)
                if any(side > most for side, most in zip(sides, _LARGEST, strict=True)):
                    self.too_large.set()

    def _response(self, params: dict[str, Any], _session: str) -> None:
        # A document of the main frame is a navigation: its request's id is its loader's.
        if params.get("type") == "Document" and params.get("requestId") == params.get("loaderId"):
            frame = params.get("frameId")
            if frame == self._target:  # a page's main frame has its target's id
                self._status = int(params["response"]["status"])

    def _navigated(self, params: dict[str, Any], _session: str) -> None:
        frame = params["frame"]
        if "parentId" not in frame and not frame["url"].startswith(_ALLOWED):
            self._lost("The page went to an address that is not http or https.")

    def _dialog(self, params: dict[str, Any], session: str) -> None:
        # Leaving a page is never to be asked about; everything else is declined.
        leave = params.get("type") == "beforeunload"
        self._cdp.send("Page.handleJavaScriptDialog", {"accept": leave}, session)

    def _target_created(self, params: dict[str, Any], _session: str) -> None:
        info = params["targetInfo"]
        if info["type"] == "page" and info["targetId"] != self._target:
            self._cdp.send("Target.closeTarget", {"targetId": info["targetId"]})

    def _target_crashed(self, params: dict[str, Any], _session: str) -> None:
        if params["targetId"] == self._target:
            self._lost("The page crashed.")

    def _target_destroyed(self, params: dict[str, Any], _session: str) -> None:
        if params["targetId"] == self._target:
            self._lost("The page closed itself.")

    def _lost(self, why: str) -> None:
        self.why_gone = self.why_gone or why
        self.gone.set()
