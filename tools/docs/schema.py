"""Writes the JSON Schema of the root project's stack files. Usage: python -m tools.docs.schema"""

from __future__ import annotations

import json
from pathlib import Path

from project.schema import file_schema

FILE = Path(__file__).resolve().parents[2] / "docs" / "recordings.schema.json"


def text() -> str:
    """The file's text."""
    return json.dumps(file_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    print(f"wrote {FILE.relative_to(Path.cwd()) if FILE.is_relative_to(Path.cwd()) else FILE}")
