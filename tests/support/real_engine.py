"""A stack on the real CLI, with the same commands as the model of the engine has: for comparing the two."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from tests.support.emulator import Emulator
from tests.support.engine.goal import Outcome
from tests.support.engine.program import Program, Recording, recordings
from tests.support.engine.resources import GROUP, Resource, name_of, urn_of
from tests.support.interrupted import kill_cli, killed
from tests.support.pulumi_cli import Stack
from tests.support.recordings import TYPE, settings

_CALLS = ("Check", "Diff", "Create", "Read", "Update", "Delete")
_HEAD = f"""import pulumi
import pulumi_trtc as trtc

class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__({GROUP!r}, name)

made, groups = {{}}, {{None: None}}
"""


class RealStack:
    """One stack of a project that may have several; see `tests.support.engine.stack.Stack`."""

    def __init__(self, cli: Stack, emu: Emulator, name: str) -> None:
        self._cli = cli
        self._emu = emu
        self._name = name
        self._log = cli.folder.parent / f"{cli.folder.name}.calls"
        cli.run("stack", "init", name, "--no-select")
        values = {**settings(emu), "trtc:requestTimeout": "300"}
        pairs = [part for key, value in values.items() for part in ("--plaintext", f"{key}={value}")]
        cli.run("config", "set-all", "--stack", name, *pairs)

    # Commands

    def up(
        self,
        program: Program,
        *,
        replace: Collection[str] = (),
        target: Collection[str] | None = None,
        kill: bool = False,
    ) -> Outcome:
        """`pulumi up --skip-preview`; `kill` is a SIGKILL of the CLI while a start waits for its answer."""
        self._write(program)
        options = [part for name in replace for part in ("--replace", self._urn(name))]
        options += [part for name in target or () for part in ("--target", self._urn(name))]
        if kill:
            self._cli.run("stack", "select", self._name)
            with self._noted():
                killed(self._cli, self._emu, *options, how=kill_cli)
            return Outcome(good=False, killed=True, calls=tuple(_calls(self._log)))
        return self._run("up", "--yes", "--skip-preview", *options)

    def preview(self, program: Program) -> Outcome:
        """`pulumi preview`."""
        self._write(program)
        return self._run("preview")

    def refresh(self, *, clear: bool = False) -> Outcome:
        """`pulumi refresh --skip-preview --expect-no-changes`: what it changed is in `changed`."""
        options = ["--clear-pending-creates"] if clear else []
        found = self._run("refresh", "--yes", "--skip-preview", "--expect-no-changes", *options)
        changed = ("something",) if "no changes were expected" in found.errors[0] else ()
        return attrs.evolve(found, good=found.good or bool(changed), changed=changed)

    def destroy(self, target: Collection[str] | None = None) -> Outcome:
        """`pulumi destroy --skip-preview`."""
        options = [part for name in target or () for part in ("--target", self._urn(name))]
        return self._run("destroy", "--yes", "--skip-preview", *options)

    def rename_stack(self, name: str) -> None:
        """`pulumi stack rename`."""
        self._cli.run("stack", "rename", name, "--stack", self._name)
        self._name = name

    def move(self, name: str, other: RealStack) -> None:
        """`pulumi state move`."""
        stacks = ("--source", self._name, "--dest", other._name)
        self._cli.run("state", "move", "--yes", *stacks, self._urn(name))

    def forget(self, name: str) -> None:
        """`pulumi state delete`."""
        self._cli.run("state", "delete", "--yes", "--stack", self._name, self._urn(name))

    def export(self) -> list[Resource]:
        """`pulumi stack export`, as it is to be imported again."""
        return [json.loads(self._cli.run("stack", "export", "--stack", self._name).text)]

    def restore(self, exported: list[Resource], edit: Callable[[list[Resource]], Any] | None = None) -> None:
        """`pulumi stack import`."""
        if edit is not None:
            edit(exported[0]["deployment"]["resources"])
        file = self._cli.folder / "exported.json"
        file.write_text(json.dumps(exported[0]))
        self._cli.run("stack", "import", "--stack", self._name, "--file", str(file))

    # What is to be seen of it

    def resources(self) -> list[Resource]:
        """The recordings in the state."""
        return [one for one in self._deployment().get("resources") or () if one["type"] == TYPE]

    def pending(self) -> list[Resource]:
        """The pending operations."""
        return list(self._deployment().get("pending_operations") or ())

    def history(self) -> list[tuple[str, str]]:
        """Kind and result of each update, newest first."""
        files = (self._cli.backend / ".pulumi/history/demo" / self._name).glob("*.history.json")
        updates = (json.loads(file.read_text()) for file in sorted(files, reverse=True))
        return [(one["kind"], one["result"]) for one in updates]

    def _deployment(self) -> dict[str, Any]:
        # From the file: a command for it takes as long as an update.
        file = self._cli.backend / ".pulumi/stacks/demo" / f"{self._name}.json"
        return dict(json.loads(file.read_text())["checkpoint"]["latest"] or {})

    def _urn(self, name: str) -> str:
        return urn_of(f"organization/demo/{self._name}", name)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Within this, the engine notes its calls of the provider."""
        self._log.unlink(missing_ok=True)
        self._cli.env["PULUMI_DEBUG_GRPC"] = str(self._log)
        yield
        del self._cli.env["PULUMI_DEBUG_GRPC"]

    def _run(self, *command: str) -> Outcome:
        with self._noted():
            result = self._cli.run(*command, "--stack", self._name, check=False)
        return Outcome(good=result.status == 0, errors=(result.text,), calls=tuple(_calls(self._log)))

    def _write(self, program: Program) -> None:
        self._cli.write(program_of(recordings(program)))


def program_of(declared: Mapping[str, Recording]) -> str:
    """The text of a program."""
    lines = [_HEAD]
    groups = {one.parent for one in declared.values() if one.parent}
    lines += [f"groups[{group!r}] = Group({group!r})" for group in sorted(groups)]
    for name, one in declared.items():
        if one.read is not None:
            lines.append(f"trtc.WebRecording.get({name!r}, {one.read!r})")
            continue
        aliases = [f"pulumi.Alias(name={alias!r})" for alias in one.aliases]
        if one.former_parent == "":
            aliases.append("pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)")
        options = (
            f"protect={one.protect}, retain_on_delete={one.retain}, aliases=[{', '.join(aliases)}], "
            f"parent=groups[{one.parent!r}], depends_on=[made[one] for one in {list(one.depends)!r}]"
        )
        inputs = f"**{_snake(one.inputs)!r}"
        opts = f"opts=pulumi.ResourceOptions({options})"
        lines.append(f"made[{name!r}] = trtc.WebRecording({name!r}, {inputs}, {opts})")
    return "\n".join((*lines, ""))


def _snake(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key): _snake(one)
            for key, one in value.items()
        }
    return [_snake(one) for one in value] if isinstance(value, list) else value


def _calls(log: Path) -> list[tuple[str, str]]:
    found = []
    for line in log.read_text().splitlines() if log.exists() else ():
        one = json.loads(line)
        service, _, method = str(one.get("method", "")).rpartition("/")
        urn = str((one.get("request") or {}).get("urn", ""))
        begun = one.get("progress") == "request_started"
        if begun and service == "/pulumirpc.ResourceProvider" and method in _CALLS and TYPE in urn:
            found.append((method.lower(), name_of(urn)))
    return found
