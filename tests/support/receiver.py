"""A receiver of callbacks, as a user would run one."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs

from tests.support.emulator import eventually

Answer = Callable[[int], int]


@attrs.frozen
class Delivery:
    """One POST."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found

    @property
    def type(self) -> int:
        number: int = self.body["EventType"]
        return number

    @property
    def task_id(self) -> str:
        task_id: str = self.body["EventInfo"]["TaskId"]
        return task_id

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = self.body["EventInfo"]["Payload"]
        return payload

    @property
    def short(self) -> tuple[int, int]:
        """Type and status, such as (801, 1)."""
        return self.type, self.payload["Status"]


class Receiver:
    """Listens between `open` and `close`; its port is its own before and after, too.

    What it has taken once is not listed again: a slow machine, or a kill, may have it sent twice.

    Args:
        answer: The status for the n-th delivery, from 0; it may block.
    """

    def __init__(self, answer: Answer = lambda _: 200) -> None:
        self.deliveries: list[Delivery] = []
        self._taken: list[dict[str, Any]] = []
        self._answer = answer
        self._lock = threading.Lock()
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind(("127.0.0.1", 0))
        self._port: int = self._holder.getsockname()[1]
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/callbacks"

    def open(self) -> Receiver:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver._take(Delivery(dict(self.headers), raw)))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._holder.close()

    def wait(self, count: int) -> list[Delivery]:
        """The deliveries, once there are so many."""
        eventually(lambda: len(self.deliveries) >= count, f"{count} callbacks")
        return list(self.deliveries)

    def _take(self, delivery: Delivery) -> int:
        event = {name: value for name, value in delivery.body.items() if name != "CallbackTs"}
        with self._lock:
            if event in self._taken:
                return 200
            number = len(self.deliveries)
            self.deliveries.append(delivery)
        status = self._answer(number)
        if status == 200:
            self._taken.append(event)
        return status


@contextmanager
def receiver(answer: Answer = lambda _: 200) -> Iterator[Receiver]:
    """A receiver that listens until the block is left."""
    found = Receiver(answer)
    try:
        yield found.open()
    finally:
        found.close()
