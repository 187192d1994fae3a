"""The page at `/`: recordings as they are now, and their files. For people on this machine, unsigned."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from aiohttp import web

from trtc_emulator.control.page_files import TYPES, Found, scan, served
from trtc_emulator.control.page_view import recording
from trtc_emulator.control.routes import PREFIX, Handler, guarded
from trtc_emulator.media.contract import PictureWay
from trtc_emulator.tasks.clock import OffsetClock
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import Task, task_folder, task_id_of

SHOWN = 100
_PAGES = Path(__file__).parents[1] / "pages"
_ASSETS = {
    "app.js": "text/javascript; charset=utf-8",
    "card.js": "text/javascript; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_HTML = "text/html; charset=utf-8"
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The page to record is one file, with its style and script in it; it asks for nothing.
_DEMO_CSP = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


@attrs.frozen
class PageRoutes:
    """The routes of the page that shows the recordings.

    Args:
        picture: How pages' pictures are taken; None opens no pages.
        api: Serves what stands on `/` besides the page.
    """

    store: Store
    clock: OffsetClock
    data: Path
    picture: PictureWay | None
    api: Handler
    _finished: dict[str, Found] = attrs.field(factory=dict)

    def add_routes(self, app: web.Application) -> None:
        """Serve the routes; before any other route on `/` is added."""
        for path, handler in (
            (f"{PREFIX}/demo", self._demo),
            (f"{PREFIX}/page/{{name}}", self._asset),
            (f"{PREFIX}/recordings", self._recordings),
            (f"{PREFIX}/files/{{folder}}/{{name}}", self._file),
        ):
            app.router.add_get(path, guarded(handler, also_bound=True))
        app.router.add_get("/", self._root)

    async def _root(self, request: web.Request) -> web.StreamResponse:
        to_api = "X-TC-Action" in request.headers or "Authorization" in request.headers
        handler = self.api if to_api else guarded(self._index, also_bound=True)
        return await handler(request)

    async def _index(self, _: web.Request) -> web.StreamResponse:
        return _page_file("index.html", _HTML, _CSP)

    async def _demo(self, _: web.Request) -> web.StreamResponse:
        return _page_file("demo.html", _HTML, _DEMO_CSP)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in _ASSETS:
            raise _not_found()
        return _page_file(name, _ASSETS[name], _CSP)

    async def _recordings(self, _: web.Request) -> web.Response:
        newest = self.store.newest_tasks(SHOWN)
        tasks = {task.task_id: task for task in (*newest, *self.store.live())}
        ordered = sorted(tasks.values(), key=lambda task: task.created_ms, reverse=True)
        found = await asyncio.to_thread(self._scan, ordered)
        shown = [recording(task, self.store.events(task.task_id), found[task.task_id]) for task in ordered]
        body: dict[str, Any] = {
            "now_ms": self.clock.now_ms(),
            "picture": self.picture,
            "total": sum(self.store.count().values()),
            "recordings": shown,
        }
        return web.json_response(body, headers=_SAFE)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        task = self.store.get(task_id_of(request.match_info["folder"]))
        path = served(task_folder(task, self.data), request.match_info["name"]) if task else None
        if path is None:
            raise _not_found()
        # Answers requests for ranges, so that a player can jump.
        headers = {**_SAFE, "Content-Security-Policy": _CSP, "Content-Type": TYPES[path.suffix]}
        return web.FileResponse(path, headers=headers)

    def _scan(self, tasks: list[Task]) -> Mapping[str, Found]:
        """Look at the disk, away from the event loop; once for what will not change any more."""
        found = {}
        for task in tasks:
            known = self._finished.get(task.task_id)
            found[task.task_id] = known or scan(task_folder(task, self.data))
        done = [task.task_id for task in tasks if task.finished_ms is not None]
        self._finished.clear()
        self._finished.update({task_id: found[task_id] for task_id in done})
        return found


def _page_file(name: str, content_type: str, csp: str) -> web.StreamResponse:
    headers = {**_SAFE, "Content-Security-Policy": csp, "Content-Type": content_type}
    try:
        body = (_PAGES / name).read_bytes()
    except FileNotFoundError:
        raise _not_found() from None
    return web.Response(body=body, headers=headers)


def _not_found() -> web.HTTPNotFound:
    return web.HTTPNotFound(text="There is no such thing here.\n", headers=_SAFE)
