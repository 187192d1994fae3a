"""Declares a web recording for each entry of the stack's config value `recordings`."""

from __future__ import annotations

import pulumi
from pulumi.runtime.config import get_config, is_config_secret

import pulumi_trtc as trtc
from project import declarations

project = pulumi.get_project()
texts = {key: get_config(f"{project}:{key}") for key in ("recordings", "defaults")}
has_secrets = any(is_config_secret(f"{project}:{key}") for key in texts)

try:
    declared = declarations.read(texts["recordings"], texts["defaults"])
except declarations.ConfigError as error:
    pulumi.log.error(error.report(f"Pulumi.{pulumi.get_stack()}.yaml"))
    # The language host's "the error is already told"; pulumi.RunError would add a line about an exit code.
    raise SystemExit(32) from None

for name, inputs in declared.items():
    if has_secrets and inputs["record_url"]:
        # The CLI tells that a secret is in the list, not where: the page's address may well be it.
        inputs["record_url"] = pulumi.Output.secret(inputs["record_url"])
    recording = trtc.WebRecording(name, **inputs)
    pulumi.export(
        name,
        {
            "task_id": recording.task_id,
            "record_id": recording.record_id,
            "status": recording.status,
            "storage_location": recording.storage_location,
        },
    )
