"""The engine that started this process, and what it is told. It hides what a plugin prints."""

from __future__ import annotations

import contextlib
import threading

import attrs
import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

_TIMEOUT_S = 10.0
_WARNING = "warning: "


@attrs.define
class Engine:
    """Shared by the plugin's threads.

    Attributes:
        address: Host and port; "" where nobody has told it.
    """

    address: str
    _stub: engine_pb2_grpc.EngineStub | None = attrs.field(default=None, init=False)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def tell(self, line: str) -> None:
        """Show a line to the person who runs the update; one that begins with "warning: " as a warning."""
        severity = engine_pb2.WARNING if line.startswith(_WARNING) else engine_pb2.INFO
        request = engine_pb2.LogRequest(severity=severity, message=line.removeprefix(_WARNING))
        with contextlib.suppress(grpc.RpcError):  # the engine is gone, and nobody reads it
            self._engine().Log(request, timeout=_TIMEOUT_S)

    def _engine(self) -> engine_pb2_grpc.EngineStub:
        with self._lock:
            if self._stub is None:
                self._stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self.address))
            return self._stub
