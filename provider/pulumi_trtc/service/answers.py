"""What an answer of the API holds, and what is said where it holds a failure or there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import attrs

from pulumi_trtc.errors import ApiError, Handling
from pulumi_trtc.service.redact import redact
from pulumi_trtc.settings.ca_bundle import VARIABLES
from pulumi_trtc.settings.read import Settings

_LONGEST = 500
"""Characters of somebody else's text that a message repeats."""

_NEVER_SENT = re.compile(
    "NewConnectionError|NameResolutionError|ConnectTimeoutError|Unable to connect to proxy|"
    "CERTIFICATE_VERIFY_FAILED|SOCKSHTTPS?ConnectionPool|ProxySchemeUnknown|InvalidProxyURL"
)
"""How urllib3 names failures that come before the request."""

_NO_LOGIN = "Tunnel connection failed: 407"
_NO_TRUST = "CERTIFICATE_VERIFY_FAILED"

_PLAIN = (
    (_NO_LOGIN, "the proxy on the way to {host} does not take its user and password"),
    (_NO_TRUST, "the certificate of {host} cannot be verified"),
    ("Unable to connect to proxy", "the proxy on the way to {host} does not answer"),
    ("NameResolutionError", "the name {host} cannot be resolved"),
    ("SOCKS", "the proxy on the way to {host} does not answer"),
    ("Connection refused", "{host} refuses the connection"),
    ("ConnectTimeoutError", "{host} does not accept a connection within {timeout:g} s"),
    ("Read timed out", "{host} did not answer within {timeout:g} s"),
    ("Connection aborted", "{host} cut the connection before its answer was complete"),
    ("Connection broken", "{host} cut the connection before its answer was complete"),
)

_NOT_NOW = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


@attrs.frozen
class Call:
    """One call, as far as its failures have to tell.

    Attributes:
        action: Of the API.
        record_id, task_id: What it is about.
        secrets: What no message may repeat.
        settings: Where it goes to, and by what way.
        host: Where it goes to, if that is not the API's.
    """

    action: str
    record_id: str | None
    task_id: str | None
    secrets: tuple[str, ...] = attrs.field(repr=False)
    settings: Settings
    host: str = attrs.field(default=attrs.Factory(lambda self: self.settings.host, takes_self=True))

    def hiding(self, *secrets: str) -> Call:
        """The same, with more secrets."""
        return attrs.evolve(self, secrets=(*self.secrets, *secrets))

    def content(self, whole: Any) -> Mapping[str, Any] | ApiError:
        """The `Response` of an answer, or the error in it.

        The SDK looks for errors in answers of one exact Content-Type alone; so they are looked for here too.
        """
        answer = whole.get("Response") if isinstance(whole, Mapping) else None
        if not isinstance(answer, Mapping):
            return self._error("MalformedAnswer", "the answer has no Response")
        error = answer.get("Error")
        if error is None:
            return answer
        if not isinstance(error, Mapping):
            return self._error("MalformedAnswer", "the answer has an Error without a code")
        return self._error(str(error.get("Code")), str(error.get("Message")), answer.get("RequestId"))

    def failure(self, error: Exception, status: int | None) -> ApiError:
        """The failure that an exception of the SDK, or of what it stands on, means.

        Args:
            error: A TencentCloudSDKException, or anything else.
            status: The HTTP status, if an answer came.
        """
        code = getattr(error, "code", None)
        if not isinstance(code, str):
            return self._lost(type(error).__name__, str(error))
        message = getattr(error, "message", "")
        if isinstance(message, bytes):
            message = message.decode("utf-8", "replace")
        if code == "ServerNetworkError":
            return self._bad_status(status, str(message))
        if code == "ClientNetworkError":
            return self._lost(code, str(message))
        return self._error(code, str(message), getattr(error, "requestId", None))

    def text(self, answer: Mapping[str, Any], name: str) -> str:
        """A text that an answer must have.

        Raises:
            ApiError: It has none; whether the request was carried out is then unknown.
        """
        value = answer.get(name)
        if isinstance(value, str) and value:
            return value
        raise self._error("MalformedAnswer", f"the answer has no {name}", answer.get("RequestId"))

    def integer(self, answer: Mapping[str, Any], name: str) -> int:
        """An integer that an answer must have; see `text`."""
        value = answer.get(name)
        if isinstance(value, int):
            return value
        raise self._error("MalformedAnswer", f"the answer has no {name}", answer.get("RequestId"))

    def malformed(self, what: str) -> ApiError:
        """An answer that cannot be used."""
        return self._error("MalformedAnswer", what)

    def _lost(self, code: str, message: str) -> ApiError:
        host, timeout = self.host, self.settings.request_timeout
        plain = next(
            (text.format(host=host, timeout=timeout) for sign, text in _PLAIN if sign in message), message
        )
        error = self._error(code, plain)
        if not _NEVER_SENT.search(message):
            return error
        return attrs.evolve(error, sent=False, kind=self._kind(message, error), hint=self._hint(message))

    def _kind(self, message: str, error: ApiError) -> Handling:
        return Handling.FATAL if _NO_TRUST in message or _NO_LOGIN in message else error.kind

    def _hint(self, message: str) -> str | None:
        if _NO_TRUST in message:
            bundle = self.settings.ca_bundle
            trusted = f"those of {bundle.source} ({bundle.path})" if bundle else "the usual authorities'"
            return (
                f"Trusted are {trusted}. Where a company's proxy puts its own in place of the service's, "
                f"name a file that holds its authority's: `trtc:caBundle`, {', '.join(VARIABLES)}."
            )
        if self.settings.is_local:
            port = self.host.rpartition(":")[2]
            return (
                f"Start the emulator (`trtc-emulator --port {port}`), or choose where to record with "
                "`trtc:site` and `trtc:endpoint`."
            )
        return None

    def _bad_status(self, status: int | None, body: str) -> ApiError:
        text = re.sub(r"<[^>]*>", " ", body)
        error = self._error("ServerNetworkError", f"HTTP status {status} instead of an answer: {text}")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return attrs.evolve(error, kind=Handling.THROTTLED)
        # Somebody on the way turned it down, a proxy for example.
        if status is not None and status not in _NOT_NOW and 300 <= status < 500:
            hint = "Check `trtc:endpoint` and the proxy settings (HTTPS_PROXY, NO_PROXY)."
            return attrs.evolve(error, kind=Handling.FATAL, hint=hint)
        return error

    def _error(self, code: str, message: str, request_id: Any = None) -> ApiError:
        # Secrets first: a cut through one would hide it from the search.
        text = " ".join(redact(message, self.secrets).split())
        return ApiError(
            action=self.action,
            code=redact(code, self.secrets),
            message=text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…",
            request_id=request_id if isinstance(request_id, str) else None,
            record_id=self.record_id,
            task_id=self.task_id,
        )
