"""The browser's DevTools protocol over two pipes.

Playwright speaks it too, through a Node process that copies every frame twice: 130 MB and a second of start
for each recording. A pipe, unlike a debugging port, can be reached by nobody else on the machine.
"""

from __future__ import annotations

import asyncio
import binascii
import contextlib
import json
import os
import threading
from collections.abc import Callable
from typing import Any

from trtc_emulator.recorder.process import write_all

_FRAME = b'"method":"Page.screencastFrame"'
_DATA = b'"data":"'
_READ = 1 << 20

Params = dict[str, Any]


class CdpError(Exception):
    """The browser refused a command, did not answer it in time, or is gone."""


class Cdp:
    """One connection. Frames are decoded on the reading thread, away from the event loop.

    Attributes:
        on_frame: Gets each frame of the screencast (JPEG) and its number, on the reading thread.
        closed: Set when the browser has closed its end.
    """

    def __init__(self, read_fd: int, write_fd: int) -> None:
        """Take over both ends."""
        self.on_frame: Callable[[bytes, int], None] = lambda _frame, _number: None
        self.closed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._answers: dict[int, asyncio.Future[Params]] = {}
        self._handlers: dict[str, Callable[[Params, str], None]] = {}
        self._write_lock = threading.Lock()
        self._next_id = 0
        threading.Thread(target=self._read, name="cdp", daemon=True).start()

    def on(self, method: str, handler: Callable[[Params, str], None]) -> None:
        """Call `handler(params, session)` on the event loop for each such event."""
        self._handlers[method] = handler

    def send(self, method: str, params: Params | None = None, session: str = "") -> int:
        """Send a command whose answer nobody waits for."""
        with self._write_lock:
            self._next_id += 1
            message: Params = {"id": self._next_id, "method": method, "params": params or {}}
            if session:
                message["sessionId"] = session
            with contextlib.suppress(BrokenPipeError):  # `closed` tells
                write_all(self._write_fd, json.dumps(message).encode() + b"\0")
            return self._next_id

    async def call(
        self, method: str, params: Params | None = None, session: str = "", timeout: float = 15
    ) -> Params:
        """Send a command and return its result.

        Raises:
            CdpError: It was refused, not answered within `timeout` seconds, or the browser is gone.
        """
        if self.closed.is_set():
            raise CdpError("the browser is gone")
        future: asyncio.Future[Params] = self._loop.create_future()
        number = self.send(method, params, session)
        self._answers[number] = future
        try:
            return await asyncio.wait_for(future, timeout)
        except asyncio.TimeoutError:
            raise CdpError(f"{method} was not answered") from None
        finally:
            self._answers.pop(number, None)

    def _read(self) -> None:
        pending = bytearray()
        with contextlib.suppress(OSError):
            while chunk := os.read(self._read_fd, _READ):
                searched = len(pending)
                pending += chunk
                while (end := pending.find(0, searched)) >= 0:
                    message = bytes(pending[:end])
                    del pending[: end + 1]
                    searched = 0
                    self._take(message)
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            self._loop.call_soon_threadsafe(self._close)

    def _take(self, message: bytes) -> None:
        if _FRAME in message[:80]:
            start = message.index(_DATA) + len(_DATA)
            end = message.index(b'"', start)
            frame = binascii.a2b_base64(memoryview(message)[start:end])
            rest = json.loads(message[:start] + message[end:])
            with contextlib.suppress(RuntimeError):  # the loop has ended first
                self.on_frame(frame, rest["params"]["sessionId"])
        else:
            parsed = json.loads(message)
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._dispatch, parsed)

    def _dispatch(self, message: Params) -> None:
        if "id" in message:
            future = self._answers.get(message["id"])
            if future is None or future.done():
                return
            if "error" in message:
                future.set_exception(CdpError(str(message["error"].get("message", "refused"))))
            else:
                future.set_result(message.get("result", {}))
        elif handler := self._handlers.get(message.get("method", "")):
            handler(message.get("params", {}), message.get("sessionId", ""))

    def _close(self) -> None:
        self.closed.set()
        for future in self._answers.values():
            if not future.done():
                future.set_exception(CdpError("the browser is gone"))
