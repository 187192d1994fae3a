"""examples/callback_receiver: the receiver hears the emulator; the stack itself comes up and goes."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import processes
from tests.support.emulator import DEADLINE, StartEmulator, eventually
from tests.support.sdk import sdk_client, start, stop

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "callback_receiver"
KEY = "example1key"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[processes.Running]:
    environ = {**os.environ, "TRTC_CALLBACK_KEY": KEY}
    command: list[str | Path] = [sys.executable, EXAMPLE / "receiver.py", "0"]
    running = processes.start(command, tmp_path / "receiver.log", env=environ, cwd=EXAMPLE)
    try:
        eventually(lambda: "\n" in running.text(), "the receiver's address")
        yield running
    finally:
        running.end()


def address(receiver: processes.Running) -> str:
    return receiver.text().splitlines()[0]


def test_it_prints_a_line_for_each_event(start_emulator: StartEmulator, receiver: processes.Running) -> None:
    emu = start_emulator("--start-delay", "0", "--callback-url", address(receiver), "--callback-key", KEY)
    client = sdk_client(emu)
    task_id = start(client)
    eventually(lambda: "recording began" in receiver.text(), "the beginning")
    stop(client, task_id)
    eventually(lambda: "recording stopped  [the end]\n" in receiver.text(), "the end")
    lines = [line for line in receiver.text().splitlines()[1:] if task_id[:8] in line]
    assert len(lines) >= 2


def test_it_refuses_what_is_signed_with_another_key(
    start_emulator: StartEmulator, receiver: processes.Running
) -> None:
    emu = start_emulator(
        "--start-delay", "0", "--callback-url", address(receiver), "--callback-key", "another"
    )
    start(sdk_client(emu))
    eventually(lambda: "refused: the callback's signature is wrong" in receiver.text(), "the refusal")
    assert "recording began" not in receiver.text()


@pytest.mark.parametrize(("body", "headers"), [(b"{}", {}), (b"{}", {"Sign": "x"})])
def test_it_refuses_forgeries(receiver: processes.Running, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(address(receiver), data=body, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(request, timeout=DEADLINE)
    assert refused.value.code == 403
    refused.value.close()


def test_without_a_key_it_does_not_start(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "TRTC_CALLBACK_KEY"}
    running = processes.start(
        [sys.executable, EXAMPLE / "receiver.py"], tmp_path / "log", env=environ, cwd=EXAMPLE
    )
    try:
        assert running.wait() == 1
        assert "TRTC_CALLBACK_KEY" in running.text()
    finally:
        running.end()
