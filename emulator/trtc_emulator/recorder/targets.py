"""What a browser opens: each frame and worker is told the same before it runs, each prompt is cancelled."""

from __future__ import annotations

from typing import Any

from trtc_emulator.recorder.cdp import Cdp
from trtc_emulator.recorder.identity import Identity

Command = tuple[str, dict[str, Any]]

_FOLLOW = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
_WORKERS = ("worker", "shared_worker", "service_worker")
_CANCEL = {"response": "CancelAuth"}


class Targets:
    """Follows a browser from its first page into every frame and worker.

    A target is held until it is told who it is. All of it is sent without waiting for answers: they come in
    the order of the commands, and a busy page answers late.
    """

    def __init__(self, cdp: Cdp, identity: Identity, in_frames: list[Command]) -> None:
        """`in_frames` are the commands that each frame gets besides."""
        self._cdp = cdp
        self._identity = identity
        self._headers = identity.headers()
        self._in_frames = in_frames

    async def follow(self, page_session: str) -> None:
        """Begin, before the page is loaded. Raises CdpError."""
        self._cdp.on("Target.attachedToTarget", self._attached)
        self._cdp.on("Fetch.authRequired", self._cancel_prompt)
        self._cdp.on("Fetch.requestPaused", self._go_on)
        for method, params in self._for_frames():
            await self._cdp.call(method, params, page_session)
        # The browser's own workers, which belong to no page, and the page's frames and workers.
        workers = [{"type": kind} for kind in _WORKERS]
        await self._cdp.call("Target.setAutoAttach", {**_FOLLOW, "filter": workers})
        await self._cdp.call("Target.setAutoAttach", _FOLLOW, page_session)
        # Prompts come with the requests alone: each of these is let go on.
        await self._cdp.call("Fetch.enable", {"handleAuthRequests": True})

    def _for_frames(self) -> list[Command]:
        agent = ("Emulation.setUserAgentOverride", self._identity.agent())
        return [("Page.enable", {}), agent, *self._in_frames]

    def _attached(self, params: dict[str, Any], _session: str) -> None:
        session, kind = params["sessionId"], params["targetInfo"]["type"]
        commands: list[Command] = [("Target.setAutoAttach", _FOLLOW)]
        if kind in _WORKERS:
            platform = f"({{ configurable: true, get: () => {self._identity.platform!r} }})"
            script = f"Object.defineProperty(WorkerNavigator.prototype, 'platform', {platform})"
            commands += [
                ("Emulation.setUserAgentOverride", self._identity.agent()),
                ("Runtime.evaluate", {"expression": script}),
            ]
        elif kind in ("page", "iframe"):
            commands += self._for_frames()
        for method, values in [*commands, ("Runtime.runIfWaitingForDebugger", {})]:
            self._cdp.send(method, values, session)

    def _cancel_prompt(self, params: dict[str, Any], session: str) -> None:
        answer = {"requestId": params["requestId"], "authChallengeResponse": _CANCEL}
        self._cdp.send("Fetch.continueWithAuth", answer, session)

    def _go_on(self, params: dict[str, Any], session: str) -> None:
        command = {"requestId": params["requestId"]}
        # What a frame sends while it goes away is no longer told who it is.
        sent: dict[str, str] = params["request"]["headers"]
        told = {name: self._headers.get(name.lower(), value) for name, value in sent.items()}
        if told != sent:
            command["headers"] = [{"name": name, "value": value} for name, value in told.items()]
        self._cdp.send("Fetch.continueRequest", command, session)
