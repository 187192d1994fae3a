"""Stacks that a program reads (StackReference): their outputs are copied to where the preview looks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.own_backend import OwnBackend, said
from pulumi_trtc.stack.state import is_ciphertext

_UNKNOWN = re.compile(r'unknown stack \\?"([^"\\]+)\\?"')
_STACK = "pulumi:pulumi:Stack"


def missing(preview: str) -> set[str]:
    """The stacks that a preview did not find, "organization/project/stack"."""
    return {name for name in _UNKNOWN.findall(preview) if name.count("/") == 2}


def copy(backend: OwnBackend, stack: str, folder: Path) -> None:
    """Copy the outputs of a stack; secret ones are replaced by a placeholder.

    Args:
        folder: A project's, from which the CLI finds the real backend.

    Raises:
        CannotRehearse: They cannot be read.
    """
    told = backend.ask("stack", "export", "--stack", stack, cwd=folder)
    if told.status:
        raise CannotRehearse(f"the program reads stack {stack}, which cannot be read here: {said(told)}")
    _, project, name = stack.split("/")
    new = backend.new_stack(project, name)
    (new / "state.json").write_text(json.dumps(outputs_only(json.loads(told.out), backend.passphrase)))
    backend.run("stack", "import", "--stack", name, "--file", "state.json", cwd=new)


def outputs_only(exported: Mapping[str, Any], placeholder: str) -> dict[str, Any]:
    """A stack's state with its outputs alone."""
    deployment = exported.get("deployment") or {}
    roots = [one for one in deployment.get("resources") or () if one.get("type") == _STACK]
    kept = [
        {
            **{key: one[key] for key in ("urn", "type", "custom") if key in one},
            "outputs": _in_clear(one.get("outputs") or {}, placeholder),
        }
        for one in roots
    ]
    manifest = {"manifest": deployment.get("manifest") or {}, "resources": kept}
    return {"version": exported.get("version", 3), "deployment": manifest}


def _in_clear(value: Any, placeholder: str) -> Any:
    if is_ciphertext(value):
        return placeholder
    if isinstance(value, dict):
        return {key: _in_clear(inner, placeholder) for key, inner in value.items()}
    return [_in_clear(inner, placeholder) for inner in value] if isinstance(value, list) else value
