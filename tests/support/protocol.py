"""The provider's own process, `python -m pulumi.dynamic`, spoken to as the engine does, without the CLI."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from tests.support.engine.provider import CallFailed, Diff, Killed
from tests.support.engine.resources import Props, Resource, in_clear
from tests.support.provider_process import ProviderProcess

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine sends for a value that a preview does not know."""
DEADLINE = 120.0
GRACE = 5.0
"""How long the engine waits for a provider that it has asked to end."""


class EngineAddress:
    """What tells a provider that its engine runs: a port that accepts connections until it is closed."""

    def __init__(self) -> None:
        # Bound, never listening: once the engine is gone, nobody else on this machine gets its port.
        self._holder = self._bound(0)
        self._listener = self._bound(self._holder.getsockname()[1])
        self._listener.listen(128)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __str__(self) -> str:
        return f"127.0.0.1:{self._holder.getsockname()[1]}"

    def close(self) -> None:
        """The engine has ended."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(DEADLINE)

    def free(self) -> None:
        """Give the port back; no provider of this engine may run any more."""
        self.close()
        self._holder.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._listener.accept()[0].close()

    @staticmethod
    def _bound(port: int) -> socket.socket:
        found = socket.socket()
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        return found


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
            raise CallFailed(error.details()) from None


class Plugin:
    """One provider process.

    Attributes:
        told: The lines that it printed.
        calls: Every call that was made, so that a test can see when an abandoned one has ended.
    """

    def __init__(self, engine: EngineAddress, env: Mapping[str, str], log: Path) -> None:
        self.told: list[str] = []
        self.calls: list[Any] = []
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        self._process = ProviderProcess(str(engine), env, log)
        port = self._process.stdout.readline().strip()
        assert port.isdigit(), f"no port but {port!r}; it wrote:\n{log.read_text(errors='replace')}"
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = ResourceProviderStub(self._channel)

    def configure(self, config: Mapping[str, str], interrupt: Interrupt) -> None:
        """Hand in the stack's configuration, full keys, secrets in clear."""
        self._call("Configure", proto.ConfigureRequest(args=struct(config)), interrupt)

    def check(
        self, urn: str, olds: Props | None, news: Props, interrupt: Interrupt
    ) -> tuple[Props, list[str]]:
        """The checked inputs, and the failures."""
        request = proto.CheckRequest(urn=urn, olds=struct(olds or {}), news=struct(news))
        answer = self._call("Check", request, interrupt)
        return in_clear(props(answer.inputs)), [
            f"{one.property}: {one.reason}" if one.property else one.reason for one in answer.failures
        ]

    def diff(self, urn: str, old: Resource, news: Props, interrupt: Interrupt) -> Diff:
        """What is to be done with a resource of a state."""
        request = proto.DiffRequest(
            id=old["id"],
            urn=urn,
            olds=struct(old["outputs"]),
            news=struct(news),
            old_inputs=struct(old["inputs"]),
        )
        answer = self._call("Diff", request, interrupt)
        changes = {answer.DIFF_SOME: True, answer.DIFF_NONE: False}.get(answer.changes)
        return Diff(changes, bool(answer.replaces), answer.deleteBeforeReplace)

    def create(self, urn: str, news: Props, interrupt: Interrupt) -> tuple[str, Props]:
        """Id and outputs."""
        answer = self._call("Create", proto.CreateRequest(urn=urn, properties=struct(news)), interrupt)
        return answer.id, props(answer.properties)

    def read(self, old: Resource, interrupt: Interrupt) -> tuple[str, Props, Props | None]:
        """Id, outputs, and inputs if it names any; an empty id if the resource has gone."""
        request = proto.ReadRequest(
            id=old["id"], urn=old["urn"], properties=struct(old["outputs"]), inputs=struct(old["inputs"])
        )
        answer = self._call("Read", request, interrupt)
        inputs = props(answer.inputs) if answer.HasField("inputs") else None
        return answer.id, props(answer.properties), inputs

    def update(self, urn: str, old: Resource, news: Props, interrupt: Interrupt) -> Props:
        """Outputs."""
        request = proto.UpdateRequest(
            id=old["id"],
            urn=urn,
            olds=struct(old["outputs"]),
            news=struct(news),
            old_inputs=struct(old["inputs"]),
        )
        return props(self._call("Update", request, interrupt).properties)

    def delete(self, old: Resource, interrupt: Interrupt) -> None:
        """Delete what a state holds."""
        request = proto.DeleteRequest(
            id=old["id"], urn=old["urn"], properties=struct(old["outputs"]), old_inputs=struct(old["inputs"])
        )
        self._call("Delete", request, interrupt)

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

    def _call(self, method: str, request: Any, interrupt: Interrupt) -> Any:
        interrupt.check()
        # Its port may be somebody else's by now.
        if not self._process.is_alive():
            raise CallFailed("the provider has died")
        future = getattr(self._stub, method).future(request)
        self.calls.append(future)
        return interrupt.wait(future)

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


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties on the wire."""
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def props(values: struct_pb2.Struct) -> Props:
    """Properties off the wire; whole numbers come as integers."""
    found: Props = json_format.MessageToDict(values)
    return found
