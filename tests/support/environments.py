"""Two environments of one program, each with a backend of its own that its project names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import attrs

from tests.support.emulator import Emulator
from tests.support.pulumi_cli import Result, Stack, Stacks
from tests.support.recordings import declared, inputs, settings

PAGE = "https://example.com"
Up = Callable[[], Result]

_PROJECT = """
name: test
main: ../program
runtime:
  name: python
  options:
    virtualenv: .venv
backend:
  url: "file://{backend}"
"""
_PROGRAM = "import pulumi\nimport pulumi_trtc as trtc\n"
_BY_CONFIG = _PROGRAM + "page = pulumi.Config().require('page')\n"
# Run with the environment's page, its backend, its project's folder and its config.
_AUTOMATION = """
import json, sys
from pulumi import automation as auto

page, backend, folder, config = sys.argv[1:]

def declare():
{declared}

def up(**options):
    stack = auto.create_or_select_stack("dev", **options)
    stack.set_all_config({{key: auto.ConfigValue(value) for key, value in json.loads(config).items()}})
    stack.up(on_output=print)

def inline(**more):
    project = auto.ProjectSettings("test", "python", backend=auto.ProjectBackend("file://" + backend))
    opts = auto.LocalWorkspaceOptions(project_settings=project, **more)
    up(project_name="test", program=declare, opts=opts)

{call}
"""


@attrs.frozen
class Environments:
    """Where the environments are made."""

    stacks: Stacks
    folder: Path
    emu: Emulator

    def projects(self, *, logged_in: bool = False) -> tuple[Stack, Stack]:
        """Two projects' folders with a program's folder beside them.

        Args:
            logged_in: The CLI is logged in to a third backend.
        """
        prod, staging = (self._project(name) for name in ("prod", "staging"))
        if logged_in:
            (self.folder / "third").mkdir()
            prod.run("login", f"file://{self.folder}/third")
        for stack in (prod, staging):
            stack.init()
            stack.config({**settings(self.emu), "page": f"{PAGE}/{stack.folder.name}"})
        return prod, staging

    def automation(self, call: str) -> tuple[Up, Up]:
        """Two runs of one program that uses the Automation API.

        Args:
            call: How it does: a call of `inline` or `up`.
        """
        body = "".join(f"    {line}\n" for line in (_PROGRAM + _declare()).splitlines())
        script = self.folder / "deploy.py"
        script.write_text(_AUTOMATION.format(declared=body, call=call))
        return self._runs(script, "prod"), self._runs(script, "staging")

    def _project(self, name: str) -> Stack:
        program = self.folder / "program"
        program.mkdir(exist_ok=True)
        (program / "__main__.py").write_text(_BY_CONFIG + _declare())
        folder = self.folder / name
        folder.mkdir()
        backend = self.folder / f"{name}.state"
        (folder / "Pulumi.yaml").write_text(_PROJECT.format(backend=backend))
        stack = self.stacks.at(folder)
        del stack.env["PULUMI_BACKEND_URL"]
        # One person works in both.
        stack.env["HOME"] = str(self.folder)
        stack.env["PULUMI_HOME"] = str(self.folder / ".pulumi")
        return stack

    def _runs(self, script: Path, name: str) -> Up:
        stack = self._project(name)
        values = json.dumps({**settings(self.emu), "test:page": f"{PAGE}/{name}"})
        return lambda: stack.script(script, f"{PAGE}/{name}", str(stack.backend), str(stack.folder), values)


def _declare() -> str:
    return declared("lecture", inputs(record_url=None)).replace("**{", "record_url=page, **{")
