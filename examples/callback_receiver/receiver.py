"""Receives callbacks and prints one line for each: `TRTC_CALLBACK_KEY=<key> python receiver.py [port]`.

It listens on this machine alone. In earnest, put it behind a web server with TLS.
"""

import logging
import os
import sys
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from pulumi_trtc import callbacks

LARGEST_BODY = 999_999
IDLE_SECONDS = 10
log = logging.getLogger("receiver")


def describe(event: callbacks.Event) -> str:
    """An event in a line, without the secrets that it may hold."""
    at = datetime.fromtimestamp(event.at_ms / 1000, timezone.utc).isoformat(timespec="seconds")
    end = "  [the end]" if event.is_end else ""
    return f"{at}  {event.task_id[:8]}…  {words(event)}{end}"


def words(event: callbacks.Event) -> str:
    """What has happened."""
    files = ", ".join(f"{file.name} {file.file_id}".strip() for file in event.files)
    match event.type:
        case callbacks.EventType.START:
            began = event.status is callbacks.StartStatus.STARTED
            text = "recording began" if began else f"trouble: {event.message}"
        case callbacks.EventType.STOP:
            text = "recording stopped"
        case callbacks.EventType.STATUS_UPDATE | callbacks.EventType.RESOURCE_LIMIT:
            text = event.message
        case callbacks.EventType.MP4_STOP:
            text = f"files: {files}"
        case callbacks.EventType.VOD_COMMIT | callbacks.EventType.VOD_STOP:
            text = f"in VOD: {files or 'all'}"
        case callbacks.EventType.CDN if isinstance(event.status, callbacks.CdnStatus):
            # The rest of the address is the stream key.
            text = f"relay to {urlsplit(event.url).hostname}: {event.status.name.lower()}"
        case _:
            text = f"event {int(event.type)}"
    return text


class Handler(BaseHTTPRequestHandler):
    """Answers 200 to what is genuine, so that it is not sent again."""

    timeout = IDLE_SECONDS
    key = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or len(length) > len(str(LARGEST_BODY)):
            self.send_error(413)
            return
        try:
            event = callbacks.receive(
                self.rfile.read(int(length)), self.headers.items(), self.key, time.time()
            )
        except callbacks.CallbackRefused as refusal:
            log.warning("refused: %s", refusal)
            self.send_error(403)
        except ValueError as error:
            log.warning("not understood: %s", error)
            self.send_error(400)
        else:
            # The same event may come twice. A program that acts on it remembers what it has taken.
            log.info("%s", describe(event))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"code":0}')

    def log_message(self, *_: object) -> None:
        """One line for each event is enough."""


def main() -> None:
    """Listen until Ctrl-C."""
    Handler.key = os.environ.get("TRTC_CALLBACK_KEY", "")
    if not Handler.key:
        sys.exit("Set TRTC_CALLBACK_KEY to the key that the callbacks are signed with.")
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8650
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        log.info("http://127.0.0.1:%d", server.server_port)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            log.info("bye")


if __name__ == "__main__":
    main()
