"""A preview of a stack whose recordings are the plugin's reads as one of the dynamic provider's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_trtc.review.markdown import markdown
from pulumi_trtc.review.preview import read_preview
from pulumi_trtc.review.report import report_of
from pulumi_trtc.stack.state import PLUGIN_TYPE, TYPE, hide_owner
from tests.support.previews import NAMES, raw


def of_plugin(value: Any) -> Any:
    """The same preview, had the recordings been declared through the plugin."""
    if isinstance(value, list):
        return [of_plugin(one) for one in value]
    if isinstance(value, str):
        return value.replace(TYPE, PLUGIN_TYPE).replace(
            "pulumi:providers:pulumi-python", "pulumi:providers:trtc"
        )
    if not isinstance(value, dict):
        return value
    found = hide_owner({key: of_plugin(one) for key, one in value.items()})
    if found.get("type") == "pulumi:providers:trtc":
        inputs = found.get("inputs", {})
        found["inputs"] = {key.removeprefix("trtc:"): one for key, one in inputs.items()} | {"version": "1"}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_it_reads_the_same(name: str) -> None:
    text = json.loads(raw(name, "intl"))
    plugin = {**of_plugin(text), "config": text.get("config")}
    dynamic, other = (report_of(read_preview(json.dumps(one).encode())) for one in (text, plugin))
    assert markdown(other).replace(PLUGIN_TYPE, TYPE) == markdown(dynamic)
