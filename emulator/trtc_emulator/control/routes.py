"""The emulator's own routes, /_emulator/…: for tests and people on this machine, unsigned."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import attrs
from aiohttp import web

from trtc_emulator.api.fault_spec import FaultSpecError, read_fault
from trtc_emulator.api.hosts import is_bound, is_loopback, origin_host
from trtc_emulator.api.server import ApiServer
from trtc_emulator.media.contract import PictureWay
from trtc_emulator.request.shapes import number_in
from trtc_emulator.tasks.clock import OffsetClock
from trtc_emulator.tasks.events import Event
from trtc_emulator.tasks.service import TaskService
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import Task

MAX_ADVANCE_S = 10 * 366 * 86400
TASKS_SHOWN = 10_000
PREFIX = "/_emulator"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@attrs.frozen
class Control:
    """What tests do to an emulator, and what they see of it.

    Attributes:
        browser: What opens the pages; None opens none.
        picture: How it takes their pictures.
    """

    server: ApiServer
    tasks: TaskService
    store: Store
    clock: OffsetClock
    media: str
    browser: str | None
    picture: PictureWay | None
    on_reset: Sequence[Callable[[], None]] = ()

    def add_routes(self, app: web.Application) -> None:
        """Serve the routes."""
        for method, path, handler in (
            ("GET", "health", self._health),
            ("GET", "tasks", self._tasks),
            ("GET", "requests", self._requests),
            ("POST", "reset", self._reset),
            ("GET", "clock", self._clock),
            ("POST", "clock", self._advance),
            ("GET", "faults", self._faults),
            ("POST", "faults", self._add_fault),
            ("DELETE", "faults", self._clear_faults),
        ):
            app.router.add_route(method, f"{PREFIX}/{path}", guarded(handler))

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "status": "ok",
                "media": self.media,
                "browser": self.browser,
                "picture": self.picture,
                "tasks": self.store.count(),
            }
        )

    async def _tasks(self, request: web.Request) -> web.Response:
        tasks = self.store.newest_tasks(TASKS_SHOWN, request.query.get("state"))
        return web.json_response(
            {"tasks": [task_json(task, self.store.events(task.task_id)) for task in tasks]}
        )

    async def _requests(self, request: web.Request) -> web.Response:
        log = self.server.log
        return web.json_response({"total": log.total, "requests": log.entries(request.query.get("action"))})

    async def _reset(self, _: web.Request) -> web.Response:
        await self.tasks.reset()
        for forget in self.on_reset:
            forget()
        self.server.faults.clear()
        self.server.limiter.reset()
        self.server.log.reset()
        return web.json_response({})

    async def _clock(self, _: web.Request) -> web.Response:
        return web.json_response({"now_ms": self.clock.now_ms(), "offset_ms": self.clock.offset_ms})

    async def _advance(self, request: web.Request) -> web.Response:
        body = await _json(request)
        given = body.get("advance_s") if isinstance(body, dict) and set(body) == {"advance_s"} else None
        seconds = number_in(given, 0, MAX_ADVANCE_S)
        if seconds is None:
            return _refused(f'{{"advance_s": N}} with N from 0 to {MAX_ADVANCE_S} is needed')
        await self.tasks.advance(seconds)
        return await self._clock(request)

    async def _faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": self.server.faults.as_json()})

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            fault = read_fault(await _json(request))
        except FaultSpecError as error:
            return _refused(str(error))
        self.server.faults.add(fault)
        return web.json_response(fault.as_json())

    async def _clear_faults(self, _: web.Request) -> web.Response:
        self.server.faults.clear()
        return web.json_response({})


def task_json(task: Task, events: list[Event]) -> dict[str, Any]:
    """A task to show; nothing in it is secret."""
    return {
        "task_id": task.task_id,
        "sdk_app_id": task.sdk_app_id,
        "record_id": task.record_id,
        "record_url": task.record_url,
        "state": task.state.value,
        "reason": task.reason.value if task.reason else None,
        "message": task.message,
        "created_ms": task.created_ms,
        "started_ms": task.started_ms,
        "ended_ms": task.ended_ms,
        "finished_ms": task.finished_ms,
        "params": task.params,
        "events": [
            {"seq": event.seq, "kind": event.kind.value, "at_ms": event.at_ms, **event.details()}
            for event in events
        ],
    }


def guarded(handler: Handler, *, also_bound: bool = False) -> Handler:
    """Serve only requests that name this machine as their host and come from no other site's page: a page
    in the user's browser can reach a loopback port, by a form or by DNS rebinding.

    Args:
        also_bound: Take the address too that the request came in on, where it is no loopback one.
    """

    async def serve(request: web.Request) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        own = is_loopback(host) or (also_bound and is_bound(host, request))
        if not own or origin_host(request) not in (None, host):
            return web.json_response({"error": "only for this machine's own names"}, status=403)
        return await handler(request)

    return serve


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError):
        return None


def _refused(why: str) -> web.Response:
    return web.json_response({"error": why}, status=400)
