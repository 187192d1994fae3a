"""The provider's own process, forked from one that has imported all: imports take most of its time."""

from __future__ import annotations

import io
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

from tools import sessions

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "grpc",
        "pulumi.dynamic",
        "pulumi_trtc.dynamic",
        "pulumi_trtc.plugin.server",
        "pulumi_trtc.service.api",
        "tencentcloud.trtc.v20190722.models",
    ]
)


class ProviderProcess:
    """One `python -u -m <module> <engine>`.

    Attributes:
        stdout: What it prints.
    """

    def __init__(self, module: str, engine: str, env: Mapping[str, str], log: Path) -> None:
        ours, its = multiprocessing.Pipe(duplex=False)
        self._process = _FORKING.Process(target=_run, args=(module, engine, dict(env), log, its), daemon=True)
        self._process.start()
        its.close()
        self.stdout: TextIO = os.fdopen(os.dup(ours.fileno()), "r")
        ours.close()

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.is_alive()

    def interrupt(self, grace: float) -> None:
        """SIGINT, and wait some seconds until it has gone."""
        if self._process.is_alive() and self._process.pid is not None:
            # Another thread may have killed it since.
            sessions.send([self._process.pid], signal.SIGINT)
            self._process.join(grace)

    def kill(self, deadline: float) -> None:
        """SIGKILL, and wait until it has gone."""
        self._process.kill()
        self._process.join(deadline)


def _run(module: str, engine: str, env: Mapping[str, str], log: Path, stdout: Connection) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(log.parent)
    os.dup2(stdout.fileno(), 1)
    stdout.close()
    with log.open("ab") as errors:
        os.dup2(errors.fileno(), 2)
    # As `-u` has it: the port is written and never flushed.
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), write_through=True)
    sys.argv = [module, engine]
    runpy.run_module(module, run_name="__main__")
