"""The emulator over TLS, for clients that speak nothing else: what comes in is handed on as it is."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import attrs
import trustme

from tests.support.emulator import Emulator


@attrs.frozen
class TlsFront:
    """One that runs: its host and port, and the certificate of its authority."""

    host: str
    ca_file: Path


@contextmanager
def tls_front(emulator: Emulator, folder: Path) -> Iterator[TlsFront]:
    """A port on loopback that speaks TLS, for as long as the block lasts."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", emulator.port)
        await asyncio.gather(_hand_on(reader, outer), _hand_on(inner, writer))

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield TlsFront(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", ca_file)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
