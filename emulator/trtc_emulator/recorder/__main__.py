"""`python -m trtc_emulator.recorder`: one recording in a process group of its own.

The job comes as a line of JSON on stdin, so that no address stands in the process list. Events go out as
lines of JSON on stdout. A line "stop" on stdin, or its end (the emulator is gone), ends the recording
properly.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from typing import Any

from trtc_emulator.recorder.child import record
from trtc_emulator.recorder.job import ChildJob


def _emit(event: str, **values: Any) -> None:
    # Nobody may be left to read it: the recording is finished all the same.
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps({"event": event, **values}), flush=True)


async def _main() -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    commands = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    job = ChildJob.from_json((await commands.readline()).decode())

    async def listen() -> None:
        await commands.readline()
        stop.set()

    listening = asyncio.ensure_future(listen())
    await record(job, stop, _emit)
    listening.cancel()


if __name__ == "__main__":
    asyncio.run(_main())
    # Python's own end would wait for threads that may hang in a dead pipe.
    os._exit(0)
