"""The example pipelines, as far as reading them can tell."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.pipelines import PIPELINES, go_program, read_yaml, repository
from tests.support.pulumi_cli import ROOT

ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
BIN = Path(sys.prefix) / "bin"
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"
SAME_PROJECT = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A repository into which a person has copied them."""
    return repository(tmp_path)


@pytest.fixture
def linted(copied: Path) -> Path:
    """The same with this project's own workflow, which is held to the same."""
    shutil.copy(ROOT / ".github/workflows/release.yml", copied / ".github/workflows")
    return copied


def accepts(copied: Path, command: Sequence[str | Path]) -> None:
    """A checker has nothing to say."""
    told = subprocess.run(command, cwd=copied, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def workflows(copied: Path) -> dict[str, dict[str, Any]]:
    return {file.stem: read_yaml(file) for file in (copied / ".github/workflows").glob("*.yml")}


def test_actionlint_accepts_the_workflows_and_their_scripts(linted: Path) -> None:
    files = sorted((linted / ".github/workflows").glob("*.yml"))
    assert len(files) == 4
    accepts(linted, [*go_program(ACTIONLINT), "-shellcheck", str(BIN / "shellcheck"), *map(str, files)])


def test_zizmor_finds_nothing_unsafe_in_the_workflows(linted: Path) -> None:
    accepts(linted, [BIN / "zizmor", "--offline", "--no-progress", "--persona", "auditor", "."])


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.github-actions", "pipelines/github/*/action.yml"),
        ("vendor.gitlab-ci", "pipelines/gitlab-ci.yml"),
    ],
)
def test_the_files_are_of_the_forges_schemas(linted: Path, schema: str, files: str) -> None:
    found = sorted(linted.glob(files))
    assert found
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    accepts(linted, [BIN / "check-jsonschema", "--builtin-schema", schema, *transform, *found])


def test_shellcheck_accepts_the_scripts(copied: Path) -> None:
    accepts(copied, [BIN / "shellcheck", *copied.rglob("*.sh")])


def test_the_code_of_forks_is_given_no_secret_and_may_only_read(copied: Path) -> None:
    review = workflows(copied)["recordings-review"]
    assert list(review["on"]) == ["pull_request"]
    open_to_forks = [job for job in review["jobs"].values() if SAME_REPOSITORY not in job.get("if", "")]
    for job in (job for job in open_to_forks if "preview" not in job.get("needs", ())):
        assert "secrets." not in str(job)
        assert job["permissions"] == {"contents": "read"}
    gitlab = read_yaml(copied / "pipelines/gitlab-ci.yml")
    for name in ("recordings preview", "recordings comment"):
        (rule,) = gitlab[name]["rules"]
        assert SAME_PROJECT in rule["if"]
    assert "environment" not in gitlab["recordings rehearse"]  # whose variables it would have


def test_no_job_has_a_permission_that_it_does_not_name(copied: Path) -> None:
    for workflow in workflows(copied).values():
        assert workflow["permissions"] == {}
        assert all("permissions" in job for job in workflow["jobs"].values())


def test_what_may_write_to_the_forge_runs_no_code_of_the_stack(copied: Path) -> None:
    jobs = [job for workflow in workflows(copied).values() for job in workflow["jobs"].values()]
    (writing,) = (job for job in jobs if "write" in job["permissions"].get("pull-requests", ""))
    assert "setup" not in str(writing)
    assert "recordings.sh" not in str(writing)


def test_a_running_update_is_never_cancelled_for_another(copied: Path) -> None:
    assert workflows(copied)["recordings-up"]["concurrency"]["cancel-in-progress"] is False
    gitlab = read_yaml(copied / "pipelines/gitlab-ci.yml")
    assert gitlab["recordings up"]["interruptible"] is False
    assert gitlab["recordings up"]["resource_group"] == gitlab["recordings unlock"]["resource_group"]


def test_a_signal_to_a_step_reaches_the_script(copied: Path) -> None:
    """GitHub signals the step's own process alone."""
    text = "".join(file.read_text() for file in (copied / ".github/workflows").glob("*.yml"))
    assert re.findall(r"(?m)^.*recordings\.sh.*$", text)
    assert re.findall(r"(?m)^(?!.*run: exec bash).*recordings\.sh.*$", text) == []


def test_all_files_name_the_same_stack_and_a_cli_that_can_keep_a_state_in_cos() -> None:
    texts = [file.read_text() for file in PIPELINES.rglob("*.yml")]
    for setting, times in (("PULUMI_STACK", 4), ("PULUMI_BACKEND_URL", 4)):
        values = [value for text in texts for value in re.findall(rf"(?m)^  {setting}: (.*)$", text)]
        assert len(values) == times
        assert len(set(values)) == 1
    versions = {one for text in texts for one in re.findall(r"(?i)pulumi.version: ([\d.]+)", text)}
    (version,) = versions
    # Older ones can be refused by COS (pulumi/pulumi#23764).
    assert tuple(map(int, version.split("."))) >= (3, 256, 0)
