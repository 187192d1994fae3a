"""The plugin's archives, and the schema that is kept beside the documentation."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tools import archives
from tools.docs import plugin_schema

WHEEL = "pulumi_trtc-1.2.3-py3-none-any.whl"


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    made = tmp_path / WHEEL
    made.write_bytes(b"a wheel")
    return made


def test_an_archive_holds_all_that_the_cli_installs(wheel: Path, tmp_path: Path) -> None:
    content = archives.pack(wheel)
    assert archives.pack(wheel) == content
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = archive.getnames()
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert sorted(names) == [
        "PulumiPlugin.yaml",
        "__main__.py",
        "pulumi-resource-trtc",
        WHEEL,
        "requirements.txt",
    ]
    unpacked = tmp_path / "unpacked"
    assert (unpacked / "requirements.txt").read_text() == f"./{WHEEL}\n"
    assert os.access(unpacked / "pulumi-resource-trtc", os.X_OK)
    assert not os.access(unpacked / "__main__.py", os.X_OK)


def test_there_is_an_archive_for_each_platform(wheel: Path, tmp_path: Path) -> None:
    archives.main(wheel, tmp_path / "archives")
    names = {path.name for path in (tmp_path / "archives").iterdir()}
    assert len(names) == 6
    assert "pulumi-resource-trtc-v1.2.3-darwin-arm64.tar.gz" in names


@pytest.mark.parametrize("place", ["venv/bin", "bin"])
def test_the_plugin_starts_with_its_own_python(tmp_path: Path, place: str) -> None:
    plugin = shutil.copy(archives.PARTS / "pulumi-resource-trtc", tmp_path)
    python = tmp_path / place / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    told = subprocess.run([plugin, "127.0.0.1:1"], capture_output=True, text=True, check=True)
    assert told.stdout == f"{tmp_path}/__main__.py 127.0.0.1:1\n"


def test_a_plugin_whose_environment_is_gone_says_so(tmp_path: Path) -> None:
    plugin = shutil.copy(archives.PARTS / "pulumi-resource-trtc", tmp_path)
    told = subprocess.run([plugin, "127.0.0.1:1"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(
        f"the plugin's Python environment is gone from {tmp_path}: `pulumi plugin rm"
    )


def test_the_schema_is_what_the_plugin_says() -> None:
    assert plugin_schema.FILE.read_text(encoding="utf-8") == plugin_schema.text(), "`make docs` writes it"
    assert json.loads(plugin_schema.text())["name"] == "trtc"
