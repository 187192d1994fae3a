"""TC3-HMAC-SHA256 as the server sees it: whose request is this, and is it the one that was signed?"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from itertools import product

import attrs

from trtc_emulator.request.errors import ApiError, missing

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "trtc"
MAX_SKEW_S = 300

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} +"
    r"Credential=(?P<id>[^/,\s]+)/(?P<date>\d{4}-\d{2}-\d{2})/(?P<service>[^/,\s]+)/tc3_request *, *"
    r"SignedHeaders=(?P<headers>[A-Za-z0-9;_-]+) *, *Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)
_REQUIRED_HEADERS = {"content-type", "host"}
_UNSIGNED = "UNSIGNED-PAYLOAD"


@attrs.frozen
class Credentials:
    """What the emulator accepts: one key, and at most one token of a temporary key."""

    secret_id: str
    secret_key: str = attrs.field(repr=False)
    token: str | None = attrs.field(default=None, repr=False)


def verify(headers: Mapping[str, str], body: bytes, credentials: Credentials, now: float) -> None:
    """Raise ApiError unless the request was signed with these credentials within the last five minutes.

    Args:
        headers: The request's headers, looked up without regard to case.
        body: The body as it came.
        credentials: The key that is accepted.
        now: The machine's time in seconds, not the recordings'.
    """
    timestamp = _timestamp(headers)
    match = _AUTHORIZATION.fullmatch(headers.get("Authorization", "").strip())
    if match is None:
        raise ApiError("AuthFailure.InvalidAuthorization", "Authorization in the request header is invalid.")
    signed = match["headers"].lower().split(";")
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    services = (SERVICE, _service_of(headers.get("Host", "")))
    if not _REQUIRED_HEADERS.issubset(signed) or match["date"] != date or match["service"] not in services:
        raise ApiError("AuthFailure.InvalidAuthorization", "Authorization in the request header is invalid.")
    if not _same(match["id"], credentials.secret_id):
        raise ApiError(
            "AuthFailure.SecretIdNotFound",
            "The SecretId is not found, please ensure that your SecretId is correct.",
        )
    if abs(now - timestamp) > MAX_SKEW_S:
        raise ApiError(
            "AuthFailure.SignatureExpire",
            "The signature has expired: Timestamp and the server's time differ by more than five minutes.",
        )
    host = headers.get("Host", "")
    spellings = product((host, host.rsplit(":", 1)[0]), (False, True))
    found = (
        sign(
            headers,
            body,
            signed,
            timestamp,
            credentials.secret_key,
            service=match["service"],
            host=spelling,
            lower=lower,
        )
        for spelling, lower in spellings
    )
    if not any(_same(match["signature"], one) for one in found):
        raise ApiError(
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated. Please check your signature is correct.",
        )
    token = headers.get("X-TC-Token")
    if token is not None and not (credentials.token and _same(token, credentials.token)):
        raise ApiError("AuthFailure.TokenFailure", "The token is not valid or has expired.")


def _service_of(host: str) -> str:
    """The service that an SDK reads off its endpoint, as the one for Node.js does: "127" for 127.0.0.1."""
    return host.split(".", 1)[0]


def sign(
    headers: Mapping[str, str],
    body: bytes,
    signed: list[str],
    timestamp: int,
    secret_key: str,
    *,
    service: str,
    host: str,
    lower: bool,
) -> str:
    """The signature in hex.

    Args:
        service: As the request's scope names it.
        host: The Host as it was signed: some SDKs leave the port out.
        lower: Whether header values count in lower case: the documentation says so, the SDKs send them as
            they are, and both are in use.
    """
    payload = _UNSIGNED.encode() if headers.get("X-TC-Content-SHA256") == _UNSIGNED else body
    given = {name: host if name == "host" else headers.get(name, "") for name in signed}
    values = [f"{name}:{given[name].strip()}\n" for name in signed]
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            "".join(value.lower() if lower else value for value in values),
            ";".join(signed),
            hashlib.sha256(payload).hexdigest(),
        )
    )
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    scope = f"{date}/{service}/tc3_request"
    digest = hashlib.sha256(_octets(canonical)).hexdigest()
    key = _hmac(_octets("TC3" + secret_key), date)
    for part in (service, "tc3_request", f"{ALGORITHM}\n{timestamp}\n{scope}\n{digest}"):
        key = _hmac(key, part)
    return key.hex()


def _timestamp(headers: Mapping[str, str]) -> int:
    text = headers.get("X-TC-Timestamp", "")
    if not text:
        raise missing("Timestamp")
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise ApiError(
            "InvalidParameterValue", "The value specified in the parameter `Timestamp` is not valid."
        )
    return int(text)


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, _octets(text), hashlib.sha256).digest()


def _same(a: str, b: str) -> bool:
    return hmac.compare_digest(_octets(a), _octets(b))


def _octets(text: str) -> bytes:
    # aiohttp hands bytes that are no UTF-8 on as surrogates.
    return text.encode("utf-8", "surrogateescape")
