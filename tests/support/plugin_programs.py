"""Programs in Python that declare recordings through the plugin, without an SDK of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.support.pulumi_cli import Stack

PLUGIN = Path(sys.prefix, "bin")
"""The folder that it is in."""

_HEAD = """import pulumi
class WebRecording(pulumi.CustomResource):
    def __init__(self, name, opts=None, **props):
        outputs = dict.fromkeys(("taskId", "recordId", "status"))
        super().__init__("trtc:index:WebRecording", name, {**outputs, **props}, opts)
class Provider(pulumi.ProviderResource):
    def __init__(self, name, **props):
        super().__init__("trtc", name, props)
"""


def inputs(**changed: Any) -> dict[str, Any]:
    """The inputs of a recording; `changed` replaces some."""
    cos: dict[str, Any] = {"vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589"}
    keys = {"accessKey": "AKIDMarker", "secretKey": "secret-Marker"}
    given = {
        "recordUrl": "https://example.com/page",
        "sdkAppId": 1400000000,
        "storageParams": {"cloudStorage": cos | keys},
    }
    return {**given, **changed}


def declared(name: str, options: str = "", **changed: Any) -> str:
    """The line of a program that declares one recording; `options` as ResourceOptions takes them."""
    opts = f"opts=pulumi.ResourceOptions({options}), " if options else ""
    return f"{name} = WebRecording({name!r}, {opts}**{inputs(**changed)!r})"


def program(*lines: str) -> str:
    """A program of these lines."""
    return _HEAD + "\n".join((*lines, ""))


def with_plugin(stack: Stack, folder: Path = PLUGIN) -> Stack:
    """Let a project find the plugin in a folder."""
    path = stack.folder / "Pulumi.yaml"
    found = f"plugins:\n  providers:\n    - {{name: trtc, path: {json.dumps(str(folder))}}}\n"
    path.write_text(path.read_text() + found)
    return stack
