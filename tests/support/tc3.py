"""Raw requests to the emulator, signed by the test's own reading of TC3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from datetime import datetime, timezone
from typing import Any

import attrs

from tests.support.emulator import DEADLINE, SECRET_ID, SECRET_KEY, Emulator


@attrs.frozen
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def response(self) -> dict[str, Any]:
        envelope: dict[str, dict[str, Any]] = json.loads(self.body)
        return envelope["Response"]

    @property
    def code(self) -> str:
        """The error's code; "" is success."""
        error: dict[str, str] = self.response.get("Error", {})
        return error.get("Code", "")


def signature(
    secret_key: str,
    timestamp: int,
    headers: dict[str, str],
    signed: str,
    payload: bytes,
    *,
    service: str = "trtc",
) -> str:
    """The signature of a POST to /."""
    lines = "".join(f"{name}:{headers[name]}\n" for name in signed.split(";"))
    canonical = f"POST\n/\n\n{lines}\n{signed}\n{hashlib.sha256(payload).hexdigest()}"
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{date}/{service}/tc3_request\n" + (
        hashlib.sha256(canonical.encode()).hexdigest()
    )
    key = ("TC3" + secret_key).encode()
    for part in (date, service, "tc3_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def headers_for(
    emulator: Emulator,
    action: str,
    body: bytes,
    *,
    timestamp: int | None = None,
    signed: str = "content-type;host",
    secret_id: str = SECRET_ID,
    secret_key: str = SECRET_KEY,
    content_type: str = "application/json",
    unsigned_payload: bool = False,
    service: str = "trtc",
    host: str | None = None,
) -> dict[str, str]:
    """The headers of a rightly signed request, or of one that is wrong in just what the arguments say."""
    timestamp = int(time.time()) if timestamp is None else timestamp
    headers = {
        "Content-Type": content_type,
        "Host": host or emulator.host,
        "X-TC-Action": action,
        "X-TC-Version": "2019-07-22",
        "X-TC-Timestamp": str(timestamp),
        "X-TC-Region": "ap-singapore",
    }
    payload = body
    if unsigned_payload:
        headers["X-TC-Content-SHA256"] = "UNSIGNED-PAYLOAD"
        payload = b"UNSIGNED-PAYLOAD"
    lower = {name.lower(): value for name, value in headers.items()}
    found = signature(secret_key, timestamp, lower, signed, payload, service=service)
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    headers["Authorization"] = (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{date}/{service}/tc3_request, "
        f"SignedHeaders={signed}, Signature={found}"
    )
    return headers


def send(
    emulator: Emulator, headers: dict[str, str], body: bytes, method: str = "POST", path: str = "/"
) -> Answer:
    """Send exactly these headers and this body on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=DEADLINE)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def call(emulator: Emulator, action: str, params: Any, **options: Any) -> Answer:
    """A rightly signed request."""
    body = json.dumps(params).encode()
    return send(emulator, headers_for(emulator, action, body, **options), body)
