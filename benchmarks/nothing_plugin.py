"""The same resource on a plugin that does nothing: what the engine and a plugin themselves cost.

It marks the secrets that the schema marks: the engine encrypts them anew each time that it writes the state.
"""

from __future__ import annotations

import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Value
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from pulumi_trtc.marks import SECRET, SIGNATURE


class Nothing(provider_pb2_grpc.ResourceProviderServicer):
    """Keeps what it is given."""

    def Handshake(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version="0.0.0")

    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def Check(self, request: Any, _context: Any) -> Any:  # noqa: N802
        cos = request.news.fields["storageParams"].struct_value.fields["cloudStorage"].struct_value
        for key in ("accessKey", "secretKey"):
            given = Value()
            given.CopyFrom(cos.fields[key])
            if SIGNATURE not in given.struct_value.fields:
                cos[key] = {SIGNATURE: SECRET, "value": given.string_value}
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Create(self, request: Any, _context: Any) -> Any:  # noqa: N802
        task_id = "" if request.preview else str(uuid.uuid4())
        return provider_pb2.CreateResponse(id=task_id, properties=request.properties)

    def Read(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Delete(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return Empty()

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return Empty()


def install(folder: Path) -> None:
    """Put it into a folder, under the name that the engine looks for."""
    folder.mkdir()
    program = folder / "pulumi-resource-trtc"
    program.write_text(f"#!{sys.executable}\n{Path(__file__).read_text()}")
    program.chmod(0o755)


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(256))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Nothing(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
