"""The API on the wire: POST /, its headers, its signature, and the order in which they are checked."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from contextlib import nullcontext
from typing import Any

import attrs
from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError

from trtc_emulator.api.actions import Actions
from trtc_emulator.api.answers import JSON, Envelope, cut, failure, send, send_fault, success
from trtc_emulator.api.faults import FaultBook
from trtc_emulator.api.hosts import from_another_site
from trtc_emulator.api.ratelimit import RateLimiter
from trtc_emulator.api.requests_log import Entry, RequestLog
from trtc_emulator.api.signature import Credentials, verify
from trtc_emulator.request.errors import ApiError, missing
from trtc_emulator.request.forms import FORMS
from trtc_emulator.request.shapes import parse
from trtc_emulator.settings.values import Settings

_VERSION = "2019-07-22"
MAX_BODY = 10 * 1024 * 1024
_SMALL_BODY = 64 * 1024
_LARGE_BODIES_AT_ONCE = 4
_log = logging.getLogger(__name__)


@attrs.frozen
class ApiServer:
    """Serves the API: one instance an emulator."""

    settings: Settings
    actions: Actions
    limiter: RateLimiter
    faults: FaultBook
    log: RequestLog
    # Bodies are read before their signature can be known: only a few large ones are held at a time.
    _large_bodies: asyncio.Semaphore = attrs.field(factory=lambda: asyncio.Semaphore(_LARGE_BODIES_AT_ONCE))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of any method to `/`. Never raises, never answers 500 unless asked to."""
        entry = Entry(time.time(), request.headers.get("X-TC-Action", "")[:64], str(uuid.uuid4()))
        self.log.add(entry)
        try:
            fields = await self._admit(request, entry)
        except ApiError as error:
            return send(entry, failure(entry, error))
        except (OSError, ClientError, HttpProcessingError, asyncio.TimeoutError):
            # The body did not come, or not in time, or not as HTTP.
            return cut(request, entry, "no_body")
        decision = self.faults.decide(entry.action)
        entry.fault = decision.name
        # A real server has read the request: it carries it out however long it takes, and whoever waits.
        await asyncio.sleep(decision.before_s)
        fault = decision.fault
        envelope = self._handle(entry, fields) if fault is None or fault.handled else None
        await asyncio.sleep(decision.after_s)
        if fault is not None:
            return await send_fault(request, entry, fault, envelope)
        return send(entry, envelope or {})

    async def _admit(self, request: web.Request, entry: Entry) -> dict[str, Any]:
        if request.method != "POST":
            raise ApiError("UnsupportedProtocol", "The request method is not supported: use POST.")
        # A site may lead its own name here, and whoever knows the public key may sign.
        if from_another_site(request):
            raise ApiError("UnauthorizedOperation", "A page of another site is not answered.")
        body = await self._body(request)
        for header in ("Action", "Version", "Timestamp"):
            if not request.headers.get(f"X-TC-{header}"):
                raise missing(header)
        verify(request.headers, body, self._credentials, time.time())
        if entry.action not in FORMS:
            raise ApiError("InvalidAction", "The request action is invalid or not found.")
        if request.headers["X-TC-Version"] != _VERSION:
            raise ApiError("NoSuchVersion", "The API version does not exist.")
        region = request.headers.get("X-TC-Region")
        if not region:
            raise missing("Region")
        if region not in self.settings.regions:
            raise ApiError("UnsupportedRegion", "The region is not supported by this API.")
        self.limiter.take(entry.action)
        if request.content_type != JSON:
            raise ApiError("InvalidRequest", f"The Content-Type of the request must be {JSON}.")
        fields = parse(body)
        entry.note(fields)
        return fields

    async def _body(self, request: web.Request) -> bytes:
        length = request.content_length
        small = length is not None and length <= _SMALL_BODY

        async def read() -> bytes:
            async with nullcontext() if small else self._large_bodies:
                return await request.read()

        try:
            # With the wait for room: others may hold all of it.
            return await asyncio.wait_for(read(), self.settings.body_timeout)
        except web.HTTPRequestEntityTooLarge as error:
            raise ApiError("RequestSizeLimitExceeded", "The request size exceeds the upper limit.") from error

    def _handle(self, entry: Entry, fields: dict[str, Any]) -> Envelope:
        try:
            answer = self.actions.run(entry.action, fields)
        except ApiError as error:
            return failure(entry, error.at(self.settings.site))
        except Exception:  # noqa: BLE001 - never a 500; the traceback holds code and no values
            _log.exception("%s failed, RequestId %s", entry.action, entry.request_id)
            return failure(entry, ApiError("InternalError", "An internal error has occurred."))
        entry.handled = True
        entry.task_id = answer.get("TaskId", entry.task_id)
        return success(entry, answer)

    @property
    def _credentials(self) -> Credentials:
        return Credentials(self.settings.secret_id, self.settings.secret_key, self.settings.token)
