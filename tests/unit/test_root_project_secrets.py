"""What of the config is secret, by the marks in the stack's settings file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from project import declarations
from project.secrets import ALL, Secret, marked, written

KEY = "web-recordings:recordings"
MARK = {"secure": "v1:abc"}
VALUE: Any = [
    {"name": "a", "record_url": "https://h/a", "sdk_app_id": 1},
    {"name": "b", "record_url": "https://h/b"},
]


def file(folder: Path, config: Any) -> Path:
    path = folder / "Pulumi.dev.yaml"
    path.write_text(json.dumps({"config": config}))
    return path


def test_each_marked_text_is_secret_and_nothing_else(tmp_path: Path) -> None:
    wrote = [VALUE[0], {"name": "b", "record_url": MARK}]
    assert written(file(tmp_path, {KEY: wrote}), KEY, VALUE) == wrote
    assert marked(VALUE, wrote) == [VALUE[0], {"name": "b", "record_url": Secret("https://h/b")}]


def test_what_is_secret_as_a_whole_is_secret_in_all_its_texts() -> None:
    assert marked(VALUE, ALL) == [
        {"name": Secret("a"), "record_url": Secret("https://h/a"), "sdk_app_id": 1},
        {"name": Secret("b"), "record_url": Secret("https://h/b")},
    ]


@pytest.mark.parametrize(
    "config",
    [
        {},
        5,
        None,
        {KEY: VALUE},
        {KEY: MARK},
        {KEY: "a text"},
        {KEY: [VALUE[0], {"name": "another", "record_url": MARK}]},
        {KEY: [VALUE[0], {"name": "b", "record_url": MARK}, VALUE[0]]},
        {KEY: [VALUE[0], {"name": "b", "record_url": MARK, "adopt": "x"}]},
        {KEY: [{"name": "a", "record_url": MARK}, VALUE[1]]},
    ],
    ids=str,
)
def test_where_the_file_does_not_tell_all_is_secret(config: Any, tmp_path: Path) -> None:
    """It has no marks, or is not the one that was read."""
    found = written(file(tmp_path, config), KEY, VALUE)
    assert marked(VALUE, found) == marked(VALUE, ALL)


@pytest.mark.parametrize("text", [None, "", "{", "config: [", "\x00"])
def test_nor_does_a_file_that_is_none(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "Pulumi.dev.yaml"
    if text is not None:
        path.write_text(text)
    assert written(path, KEY, VALUE) == ALL


def test_a_secret_is_laid_over_a_default_and_has_no_look() -> None:
    def secret(_name: str, value: Any) -> Any:
        return marked(value, ALL)

    found = declarations.read(json.dumps(VALUE), json.dumps({"record_id": "marker"}), secret)
    assert found["a"]["record_id"] == Secret("marker")
    assert found["b"]["record_url"] == Secret("https://h/b")
    assert "marker" not in repr(found)
    with pytest.raises(declarations.ConfigError) as caught:
        declarations.read(json.dumps(["marker", {"name": ["marker"]}]), None, secret)
    assert "marker" not in str(caught.value.problems)
