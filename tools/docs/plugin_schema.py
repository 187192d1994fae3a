"""Writes the plugin's schema, of which the SDKs are made. Usage: python -m tools.docs.plugin_schema"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from pulumi_trtc.plugin.schema import schema

FILE = Path(__file__).resolve().parents[2] / "docs" / "plugin.schema.json"


def text() -> str:
    """The file's text."""
    return json.dumps(schema(version("pulumi-trtc")), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"wrote {FILE.relative_to(Path.cwd()) if FILE.is_relative_to(Path.cwd()) else FILE}")
