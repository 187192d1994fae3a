"""The socket of the sound server, and its time."""

from __future__ import annotations

import contextlib
import ctypes
import selectors
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import attrs

from trtc_emulator.sound import mixer
from trtc_emulator.sound.session import Session

_LIBRARY = "libpulse.so.0"
_READ = 1 << 16
_MOST_CLIENTS = 64
_SOCKET = "socket"


def has_client_library() -> bool:
    """Whether a browser of this machine can play to the server."""
    try:
        ctypes.CDLL(_LIBRARY)
    except OSError:
        return False
    return True


def environment(folder: Path) -> dict[str, str]:
    """What has a browser play to the server of a folder, and leave nothing in the user's own folders."""
    return {
        "PULSE_SERVER": f"unix:{folder / _SOCKET}",
        "PULSE_COOKIE": str(folder / "cookie"),
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_STATE_PATH": str(folder),
    }


@attrs.frozen(eq=False)
class _Client:
    connection: socket.socket
    session: Session = attrs.Factory(Session)

    def send(self, data: bytes) -> None:
        """Raises OSError for one that does not read: it is asked for little, so it never needs to wait."""
        if data and self.connection.send(data) < len(data):
            raise BlockingIOError


class SoundServer:
    """Runs on a thread of its own.

    `put` gets each 10 ms of sound as they have passed, silence included, and when (monotonic) they were over.
    """

    def __init__(self, folder: Path, put: Callable[[bytes, float], None]) -> None:
        """Make the folder, for its owner alone, and listen in it.

        Raises:
            OSError: That is not possible.
        """
        folder.mkdir(mode=0o700)
        self._put = put
        self._mixer = mixer.Mixer()
        self._clients: list[_Client] = []
        self._ending = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / _SOCKET))
        self._socket.listen()
        self._socket.setblocking(False)
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="sound server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hang up on all clients."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        begun = time.monotonic()
        blocks = 0
        while not self._ending.is_set():
            # Counted from the beginning, so that no delay adds up.
            due = begun + (blocks + 1) * mixer.BLOCK_SECONDS
            for key, _ in self._selector.select(max(0.0, due - time.monotonic())):
                self._accept() if key.data is None else self._read(key.data)
            if time.monotonic() >= due:
                self._put(self._block(), due)
                blocks += 1
        for client in [*self._clients]:
            self._drop(client)
        self._selector.close()
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._socket.accept()
            if len(self._clients) >= _MOST_CLIENTS:
                connection.close()
                return
            connection.setblocking(False)
            client = _Client(connection)
            self._clients.append(client)
            self._selector.register(connection, selectors.EVENT_READ, client)

    def _read(self, client: _Client) -> None:
        try:
            data = client.connection.recv(_READ)
            if data:
                client.send(client.session.feed(data))
            else:
                self._drop(client)
        except Exception:  # noqa: BLE001 - whatever a client sends, the recording goes on
            self._drop(client)

    def _block(self) -> bytes:
        parts = []
        for client in [*self._clients]:
            try:
                parts += client.session.take(mixer.BLOCK_FRAMES)
                client.send(client.session.requests())
            except Exception:  # noqa: BLE001 - as above
                self._drop(client)
        return self._mixer.mix(parts)

    def _drop(self, client: _Client) -> None:
        self._clients.remove(client)
        self._selector.unregister(client.connection)
        client.connection.close()
