"""The command `pulumi-trtc`, run in this process: it takes a second to start another one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from click.testing import CliRunner

from pulumi_trtc.command import main
from tests.support.declared import BACKEND, URN, inputs, record_id
from tests.support.emulator import SECRET_ID, SECRET_KEY, Emulator

TYPE = "pulumi-python:dynamic/trtc:WebRecording"
_CLI = """#!{python}
import json, pathlib, sys

folder = pathlib.Path("{folder}")
form = "ciphertext" if "--show-secrets" in sys.argv else "plaintext"
if form == "ciphertext" and (folder / "refusal").exists():
    sys.exit((folder / "refusal").read_text())
hide = lambda value: {{key: inner for key, inner in value.items() if key != form}}
if sys.argv[1] == "config":
    for key, one in (config := json.loads((folder / "config").read_text())).items():
        if one["secret"] and form == "plaintext":
            del one["value"]
    print(json.dumps(config))
else:
    states = sorted(folder.glob("*.json"))
    print(json.dumps(json.loads(states[0].read_text(), object_hook=hide)))
    if len(states) > 1:
        states[0].unlink()
"""


@attrs.frozen
class Told:
    """What the command came to."""

    returncode: int
    stdout: str
    stderr: str


def told(arguments: Sequence[str], env: Mapping[str, str] | None = None) -> Told:
    """Run the command."""
    done = CliRunner().invoke(main, arguments, env={"PULUMI_BACKEND_URL": BACKEND, **(env or {})})
    return Told(done.exit_code, done.stdout, done.stderr)


def settings(service: Emulator) -> dict[str, str]:
    """What it takes to ask this service."""
    return {
        "trtc:endpoint": service.address,
        "trtc:secretId": SECRET_ID,
        "trtc:secretKey": SECRET_KEY,
        "trtc:startWindow": "0",
    }


def set_(config: Mapping[str, str]) -> list[str]:
    """The same as arguments."""
    return [part for key, value in config.items() for part in ("--set", f"{key}={value}")]


def file_with(folder: Path, state: Mapping[str, Any]) -> list[str]:
    """The arguments that give a state in a file."""
    file = folder / "state.json"
    file.write_text(json.dumps(state))
    return ["--file", str(file)]


def cli_with(
    folder: Path,
    states: Sequence[Mapping[str, Any]],
    config: Mapping[str, str] | None = None,
    *,
    secret: Sequence[str] = (),
    refusal: str = "",
) -> dict[str, str]:
    """The environment of a CLI that exports these states, one after another.

    Args:
        config: The stack's; `secret` names what of it is.
        refusal: What it says in place of secrets.
    """
    kept = folder / "kept"
    kept.mkdir(exist_ok=True)
    for number, state in enumerate(states):
        (kept / f"{number}.json").write_text(json.dumps(state))
    entries = {key: {"value": value, "secret": key in secret} for key, value in (config or {}).items()}
    (kept / "config").write_text(json.dumps(entries))
    if refusal:
        (kept / "refusal").write_text(refusal)
    cli = folder / "bin" / "pulumi"
    cli.parent.mkdir(exist_ok=True)
    cli.write_text(_CLI.format(python=sys.executable, folder=kept))
    cli.chmod(0o755)
    return {"PATH": f"{cli.parent}{os.pathsep}{os.environ['PATH']}"}


def deployment(task_id: str | None, pending: Sequence[dict[str, Any]] = (), **outputs: Any) -> dict[str, Any]:
    """A state with one recording and pending creates of it."""
    resource = {
        "urn": URN,
        "type": TYPE,
        "id": task_id,
        "inputs": inputs(),
        "outputs": {"recordId": record_id(0), **outputs},
    }
    operations = [
        {"type": "creating", "resource": {"urn": URN, "type": TYPE, "inputs": one}} for one in pending
    ]
    return {"deployment": {"resources": [resource] if task_id else [], "pending_operations": operations}}


def secret(value: Any, **form: str) -> dict[str, Any]:
    """A secret as a state holds it; in clear where it is exported with --show-secrets."""
    hidden = form or {"plaintext": json.dumps(value), "ciphertext": "v1:x"}
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", **hidden}
