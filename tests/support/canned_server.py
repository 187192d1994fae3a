"""A small HTTP server that answers what a test put down, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import attrs

from tests.support.serving import serving


@attrs.frozen
class Answer:
    """What to send: `cut` closes the connection instead, `silent` waits until the server ends."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = attrs.field(factory=dict)
    promised: int = 0
    cut: bool = False
    silent: bool = False

    @classmethod
    def response(cls, content_type: str = "application/json", **fields: Any) -> Answer:
        """An answer in the API's envelope."""
        return cls(
            json.dumps({"Response": {"RequestId": "req-1", **fields}}).encode(), content_type=content_type
        )

    @classmethod
    def error(cls, code: str, message: str = "no", content_type: str = "application/json") -> Answer:
        """An error in the API's envelope."""
        return cls.response(content_type, Error={"Code": code, "Message": message})


@attrs.frozen
class Asked:
    """A request as it arrived.

    Attributes:
        connection: Tells its connection from others.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: object


@attrs.define
class CannedServer:
    """Answers in the order in which they were put; the last one stays."""

    url: str = ""
    answers: deque[Answer] = attrs.field(factory=deque)
    asked: list[Asked] = attrs.field(factory=list)
    ended: threading.Event = attrs.field(factory=threading.Event)

    def put(self, *answers: Answer) -> None:
        """Put down what comes next."""
        self.answers.clear()
        self.answers.extend(answers)

    def next(self) -> Answer:
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


@contextmanager
def canned_server() -> Iterator[CannedServer]:
    """A server on a free port of this machine, for as long as the block lasts."""
    state = CannedServer()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.asked.append(Asked(self.path, headers, body, self.client_address))
            answer = state.next()
            if answer.silent:
                state.ended.wait()
            if answer.cut or answer.silent:
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body) + answer.promised))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.promised > 0

        do_GET = do_POST  # noqa: N815  the names that the server calls

    with serving(Answers) as address:
        state.url = f"http://{address}"
        try:
            yield state
        finally:
            state.ended.set()
