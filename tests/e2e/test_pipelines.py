"""The example pipelines' script with the real CLI, on the emulator."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from tests.support import processes
from tests.support.emulator import Emulator, eventually
from tests.support.interrupted import Interrupt, kill_all, kill_cli, starting
from tests.support.pipelines import SCRIPT
from tests.support.pulumi_cli import Stack
from tests.support.recordings import all_recording, inputs, program, runs_exactly
from tests.support.sdk import sdk_client, stop

MakeStack = Callable[..., Stack]


class Pipeline:
    """The jobs of a stack's pipelines, one after the other in one folder."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.made = stack.folder / "recordings-out"

    def start(self, verb: str) -> processes.Running:
        env = {**self._stack.env, "PULUMI_STACK": self._stack.name}
        log = self._stack.folder.parent / f"{verb}.txt"
        return processes.start(["bash", SCRIPT, verb], log, env=env, cwd=self._stack.folder)

    def run(self, verb: str) -> tuple[int, str]:
        running = self.start(verb)
        try:
            return running.wait(), running.text()
        finally:
            running.end()

    def succeed(self, verb: str) -> str:
        status, text = self.run(verb)
        assert status == 0, text
        return text


def cancel_as_github_does(running: processes.Running, killed: Interrupt) -> None:
    """SIGINT, 7.5 s, SIGTERM, 2.5 s, SIGKILL: without the waiting."""
    running.signal(signal.SIGINT)
    eventually(lambda: "cancelled: " in running.text(), "the script's word for it")
    eventually(lambda: "^C received" in running.text(), "the CLI's word for it")
    running.signal(signal.SIGTERM)
    killed(running)


@pytest.mark.parametrize("killed", [kill_all, pytest.param(kill_cli, marks=pytest.mark.soak)])
def test_a_stack_in_pipelines(recorded: MakeStack, emu: Emulator, killed: Interrupt) -> None:
    stack = recorded(program(lecture=inputs(), talk=inputs()))
    pipeline = Pipeline(stack)

    assert "2 start" in pipeline.succeed("preview")
    assert emu.requests() == []
    pipeline.succeed("up")
    tasks = runs_exactly(emu, stack, "lecture", "talk")
    all_recording(emu)
    assert "2 are recording" in pipeline.succeed("drift")

    stop(sdk_client(emu), tasks["talk"])
    status, said = pipeline.run("drift")
    assert status == 1
    assert "ended      talk" in said

    stack.write(program(lecture=inputs(), lesson=inputs()))
    with starting(stack, emu, start=lambda: pipeline.start("up")) as running:
        cancel_as_github_does(running, killed)
    assert (pipeline.made / "up.pid").exists()
    assert "the lock is removed; the next `up` takes over" in pipeline.succeed("cancel")
    assert not (pipeline.made / "up.pid").exists()

    pipeline.succeed("up")
    after = runs_exactly(emu, stack, "lecture", "lesson")
    assert after["lecture"] == tasks["lecture"]
    assert len(emu.tasks()) == 3
    running.end()
