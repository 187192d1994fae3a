"""A language host that runs policy packs in Python alone: the one that can be built from modules is
too old to know packs. `python -m tests.support.pack_host <engine>`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent import futures
from contextlib import suppress
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2, plugin_pb2
from pulumi.runtime.proto.language_pb2_grpc import (
    LanguageRuntimeServicer,
    add_LanguageRuntimeServicer_to_server,
)


class PackHost(LanguageRuntimeServicer):
    """What the engine asks of a pack's host."""

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802  the protocol's own
        return plugin_pb2.PluginInfo(version="1.0.0")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        folder = request.info.program_directory or request.program
        running = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.policy", *request.args, folder],
            cwd=folder,
            env={**os.environ, **dict(one.split("=", 1) for one in request.env)},
            stdout=subprocess.PIPE,
        )
        context.add_callback(running.kill)
        assert running.stdout is not None
        for line in running.stdout:
            yield language_pb2.RunPluginResponse(stdout=line)
        yield language_pb2.RunPluginResponse(exitcode=running.wait())


def main() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    add_LanguageRuntimeServicer_to_server(PackHost(), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    with suppress(KeyboardInterrupt):
        server.wait_for_termination()


if __name__ == "__main__":
    main()
