"""One attempt to deliver a callback over HTTP."""

from __future__ import annotations

import asyncio

import aiohttp

from trtc_emulator.callbacks.messages import sign
from trtc_emulator.settings.receivers import Receiver

_TIMEOUT_S = 5.0
_TAKEN = 200


class Poster:
    """Posts bodies; make it on the event loop and close it."""

    def __init__(self) -> None:
        # No limit of connections over all receivers, no cookies kept, no proxy: the receiver itself is meant.
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S),
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def __call__(self, receiver: Receiver, sdk_app_id: int, body: bytes) -> bool:
        """Whether the receiver answered with status 200 in time."""
        headers = {"Content-Type": "application/json", "SdkAppId": str(sdk_app_id)}
        if receiver.key is not None:
            headers["Sign"] = sign(receiver.key, body)
        try:
            async with self._session.post(
                receiver.url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return response.status == _TAKEN
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError):
            return False

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()
