"""`pulumi-resource-trtc`: what the engine starts, with its address as the argument."""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_trtc.plugin.engine import Engine
from pulumi_trtc.plugin.parent import end_with_engine
from pulumi_trtc.plugin.server import Servicer

_CALLS_AT_ONCE = 256
_GRACE_S = 3600.0
"""Calls under way are finished; the engine ends what takes it too long."""
_LARGEST = 400 * 2**20
"""Bytes of a message, as the engine has it."""


def main() -> None:
    """Serve until the engine ends this process, or has ended itself."""
    engine = next((one for one in reversed(sys.argv[1:]) if not one.startswith("-")), "")
    options = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]
    server = grpc.server(ThreadPoolExecutor(_CALLS_AT_ONCE), options=options)
    servicer = Servicer(Engine(engine), version("pulumi-trtc"))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        # A Ctrl-C may reach it where the engine would still save what a call makes.
        signal.signal(number, lambda *_: server.stop(_GRACE_S))
    end_with_engine(lambda: os._exit(0))
    server.wait_for_termination()


if __name__ == "__main__":
    main()
