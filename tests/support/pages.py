"""A web server with pages for a recorder to open."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import attrs

CLOCK_BITS = 20
# Eight colours that no recorder may confuse, and one that is not made of extremes.
BARS = ("ffffff", "ffff00", "00ffff", "00ff00", "ff00ff", "ff0000", "0000ff", "000000", "c03010")


@attrs.frozen
class Reply:
    """What a path answers with."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = attrs.Factory(dict)


Replies = dict[str, Reply | Callable[[int], Reply]]


@attrs.define
class Pages:
    """A running server. A callable among `replies` gets how often it was asked before."""

    url: str
    replies: Replies
    requests: list[str] = attrs.Factory(list)
    # Of each request, by names in small letters.
    headers: list[dict[str, str]] = attrs.Factory(list)
    # A page waits here for ever: until the server ends.
    over: threading.Event = attrs.Factory(threading.Event)

    def told(self, path: str) -> list[dict[str, str]]:
        """The queries of the requests to a path, first values only."""
        split = [urlsplit(request) for request in self.requests]
        return [{k: v[0] for k, v in parse_qs(s.query).items()} for s in split if s.path == path]


@contextlib.contextmanager
def serving(replies: Replies) -> Iterator[Pages]:
    """Serve on a free port of the loopback. A path "/hang" never answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    pages = Pages(f"http://127.0.0.1:{server.server_address[1]}", replies)
    asked: dict[str, int] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            pages.requests.append(self.path)
            pages.headers.append({name.lower(): value for name, value in self.headers.items()})
            if path == "/hang":
                pages.over.wait()
                return
            reply = pages.replies.get(path, Reply(status=404))
            if callable(reply):
                asked[path] = asked.get(path, 0) + 1
                reply = reply(asked[path] - 1)
            body = reply.body.encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield pages
    finally:
        pages.over.set()
        server.shutdown()
        server.server_close()


def page(body: str, head: str = "") -> Reply:
    """A page without margins."""
    style = "<style>html,body{margin:0;height:100%;overflow:hidden}</style>"
    return Reply(f"<!doctype html><html><head>{head}{style}</head><body>{body}</body></html>")


def plain(colour: str, script: str = "", head: str = "") -> Reply:
    """A page of one colour that stands still."""
    return page(f"<div style='height:100%;background:#{colour}'></div><script>{script}</script>", head)


def bars() -> Reply:
    """Upright bars of BARS' colours, equally wide."""
    each = "".join(f"<div style='flex:1;background:#{colour}'></div>" for colour in BARS)
    return page(f"<div style='display:flex;height:100%'>{each}</div>")


def clock(base_ms: int) -> Reply:
    """A page that paints the milliseconds since `base_ms` as CLOCK_BITS cells side by side, white for one,
    the highest first.
    """
    script = f"""
      const cells = [];
      for (let i = 0; i < {CLOCK_BITS}; i++) cells.push(document.body.firstChild.appendChild(
        Object.assign(document.createElement("div"), {{ style: "flex:1" }})));
      const paint = () => {{
        const passed = Date.now() - {base_ms};
        cells.forEach((cell, i) => {{
          const one = Math.floor(passed / 2 ** ({CLOCK_BITS} - 1 - i)) % 2;
          cell.style.background = one ? "#fff" : "#000";
        }});
        requestAnimationFrame(paint);
      }};
      paint();
    """
    return page(f"<div style='display:flex;height:100%'></div><script>{script}</script>")
