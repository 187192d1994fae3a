"""The steps of Containerfile and devcontainer in a root of their own; their base images are not shown."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import container, processes
from tests.support.emulator import Emulator, eventually
from tests.support.page_files import shown
from tests.support.pulumi_cli import ROOT
from tests.support.sdk import sdk_client, start, stop
from tests.support.video import inspect

NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c")
PATIENCE_S = 600.0
# What is said of the tests' own environment, not of the container's.
OWN = {"TRTC_EMULATOR_NO_SANDBOX", "VIRTUAL_ENV", "PYTHONPATH"}


def serves(running: processes.Running) -> bool:
    """Whether it has said what it serves, or has ended."""
    return "\nmedia  " in running.text() or running.process.poll() is not None


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/etc/debian_version").exists(),
    reason="only root may make such a root, and the steps install packages of Debian",
)
@pytest.mark.soak  # one and three minutes, most of them for packages
@pytest.mark.parametrize("script", [container.image, container.development])
def test_the_steps_end_with_an_emulator_that_records(script: Callable[..., str], tmp_path: Path) -> None:
    emu = Emulator(tmp_path / "unused")  # its port alone
    (tmp_path / "root").mkdir()
    steps = script(ROOT, tmp_path / "root", "--port", str(emu.port))
    env = {name: value for name, value in os.environ.items() if name not in OWN}
    running = processes.start([*NAMESPACES, steps], tmp_path / "log", env=env, cwd=ROOT)
    try:
        eventually(lambda: serves(running), "that it serves or has failed", PATIENCE_S)
        assert "\nmedia       chromium: " in running.text(), running.text()
        client = sdk_client(emu)
        task_id = start(client, RecordUrl=f"{emu.address}/_emulator/demo")
        eventually(lambda: emu.task(task_id)["state"] == "recording", "it records")
        stop(client, task_id)
        eventually(lambda: emu.task(task_id)["finished_ms"], "its film is whole")
        (film,) = shown(emu, task_id)["mp4"]
        urllib.request.urlretrieve(f"{emu.address}{film['url']}", tmp_path / "film.mp4")
        assert inspect(tmp_path / "film.mp4").frames > 0
        pid = running.process.pid
        (first,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        os.kill(int(first), signal.SIGTERM)
        assert running.wait() == 0
    finally:
        running.end()
        emu.close()
