"""The connection of a display to its one client, and its time."""

from __future__ import annotations

import contextlib
import math
import selectors
import socket
import threading
import time

from trtc_emulator.display.picture import Picture
from trtc_emulator.display.session import Session

HERTZ = 50
_READ = 1 << 16
_MOST_FDS = 16


class Display:
    """Runs on a thread of its own. The client inherits its end of the connection: there is no socket that
    anybody else could find.

    Attributes:
        picture: What the client draws.
        clients_end: The file descriptor that the client is to inherit.
    """

    def __init__(self, screen: tuple[int, int], window: tuple[int, int], picture: tuple[int, int]) -> None:
        """Args:
        screen: The size that the client is told of it, in pixels.
        window: How large the client's window is to be, in units of the client.
        picture: How many pixels of it are recorded, from the upper left corner.
        """
        self.picture = Picture(*picture)
        self._session = Session(screen, window, HERTZ, self.picture)
        self._connection, self._clients_end = socket.socketpair()
        self._connection.setblocking(False)
        self._shown_or_over = threading.Event()
        self._ending = threading.Event()
        self._origin = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="display", daemon=True)
        self._thread.start()

    @property
    def clients_end(self) -> int:  # noqa: D102 - above
        return self._clients_end.fileno()

    def environment(self) -> dict[str, str]:
        """What has a client take this display for its own, once."""
        return {"WAYLAND_SOCKET": str(self.clients_end)}

    def handed_over(self) -> None:
        """The client has its end: from now on its death is noticed."""
        self._clients_end.close()

    def has_picture(self, limit: float) -> bool:
        """Wait until the client has drawn; false where it went away or did not in `limit` seconds. Blocks."""
        self._shown_or_over.wait(limit)
        return self.picture.drawn > 0

    def align(self, moment: float) -> None:
        """Draw the screen anew at this monotonic time, and from then on at whole periods of HERTZ."""
        self._origin = moment

    def close(self) -> None:
        """Hang up."""
        self._ending.set()
        self._thread.join()
        self._clients_end.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector, self._connection:
            selector.register(self._connection, selectors.EVENT_READ)
            # Whatever the client sends, the recording goes on with the picture that it has.
            with contextlib.suppress(Exception):
                self._serve(selector)
            self._session.close()
        self._shown_or_over.set()

    def _serve(self, selector: selectors.BaseSelector) -> None:
        count = 0
        due = time.monotonic()
        while not self._ending.is_set():
            if selector.select(max(0.0, due - time.monotonic())):
                data, fds, _, _ = socket.recv_fds(self._connection, _READ, _MOST_FDS, socket.MSG_CMSG_CLOEXEC)
                if not data:
                    return
                self._send(self._session.feed(data, fds))
            now = time.monotonic()
            if now >= due:
                count += 1
                self._send(self._session.tick(due, count))
                # Counted from the origin, so that no delay adds up.
                due = self._origin + (math.floor((now - self._origin) * HERTZ) + 1) / HERTZ
            if self.picture.drawn:
                self._shown_or_over.set()

    def _send(self, data: bytes) -> None:
        """Raises OSError for a client that does not read: it is told little, so it never needs to wait."""
        if data and self._connection.send(data) < len(data):
            raise BlockingIOError
