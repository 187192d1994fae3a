"""The plugin's own process, as the engine starts it: what it shows, and that it ends with its engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import psutil
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

from pulumi_trtc.plugin.engine import Engine
from tests.support.emulator import eventually
from tests.support.protocol import EngineAddress

PLUGIN = Path(sys.prefix, "bin/pulumi-resource-trtc")
# Starts it, as the CLI or a language host does, and lives on.
PARENT = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(600)"


@contextmanager
def a_parent(engine: str) -> Iterator[tuple[subprocess.Popen[str], psutil.Process, int]]:
    """A process that has started the plugin; the plugin's, and its port."""
    command = [sys.executable, "-c", PARENT, str(PLUGIN), engine]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert parent.stdout is not None
        port = int(parent.stdout.readline())
        (plugin,) = psutil.Process(parent.pid).children()
        yield parent, plugin, port
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()  # type: ignore[union-attr]


def ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_it_ends_with_the_process_that_started_it_whatever_it_is_doing() -> None:
    with a_parent("127.0.0.1:1") as (parent, plugin, port):
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = ResourceProviderStub(channel)
            assert stub.GetPluginInfo(Empty()).version
        parent.kill()
        parent.wait()
        assert eventually(lambda: ended(plugin), "the end of the plugin")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_asked_to(number: signal.Signals) -> None:
    with a_parent("127.0.0.1:1") as (_, plugin, _):
        plugin.send_signal(number)
        assert eventually(lambda: ended(plugin), "the end of the plugin")


def test_its_engine_shows_what_it_tells_warnings_as_such() -> None:
    address = EngineAddress()
    engine = Engine(str(address))
    threads = [threading.Thread(target=engine.tell, args=(f"warning: {one}",)) for one in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    engine.tell("lecture: starts")
    assert sorted(address.told) == ["lecture: starts", *(f"warning: {one}" for one in range(8))]
    address.free()
    engine.tell("nobody hears it")
