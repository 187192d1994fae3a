"""As a container's first process: somebody must wait for the processes that lost their parents."""

from __future__ import annotations

import os
import signal


def stand_aside() -> None:
    """In process 1, go on in a child; process 1 itself hands signals on to it, waits for every process that
    ends, and ends as the child does. Anywhere else nothing is done.
    """
    if os.getpid() != 1:
        return
    child = os.fork()
    if child == 0:
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(child, number))
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)
