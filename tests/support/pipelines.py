"""The example pipelines as a person has them: copied into a repository of their own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.support.pulumi_cli import ROOT

PIPELINES = ROOT / "examples/pipelines"
SCRIPT = PIPELINES / "recordings.sh"
COMMENT = PIPELINES / "comment.py"
IDENTITY = PIPELINES / "github/identity.py"


def repository(folder: Path) -> Path:
    """A repository with the pipelines where their README puts them."""
    shutil.copytree(PIPELINES, folder / "pipelines")
    workflows = folder / ".github/workflows"
    workflows.mkdir(parents=True)
    for one in (folder / "pipelines/github").glob("*.yml"):
        one.rename(workflows / one.name)
    (folder / ".gitlab-ci.yml").write_text("include: {local: pipelines/gitlab-ci.yml}\n")
    return folder


def read_yaml(file: Path) -> dict[str, Any]:
    """What a file says; `on` is a word here, as it is to GitHub."""
    return dict(YAML(typ="safe").load(file))


def stand_in(folder: Path, name: str, text: str) -> None:
    """Put a shell script in the place of a program."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    # Not by way of env: the process is to have the program's name.
    file.write_text(f"#!{shutil.which('bash')}\n{text}\n")
    file.chmod(0o755)


def go_program(package: str) -> list[str]:
    """The command that runs a Go program of one version, checked by Go's log of all modules' sums.

    Go builds it once and keeps it in its own cache, as it does with the Pulumi CLI.
    """
    go = shutil.which("go", path=f"{os.environ.get('PATH', os.defpath)}:/usr/local/go/bin")
    if go is None:
        pytest.skip("no Go to build it with")
    return [go, "run", package]
