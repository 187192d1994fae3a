"""The provider's own process, of either adapter, spoken to as the engine does, without the CLI."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from tests.support.engine.provider import CallFailed, Killed
from tests.support.messages import DYNAMIC, Adapter, Messages, saved_by
from tests.support.provider_process import ProviderProcess

DEADLINE = 120.0
GRACE = 5.0
"""How long the engine waits for a provider that it has asked to end."""


class EngineAddress(engine_pb2_grpc.EngineServicer):
    """The engine as its providers see it: a port that accepts connections until it is closed.

    Attributes:
        told: What it was given to show.
    """

    def __init__(self) -> None:
        self.told: list[str] = []
        # Bound, never listening: once the engine is gone, nobody else on this machine gets its port.
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind(("127.0.0.1", 0))
        self._server = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        assert self._server.add_insecure_port(str(self)) == self._holder.getsockname()[1]
        self._server.start()

    def __str__(self) -> str:
        return f"127.0.0.1:{self._holder.getsockname()[1]}"

    def Log(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Show something."""
        warning = "warning: " if request.severity == engine_pb2.WARNING else ""
        self.told.append(f"{warning}{request.message}")
        return Empty()

    def close(self) -> None:
        """The engine has ended."""
        self._server.stop(0).wait(DEADLINE)

    def free(self) -> None:
        """Give the port back; no provider of this engine may run any more."""
        self.close()
        self._holder.close()


@attrs.define(eq=False)
class Interrupt:
    """Ends the waiting of a command that is killed, whatever it waits for."""

    _struck: bool = False
    _changed: threading.Condition = attrs.field(factory=threading.Condition)

    def strike(self) -> None:
        """From now on every wait raises Killed."""
        with self._changed:
            self._struck = True
            self._changed.notify_all()

    def check(self) -> None:
        """Raises Killed if it was struck."""
        if self._struck:
            raise Killed

    def wait(self, future: Any) -> Any:
        """The answer of a call."""

        def wake(_: Any) -> None:
            with self._changed:
                self._changed.notify_all()

        future.add_done_callback(wake)
        with self._changed:
            done = self._changed.wait_for(lambda: self._struck or future.done(), DEADLINE)
        self.check()
        if not done:
            raise AssertionError(f"the provider does not answer within {DEADLINE:g} s")
        try:
            return future.result()
        except grpc.RpcError as error:
            failure = CallFailed(error.details())
            failure.saved = saved_by(error.trailing_metadata())
            raise failure from None


class Plugin(Messages):
    """One provider process.

    Args:
        interrupt: Ends the waiting for its answers.

    Attributes:
        told: The lines that it printed, or gave its engine to show.
        calls: Every call that was made, so that a test can see when an abandoned one has ended.
    """

    def __init__(
        self,
        engine: EngineAddress,
        env: Mapping[str, str],
        log: Path,
        interrupt: Interrupt,
        adapter: Adapter = DYNAMIC,
    ) -> None:
        self.told = engine.told
        self.adapter = adapter
        self._interrupt = interrupt
        self.calls: list[Any] = []
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        self._process = ProviderProcess(adapter.module, str(engine), env, log)
        port = self._process.stdout.readline().strip()
        assert port.isdigit(), f"no port but {port!r}; it wrote:\n{log.read_text(errors='replace')}"
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = ResourceProviderStub(self._channel)

    def idle(self) -> bool:
        """Whether no call is under way."""
        return all(one.done() for one in self.calls)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill(DEADLINE)
        self._reader.join(DEADLINE)

    def end(self) -> None:
        """As the engine ends it after a command: it has some time to say what it has to say."""
        self._process.interrupt(GRACE)
        self.kill()
        self._channel.close()
        self._process.stdout.close()

    def errors(self) -> str:
        """What it wrote to stderr."""
        return self._log.read_text(errors="replace")

    def call(self, method: str, request: Any) -> Any:
        """See `Messages.call`."""
        self._interrupt.check()
        # Its port may be somebody else's by now.
        if not self._process.is_alive():
            raise CallFailed("the provider has died")
        future = getattr(self._stub, method).future(request)
        self.calls.append(future)
        return self._interrupt.wait(future)

    def _read(self) -> None:
        for line in self._process.stdout:
            self.told.append(line.rstrip("\n"))


def environment(home: Path, path: Path) -> dict[str, str]:
    """A provider's environment: nothing of the person who runs the tests, and `pulumi` from `path` alone."""
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(path), os.defpath]),
        "PULUMI_PROJECT": "demo",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
    }
