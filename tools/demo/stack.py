"""The demo's stack: a copy of the root project, with a file backend, home and settings of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import attrs

from tools.demo import children
from tools.demo.telling import Teller, expect

ROOT = Path(__file__).resolve().parents[2]
PROJECT_FILES = ("Pulumi.yaml", "__main__.py", "project")
STACK = "demo"


@attrs.frozen
class Result:
    """What a command came to."""

    status: int
    text: str


@attrs.frozen
class DemoStack:
    """One stack and how its commands are run.

    Attributes:
        project: The folder with Pulumi.yaml.
        state: The folder of the file backend.
    """

    project: Path
    state: Path
    _teller: Teller
    _env: dict[str, str]

    @classmethod
    def make(cls, folder: Path, teller: Teller) -> DemoStack:
        """Copy the project below `folder`."""
        project, state = folder / "project", folder / "state"
        for made in (project, state):
            made.mkdir(parents=True)
        for name in PROJECT_FILES:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, project)
        settings = project / "Pulumi.yaml"
        # In the copy, a CLI that honours `virtualenv` would look for one beside it.
        settings.write_text(re.sub(r"(?m)(virtualenv:).*$", rf"\1 {sys.prefix}", settings.read_text()))
        env = {
            **os.environ,
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": "demo",
        }
        return cls(project, state, teller, env)

    def init(self, config: dict[str, Any]) -> None:
        """Create the stack with these settings."""
        self._quietly("stack", "init", STACK)
        settings = self.project / f"Pulumi.{STACK}.yaml"
        # JSON is YAML; the line that is there holds the salt of the passphrase.
        settings.write_text(f"{settings.read_text()}config: {json.dumps(config)}\n")

    def set(self, path: str, value: str, *, secret: bool = False) -> None:
        """Set one value of the config, told as it would be typed."""
        options = ["--secret"] if secret else []
        shown = "…" if secret else value
        self._teller.say(f"$ pulumi config set --path '{path}' {' '.join([shown, *options])}")
        self._quietly("config", "set", "--path", path, *options, "--", value)

    def run(self, *arguments: str) -> Result:
        """Run a command, shown with its output, and expect that it succeeds."""
        self._teller.say(f"$ pulumi {' '.join(arguments)}")
        command = ["pulumi", "--non-interactive", "--color", "never", *arguments]
        status, text = children.run(command, self._teller.hear, env=self._env, cwd=self.project)
        expect(status == 0, f"pulumi {arguments[0]} failed with status {status}")
        return Result(status, text)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, as JSON."""
        self._teller.say("$ pulumi stack output --json")
        text = self._quietly("stack", "output", "--json")
        for line in text.splitlines():
            self._teller.hear(line)
        return dict(json.loads(text))

    def task_ids(self) -> list[str]:
        """The ids of the recordings in the state."""
        state = json.loads(self._quietly("stack", "export"))
        resources = state["deployment"].get("resources") or []
        return [one["id"] for one in resources if one["type"].endswith(":WebRecording")]

    def _quietly(self, *arguments: str) -> str:
        command = ["pulumi", "--non-interactive", "--color", "never", *arguments]
        status, text = children.run(command, lambda _: None, env=self._env, cwd=self.project)
        expect(status == 0, f"pulumi {' '.join(arguments[:2])} failed with status {status}:\n{text}")
        return text
