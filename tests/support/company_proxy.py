"""A company's proxy on loopback: it wants a login, and puts its own certificates in place of the
service's. Whatever host is asked for, it answers itself: nothing leaves the machine.
"""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import attrs
import trustme

from tests.support.serving import serving

Answer = Callable[[str, Mapping[str, str], Any], tuple[int, bytes]]
"""What a host answers: takes its name, the headers in lower case, and the body; gives status and body."""


@attrs.define
class CompanyProxy:
    """One that runs.

    Attributes:
        address: Its host and port.
        ca_file: Its authority's certificate.
        hosts: That were asked for, in order.
        answer: What they say.
    """

    address: str
    ca_file: Path
    answer: Answer
    hosts: list[str] = attrs.field(factory=list)


def response(**fields: Any) -> tuple[int, bytes]:
    """An answer in the API's envelope."""
    return 200, json.dumps({"Response": {"RequestId": "req-1", **fields}}).encode()


def error(code: str) -> tuple[int, bytes]:
    """An error in the API's envelope."""
    return response(Error={"Code": code, "Message": "no"})


@contextmanager
def company_proxy(folder: Path, answer: Answer, *, login: str = "") -> Iterator[CompanyProxy]:
    """A proxy on a free port, for as long as the block lasts.

    Args:
        folder: Where its authority's certificate is put.
        login: "user:password" that it wants; anyone may use it by default.
    """
    authority = trustme.CA()
    ca_file = folder / "company-ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    state = CompanyProxy("", ca_file, answer)
    wanted = f"Basic {base64.b64encode(login.encode()).decode()}"

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        host = ""

        def do_CONNECT(self) -> None:
            if login and self.headers.get("Proxy-Authorization") != wanted:
                self.send_error(407)
                return
            self.host = self.path.rpartition(":")[0]
            state.hosts.append(self.host)
            self.close_connection = True
            self.send_response(200)
            self.end_headers()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(self.host).configure_cert(context)
            try:
                self.connection = context.wrap_socket(self.connection, server_side=True)
            except OSError:  # the client does not trust it
                return
            self.close_connection = False
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = state.answer(self.host, headers, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # a client that has given up
                self.wfile.write(content)

    with serving(Answers) as state.address:
        yield state
