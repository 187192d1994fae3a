"""The CLI and the language host work together, and the tests' support does what the other tests rely on."""

from __future__ import annotations

from tests.support import processes
from tests.support.emulator import eventually
from tests.support.interrupted import kill_cli
from tests.support.pulumi_cli import Stack, Stacks

PROGRAM = """
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Echo(ResourceProvider):
    def create(self, props):
        return CreateResult("an-id", {"word": props["word"]})

class EchoResource(Resource):
    word: pulumi.Output[str]

    def __init__(self, name, word):
        super().__init__(Echo(), name, {"word": word})

config = pulumi.Config()
pulumi.export("word", EchoResource("echo", config.require("word")).word)
"""

SLOW_PROGRAM = """
import pathlib, time
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Slow(ResourceProvider):
    def create(self, props):
        pathlib.Path("creating").touch()
        time.sleep(600)
        return CreateResult("an-id", props)

class SlowResource(Resource):
    pass

SlowResource(Slow(), "slow", {})
"""


def test_a_dynamic_resource_goes_up_and_down(stacks: Stacks) -> None:
    stack = stacks.new(PROGRAM)
    stack.config({"test:word": "plain"})
    assert "+ 2 created" in stack.up().text
    assert stack.outputs() == {"word": "plain"}
    assert [one["id"] for one in stack.resources("dynamic")] == ["an-id"]
    assert "- 2 deleted" in stack.destroy().text
    assert stack.resources() == []


def test_a_failed_command_gives_its_status_and_text(stacks: Stacks) -> None:
    stack = stacks.new("raise SystemExit('this program does not work')")
    result = stack.up(check=False)
    assert result.status != 0
    assert "this program does not work" in result.text


def test_a_killed_cli_leaves_a_pending_create_and_no_process_outlives_the_end(stacks: Stacks) -> None:
    stack = stacks.new(SLOW_PROGRAM)
    running = stack.start("up", "--yes", "--skip-preview")
    eventually(lambda: _creates(stack, running), "a create", deadline=120)
    kill_cli(running)
    assert processes.session_members(running.process.pid), "the provider's process should have gone on"
    running.end()
    assert processes.session_members(running.process.pid) == []
    assert [one["type"] for one in stack.pending()] == ["creating"]


def _creates(stack: Stack, running: processes.Running) -> bool:
    assert running.process.poll() is None, running.text()
    return (stack.folder / "creating").exists()
