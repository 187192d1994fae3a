"""Texts as `pulumi stack export` prints them."""

from __future__ import annotations

import json
from typing import Any

URN = "urn:pulumi:dev::demo::pulumi-python:dynamic/trtc:WebRecording::lecture"
TYPE = "pulumi-python:dynamic/trtc:WebRecording"


def export(
    resources: list[Any] | None = None, operations: list[Any] | None = None, manifest: object = None
) -> str:
    """What the CLI prints of a state."""
    deployment = {"resources": resources, "pending_operations": operations, "manifest": manifest}
    return json.dumps({"version": 3, "deployment": deployment})


def resource(**changed: Any) -> dict[str, Any]:
    """A recording in it."""
    return {
        "urn": URN,
        "type": TYPE,
        "id": "task",
        "inputs": {"sdkAppId": 1, "owner": {}},
        "outputs": {"recordId": "r-0"},
    } | changed
