"""The real Pulumi CLI on a file backend, each stack in a folder, home and environment of its own."""

from __future__ import annotations

import functools
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import yaml

from tests.support import processes, quick_pip

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 180.0
PASSPHRASE = "a passphrase for tests"
# Settings of the person who runs the tests must not reach a stack.
FOREIGN = re.compile(r"(PULUMI|TRTC(?!_EMULATOR_NO_SANDBOX)|TENCENTCLOUD|TENCENT)_")


@functools.cache
def cli_folder() -> Path:
    """Where the CLI is; it is built where there is none."""
    told = subprocess.run([ROOT / "tools/pulumi-cli/get"], stdout=subprocess.PIPE, text=True, check=True)
    return Path(told.stdout.strip())


@attrs.frozen
class Result:
    """What a command of the CLI came to: its exit status, and stdout and stderr as one text."""

    status: int
    text: str


class Stack:
    """One stack of one program.

    Attributes:
        folder: The project's folder, with Pulumi.yaml and the program.
        backend: The folder of the file backend: state, history and backups lie below it.
        env: The environment of every command; tests may add to it before they call the CLI.
    """

    def __init__(self, folder: Path, *, project: str = "test", name: str = "dev") -> None:
        self.folder, self.name = folder, name
        self.backend = folder.parent / f"{folder.name}.state"
        home = folder.parent / f"{folder.name}.home"
        for made in (folder, self.backend, home):
            made.mkdir(parents=True, exist_ok=True)
        self.env = {key: value for key, value in os.environ.items() if not FOREIGN.match(key)} | {
            # The provider reads ~/.tccli, and PULUMI_HOME lies in the home folder as well.
            "HOME": str(home),
            "PATH": os.pathsep.join(
                [f"{sys.prefix}/bin", str(cli_folder()), os.environ.get("PATH", os.defpath)]
            ),
            "PULUMI_HOME": str(home / ".pulumi"),
            "PULUMI_BACKEND_URL": f"file://{self.backend}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            # An editable install looks to the language host like a package with a plugin to download.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PYTHONPATH": quick_pip.python_path(),
            # The CLI lives too short for its memory to matter: collecting it is a fifth of its start.
            "GOGC": "400",
        }
        self._numbers = itertools.count(1)
        self._running: list[processes.Running] = []
        settings = folder / "Pulumi.yaml"
        if not settings.exists():
            settings.write_text(
                f"name: {project}\nruntime:\n  name: python\n  options:\n    virtualenv: .venv\n"
            )
        # A CLI that honours `virtualenv` must find this one, a CLI that ignores it has it from PATH.
        settings.write_text(re.sub(r"(?m)(virtualenv:).*$", rf"\1 {sys.prefix}", settings.read_text()))

    def unhurried(self, python_path: str = "") -> None:
        """Take back what makes tests quick: its commands run as people's do."""
        self.env["PYTHONPATH"] = python_path
        self.env.pop("GOGC", None)

    def write(self, program: str) -> None:
        """Set the program's text."""
        (self.folder / "__main__.py").write_text(program)

    def init(self) -> None:
        """Create the stack."""
        self.run("stack", "init", self.name)

    def config(self, values: Mapping[str, str], *, secret: bool = False) -> None:
        """Set config values of the stack; `pages[0].url` sets a part of a list. Plain values of full keys go
        where the CLI would write them, which costs no process.
        """
        if not secret and all(":" in key and "[" not in key for key in values):
            path = self.folder / f"Pulumi.{self.name}.yaml"
            found = (yaml.safe_load(path.read_text()) if path.exists() else None) or {}
            kept = {**found, "config": {**found.get("config", {}), **values}}
            path.write_text(yaml.safe_dump(kept, sort_keys=False))
            return
        kind = "--secret" if secret else "--plaintext"
        pairs = itertools.chain.from_iterable((kind, f"{key}={value}") for key, value in values.items())
        parts = ["--path"] if any("[" in key for key in values) else []
        self.run("config", "set-all", "--stack", self.name, *parts, *pairs)

    def up(self, *arguments: str, check: bool = True) -> Result:
        """Bring the stack up without a preview."""
        return self.run("up", "--yes", "--skip-preview", *arguments, check=check)

    def preview(self, *arguments: str, check: bool = True) -> Result:
        """Show what an `up` would do."""
        return self.run("preview", *arguments, check=check)

    def refresh(self, *arguments: str, check: bool = True) -> Result:
        """Read every resource."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments, check=check)

    def destroy(self, *arguments: str, check: bool = True) -> Result:
        """Delete every resource."""
        return self.run("destroy", "--yes", "--skip-preview", *arguments, check=check)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in clear."""
        return dict(json.loads(self.run("stack", "output", "--json", "--show-secrets").text))

    def export(self) -> dict[str, Any]:
        """The stack's state, secrets encrypted. Where the backend has one file this costs no process."""
        files = list((self.backend / ".pulumi/stacks").rglob("*.json"))
        if len(files) == 1:
            return dict(json.loads(files[0].read_text())["checkpoint"].get("latest") or {})
        return dict(json.loads(self.run("stack", "export").text)["deployment"])

    def resources(self, type_part: str = "") -> list[dict[str, Any]]:
        """The resources in the state whose type contains `type_part`, the stack itself left out."""
        found = self.export().get("resources", [])
        return [one for one in found if type_part in one["type"] and one["type"] != "pulumi:pulumi:Stack"]

    def pending(self) -> list[dict[str, Any]]:
        """The state's pending operations."""
        return list(self.export().get("pending_operations") or [])

    def run(self, *arguments: str, check: bool = True, timeout: float = TIMEOUT) -> Result:
        """Run one command to its end; with `check` a failure of it is a failure of the test."""
        return self._finish(self.start(*arguments), check=check, timeout=timeout)

    def script(self, path: Path, *arguments: str, check: bool = True) -> Result:
        """Run a program that uses the Automation API, in its own folder."""
        command = [sys.executable, str(path), *arguments]
        return self._finish(self._start(path.stem, command, path.parent), check=check)

    def start(self, *arguments: str) -> processes.Running:
        """Start a command and return at once."""
        command = [str(cli_folder() / "pulumi"), *arguments, "--non-interactive", "--color", "never"]
        return self._start(arguments[0], command, self.folder)

    def _start(self, name: str, command: list[str], cwd: Path) -> processes.Running:
        log = self.folder.parent / f"{self.folder.name}.logs" / f"{next(self._numbers):02}-{name}.txt"
        running = processes.start(command, log, env=self.env, cwd=cwd)
        self._running.append(running)
        return running

    def _finish(self, running: processes.Running, *, check: bool, timeout: float = TIMEOUT) -> Result:
        result = Result(running.wait(timeout), running.text())
        running.end()
        self._running.remove(running)
        if check and result.status != 0:
            raise AssertionError(f"{running.process.args!r}: status {result.status}\n{result.text}")
        return result

    def close(self) -> None:
        """End everything that the stack's commands left running."""
        for running in self._running:
            running.end()


class Stacks:
    """Makes stacks below one folder, and ends all that they left running."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Stack] = []

    def new(self, program: str, *, project: str = "test", name: str = "dev") -> Stack:
        """A stack of a program's text."""
        stack = self._add(project, name)
        stack.write(program)
        stack.init()
        return stack

    def at(self, folder: Path, *, project: str = "test", name: str = "dev") -> Stack:
        """A stack in a project's folder as it is, not created yet."""
        return self._keep(Stack(folder, project=project, name=name))

    def copy(self, source: Path, *, name: str = "dev") -> Stack:
        """A stack of a copy of a project's folder."""
        skipped = shutil.ignore_patterns(".*", "__pycache__", "node_modules")
        shutil.copytree(source, self._next(), ignore=skipped)
        stack = self._add("copy", name)
        stack.init()
        return stack

    def close(self) -> None:
        """End everything."""
        for stack in self._made:
            stack.close()

    def _next(self) -> Path:
        return self._folder / f"stack{len(self._made)}"

    def _add(self, project: str, name: str) -> Stack:
        return self._keep(Stack(self._next(), project=project, name=name))

    def _keep(self, stack: Stack) -> Stack:
        self._made.append(stack)
        return stack
