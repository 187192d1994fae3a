"""The API on the wire: POST /, headers, signature, envelope, and the faults that were asked for."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

import attrs
from aiohttp import web

from trtc_emulator import api
from trtc_emulator.actions import Actions
from trtc_emulator.errors import ApiError, missing
from trtc_emulator.faults import Decision, Fault, FaultBook, FaultKind
from trtc_emulator.ratelimit import RateLimiter
from trtc_emulator.requests_log import Entry, RequestLog
from trtc_emulator.settings import Settings
from trtc_emulator.shapes import parse
from trtc_emulator.signature import Credentials, verify

MAX_BODY = 10 * 1024 * 1024
_JSON = "application/json"
_log = logging.getLogger(__name__)


@attrs.frozen
class ApiServer:
    """Serves the API: one instance an emulator."""

    settings: Settings
    actions: Actions
    limiter: RateLimiter
    faults: FaultBook
    log: RequestLog
    wall: Callable[[], float] = time.time

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of any method to `/`. Never raises, never answers 500 unless asked to."""
        entry = Entry(self.wall(), request.headers.get("X-TC-Action", "")[:64], str(uuid.uuid4()))
        self.log.add(entry)
        try:
            decision, body = await self._admit(request, entry)
        except ApiError as error:
            return _json_response(_error(entry, error))
        except (ConnectionError, asyncio.TimeoutError):
            return _cut(request, entry, "gone")
        entry.fault = decision.name
        # A real server has read the request: it carries it out however long it takes, and whoever waits.
        await asyncio.sleep(decision.before_s)
        answer = self._handle(entry, body) if _is_handled(decision) else None
        await asyncio.sleep(decision.after_s)
        return await _answer(request, entry, decision, answer)

    async def _admit(self, request: web.Request, entry: Entry) -> tuple[Decision, bytes]:
        if request.method != "POST":
            raise ApiError("UnsupportedProtocol", "The request method is not supported: use POST.")
        body = await self._body(request)
        for header in ("Action", "Version", "Timestamp"):
            if not request.headers.get(f"X-TC-{header}"):
                raise missing(header)
        verify(request.headers, body, self._credentials, self.wall())
        if entry.action not in api.ACTIONS:
            raise ApiError("InvalidAction", "The request action is invalid or not found.")
        if request.headers["X-TC-Version"] != api.VERSION:
            raise ApiError("NoSuchVersion", "The API version does not exist.")
        region = request.headers.get("X-TC-Region")
        if not region:
            raise missing("Region")
        if region not in self.settings.regions:
            raise ApiError("UnsupportedRegion", "The region is not supported by this API.")
        if request.content_type != _JSON:
            raise ApiError("InvalidRequest", f"The Content-Type of the request must be {_JSON}.")
        self.limiter.take(entry.action)
        return self.faults.decide(entry.action), body

    async def _body(self, request: web.Request) -> bytes:
        try:
            return await asyncio.wait_for(request.read(), self.settings.body_timeout)
        except web.HTTPRequestEntityTooLarge as error:
            raise ApiError("RequestSizeLimitExceeded", "The request size exceeds the upper limit.") from error

    def _handle(self, entry: Entry, body: bytes) -> dict[str, Any]:
        try:
            fields = parse(body)
            entry.note(fields)
            answer = self.actions.run(entry.action, fields)
        except ApiError as error:
            return _error(entry, error)
        except Exception:  # noqa: BLE001 - never a 500; the traceback holds code and no values
            _log.exception("%s failed, RequestId %s", entry.action, entry.request_id)
            return _error(entry, ApiError("InternalError", "An internal error has occurred."))
        entry.handled = True
        entry.code = ""
        entry.task_id = answer.get("TaskId", entry.task_id)
        return {"Response": {**answer, "RequestId": entry.request_id}}

    @property
    def _credentials(self) -> Credentials:
        return Credentials(self.settings.secret_id, self.settings.secret_key, self.settings.token)


def _is_handled(decision: Decision) -> bool:
    return decision.fault is None or decision.fault.handled


async def _answer(
    request: web.Request, entry: Entry, decision: Decision, answer: dict[str, Any] | None
) -> web.StreamResponse:
    fault = decision.fault
    if fault is None:
        return _json_response(answer)
    if fault.kind in (FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER):
        return _cut(request, entry, fault.kind.value)
    if fault.kind is FaultKind.TRUNCATED:
        return await _truncated(request, answer)
    return _bad_answer(entry, fault, answer)


def _bad_answer(entry: Entry, fault: Fault, answer: dict[str, Any] | None) -> web.Response:
    if fault.kind is FaultKind.HTTP_STATUS:
        entry.code = f"HTTP {fault.status}"
        return web.Response(status=fault.status, text="A status that was asked for.\n")
    if fault.kind is FaultKind.WRONG_CONTENT_TYPE:
        return _json_response(answer, content_type=f"{_JSON}; charset=utf-8")
    if fault.kind is FaultKind.ERROR:
        return _json_response(_error(entry, ApiError(fault.code, fault.message)))
    if fault.kind is FaultKind.MISSING_TASK_ID:
        fields = (answer or {})["Response"]
        return _json_response({"Response": {name: fields[name] for name in fields if name != "TaskId"}})
    entry.code = entry.code or fault.kind.value
    no_envelope = json.dumps({"RequestId": entry.request_id})
    broken = {FaultKind.MALFORMED: '{"Response": {"TaskId": ', FaultKind.EMPTY: ""}
    return _json_response(text=broken.get(fault.kind, no_envelope))


def _error(entry: Entry, error: ApiError) -> dict[str, Any]:
    entry.code, entry.message = error.code, error.message
    return {
        "Response": {
            "Error": {"Code": error.code, "Message": error.message},
            "RequestId": entry.request_id,
        }
    }


def _json_response(value: Any = None, *, text: str | None = None, content_type: str = _JSON) -> web.Response:
    body = json.dumps(value, ensure_ascii=False) if text is None else text
    # The bare type: with a charset the official Python SDK does not look for errors.
    return web.Response(body=body.encode(), headers={"Content-Type": content_type})


def _cut(request: web.Request, entry: Entry, code: str) -> web.Response:
    entry.code = entry.code or code
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _truncated(request: web.Request, answer: dict[str, Any] | None) -> web.StreamResponse:
    body = json.dumps(answer).encode()
    response = web.StreamResponse(headers={"Content-Type": _JSON, "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
