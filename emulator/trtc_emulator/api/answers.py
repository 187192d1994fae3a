"""Answers on the wire: the envelope, and the broken ones that were asked for."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from trtc_emulator.api.faults import Fault, FaultKind
from trtc_emulator.api.requests_log import Entry
from trtc_emulator.request.errors import ApiError

JSON = "application/json"
Envelope = dict[str, Any]


def success(entry: Entry, fields: dict[str, Any]) -> Envelope:
    """The answer of a request that was carried out."""
    return {"Response": {**fields, "RequestId": entry.request_id}}


def failure(entry: Entry, error: ApiError) -> Envelope:
    """The answer of a request that was refused."""
    return {
        "Response": {
            "Error": {"Code": error.code, "Message": error.message},
            "RequestId": entry.request_id,
        }
    }


def send(entry: Entry, envelope: Envelope, content_type: str = JSON) -> web.Response:
    """Answer with the envelope, HTTP 200 in every case, and note the code that it carries."""
    error = envelope["Response"].get("Error", {"Code": "", "Message": ""})
    entry.code, entry.message = error["Code"], error["Message"]
    return _response(json.dumps(envelope), content_type)


def cut(request: web.Request, entry: Entry, why: str) -> web.Response:
    """Cut the connection, unanswered."""
    entry.code = why
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def send_fault(
    request: web.Request, entry: Entry, fault: Fault, envelope: Envelope | None
) -> web.StreamResponse:
    """Answer as the fault says. `envelope` is the right answer, of a request that was carried out."""
    if fault.kind is FaultKind.ERROR:
        return send(entry, failure(entry, ApiError(fault.code, fault.message)))
    if fault.kind in (FaultKind.CUT_BEFORE, FaultKind.CUT_AFTER):
        return cut(request, entry, fault.kind.value)
    if envelope is not None and fault.kind is FaultKind.WRONG_CONTENT_TYPE:
        return send(entry, envelope, f"{JSON}; charset=utf-8")
    if envelope is not None and fault.kind is FaultKind.MISSING_TASK_ID:
        fields = envelope["Response"]
        return send(entry, {"Response": {name: fields[name] for name in fields if name != "TaskId"}})
    entry.code = fault.kind.value
    if envelope is not None and fault.kind is FaultKind.TRUNCATED:
        return await _send_half(request, json.dumps(envelope).encode())
    return _broken(entry, fault)


def _broken(entry: Entry, fault: Fault) -> web.Response:
    if fault.kind is FaultKind.HTTP_STATUS:
        return web.Response(status=fault.status, text="A status that was asked for.\n")
    if fault.kind is FaultKind.MALFORMED:
        return _response('{"Response": {"TaskId": ')
    if fault.kind is FaultKind.NO_ENVELOPE:
        return _response(json.dumps({"RequestId": entry.request_id}))
    return _response("")


def _response(text: str, content_type: str = JSON) -> web.Response:
    # The bare type: with a charset the official Python SDK does not look for errors.
    return web.Response(body=text.encode(), headers={"Content-Type": content_type})


async def _send_half(request: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": JSON, "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
