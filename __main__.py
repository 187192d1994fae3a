"""Declares a web recording for each entry of the stack's config value `recordings`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.config import get_config, is_config_secret

import pulumi_trtc as trtc
from project import declarations
from project.secrets import Secret, marked, written

project = pulumi.get_project()
texts = {key: get_config(f"{project}:{key}") for key in ("recordings", "defaults")}
file = Path(__file__).with_name(f"Pulumi.{pulumi.get_stack()}.yaml")


def _secret(name: str, value: Any) -> Any:
    key = f"{project}:{name}"
    return marked(value, written(file, key, value)) if is_config_secret(key) else value


def _outputs(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _outputs(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_outputs, value))
    return pulumi.Output.secret(value.value) if isinstance(value, Secret) else value


try:
    declared = declarations.read(texts["recordings"], texts["defaults"], _secret)
except declarations.ConfigError as error:
    pulumi.log.error(error.report(file.name))
    # The language host's "the error is already told"; pulumi.RunError would add a line about an exit code.
    raise SystemExit(32) from None

for name, inputs in declared.items():
    recording = trtc.WebRecording(name, **_outputs(inputs))
    pulumi.export(
        name,
        {
            "task_id": recording.task_id,
            "record_id": recording.record_id,
            "status": recording.status,
            "storage_location": recording.storage_location,
        },
    )
