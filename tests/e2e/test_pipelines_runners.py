"""The example pipelines, run by `act` as GitHub would and by `gitlab-ci-local` as GitLab would.

The CLI, the emulator, the rehearsal and its browser are real; the forges' own actions are stand-ins.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs
import pytest

from tests.support import pages
from tests.support.emulator import Emulator
from tests.support.forge import Forge, github, gitlab, served
from tests.support.pipelines import go_program, repository, stand_in
from tests.support.pulumi_cli import PASSPHRASE, Stack, cli_folder
from tests.support.recordings import all_recording, inputs, program, runs_exactly
from tests.support.sdk import sdk_client, stop

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

MakeStack = Callable[..., Stack]
ACT = "github.com/nektos/act@v0.2.89"
GITLAB_CI_LOCAL = "gitlab-ci-local@4.56.0"
USES = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40})")
# All is installed already, and nothing may be installed into this environment. And a job can be killed.
PULUMI = """
if [ "$1" = install ]; then exit; fi
if [ "$1" = up ] && [ -e {kept}/kill ]; then exec kill -KILL "$PPID"; fi
exec {pulumi} "$@"
"""
# What the forges' own actions do here: the steps of a composite action.
NOTHING = "- {run: 'true', shell: bash}"
UPLOAD = """
- id: it
  run: |
    mkdir -p "$KEPT/$NAME"
    cp -r "$FILES" "$KEPT/$NAME/"
    echo "url=https://kept/$NAME" >>"$GITHUB_OUTPUT"
  shell: bash
  env: {NAME: "${{ inputs.name }}", FILES: "${{ inputs.path }}"}
"""
DOWNLOAD = """
- run: cp -r "$KEPT/$NAME/." .
  shell: bash
  env: {NAME: "${{ inputs.name }}"}
"""
STEPS = {"actions/upload-artifact": UPLOAD, "actions/download-artifact": DOWNLOAD}


@attrs.frozen
class Runner:
    """A person's repository, and the command that runs its pipelines.

    Attributes:
        kept: Where artifacts are.
    """

    stack: Stack
    forge: Forge
    kept: Path
    env: dict[str, str]

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.stack.folder, env=self.env, capture_output=True, text=True, check=False
        )

    def git(self, *arguments: str) -> None:
        done = self.run(["git", "-c", "user.name=me", "-c", "user.email=me@example.com", *arguments])
        assert done.returncode == 0, done.stderr


@pytest.fixture
def site() -> Iterator[pages.Pages]:
    with pages.serving({"/page": pages.plain("00a000")}) as found:
        yield found


@pytest.fixture
def kept() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def runner(stack: Stack, forge: Forge, kept: Path) -> Runner:
    """A repository with the pipelines, the marked lines as its owner writes them, and all committed."""
    folder = repository(stack.folder)
    for file in (*folder.glob(".github/workflows/*.yml"), folder / "pipelines/gitlab-ci.yml"):
        text = re.sub(r"(PULUMI_STACK:) .*# yours", rf"\1 {stack.name}", file.read_text())
        text = re.sub(r"(PULUMI_BACKEND_URL:) .*# yours", rf"\1 file://{stack.backend}", text)
        # Here is no Docker: the jobs run in a shell of this machine.
        file.write_text(re.sub(r"(?m)^  image: .*\n", "", text))
    stand_in(kept / "bin", "pulumi", PULUMI.format(kept=kept, pulumi=cli_folder() / "pulumi"))
    env = {**stack.env, "HOME": os.environ["HOME"], "PATH": f"{kept / 'bin'}:{stack.env['PATH']}"}
    made = Runner(stack, forge, kept, env)
    (folder / ".gitignore").write_text("recordings-out/\n.gitlab-ci-local/\n__pycache__/\n")
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("remote", "add", "origin", "https://github.com/me/repo.git")  # where act has the name from
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message=all")
    return made


def act(job: Runner, event: str, payload: Mapping[str, object]) -> subprocess.CompletedProcess[str]:
    """What GitHub does at an event."""
    (job.kept / "event.json").write_text(json.dumps(payload))
    command = [*go_program(ACT), event, "--platform", "ubuntu-latest=-self-hosted"]
    command += ["--eventpath", str(job.kept / "event.json"), "--concurrent-jobs", "1"]
    command += ["--secret", f"PULUMI_CONFIG_PASSPHRASE={PASSPHRASE}", "--secret", "GITHUB_TOKEN=the-token"]
    settings = {"GITHUB_API_URL": job.forge.url, "KEPT": str(job.kept / "artifacts")}
    settings |= {key: value for key, value in job.stack.env.items() if key.startswith("PULUMI_")}
    del settings["PULUMI_CONFIG_PASSPHRASE"], settings["PULUMI_BACKEND_URL"]
    for key, value in settings.items():
        command += ["--env", f"{key}={value}"]
    for name, commit in used(job.stack.folder):
        command += ["--local-repository", f"{name}@{commit}={action(job.kept, name)}"]
    return job.run(command)


def used(folder: Path) -> set[tuple[str, str]]:
    """The actions of the workflows, but for the checkout that act does itself."""
    texts = [file.read_text() for file in folder.rglob("*.yml")]
    found = {(name, commit) for text in texts for name, commit in USES.findall(text)}
    return {one for one in found if one[0] != "actions/checkout"}


def action(kept: Path, name: str) -> Path:
    folder = kept / "actions" / name
    folder.mkdir(parents=True, exist_ok=True)
    steps = STEPS.get(name, NOTHING).strip().replace("\n", "\n    ")
    (folder / "action.yml").write_text(
        f"name: {name}\ndescription: a stand-in\n"
        "inputs: {name: {default: ''}, path: {default: ''}}\n"
        "outputs: {artifact-url: {value: '${{ steps.it.outputs.url }}'}}\n"
        f"runs:\n  using: composite\n  steps:\n    {steps}\n"
    )
    return folder


def pull_request(head: str) -> dict[str, object]:
    return {
        "pull_request": {"number": 7, "head": {"repo": {"full_name": head}}},
        "repository": {"full_name": "me/repo", "default_branch": "main"},
    }


MAIN = {"ref": "refs/heads/main", "repository": {"full_name": "me/repo", "default_branch": "main"}}


def test_github(recorded: MakeStack, emu: Emulator, site: pages.Pages, kept: Path) -> None:
    stack = recorded(program(lecture=inputs(record_url=f"{site.url}/page?token=marker")))
    with served(github()) as forge:
        job = runner(stack, forge, kept)
        sheet = kept / "artifacts/rehearsal/rehearsal/contact-sheet.png"

        fork = act(job, "pull_request", pull_request("somebody/repo"))
        assert fork.returncode == 0, fork.stdout
        assert sheet.read_bytes().startswith(b"\x89PNG")
        assert [*(kept / "artifacts").iterdir()] == [kept / "artifacts/rehearsal"]
        assert forge.bodies() == []

        shutil.rmtree(kept / "artifacts")
        own = act(job, "pull_request", pull_request("me/repo"))
        assert own.returncode == 0, own.stdout
        (comment,) = forge.bodies()
        assert "1 starts" in comment
        assert "`lecture`" in comment
        assert "[contact sheet and videos](https://kept/rehearsal)" in comment
        assert sheet.exists()
        assert emu.requests() == []

        (kept / "kill").touch()
        killed = act(job, "push", MAIN)
        assert killed.returncode != 0
        assert "the lock is removed" in killed.stdout
        (kept / "kill").unlink()
        pushed = act(job, "push", MAIN)
        assert pushed.returncode == 0, pushed.stdout
        tasks = runs_exactly(emu, stack, "lecture")
        all_recording(emu)
        assert act(job, "schedule", MAIN).returncode == 0

        stop(sdk_client(emu), tasks["lecture"])
        watched = act(job, "schedule", MAIN)
        assert watched.returncode != 0
        assert re.search(r"ended +lecture", watched.stdout)
        for done in (fork, own, pushed, watched):
            assert "marker" not in done.stdout + done.stderr


def gitlab_ci_local() -> str:
    """The program, installed once beside the Pulumi CLI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm and shutil.which("rsync")):
        pytest.skip("no node, npm or rsync to run gitlab-ci-local with")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "pulumi-trtc" / GITLAB_CI_LOCAL
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            subprocess.run([npm, "install", "--prefix", scratch, GITLAB_CI_LOCAL], check=True)
            Path(scratch).rename(folder)
            Path(scratch).mkdir()  # for the block's end to remove
    return str(folder / "node_modules/.bin/gitlab-ci-local")


def pipeline(job: Runner, source: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What GitLab does for a source of pipelines."""
    variables = {
        "CI_PIPELINE_SOURCE": source,
        "CI_API_V4_URL": job.forge.url,
        "CI_PROJECT_ID": "40",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "RECORDINGS_COMMENT_TOKEN": "the-token",
        **more,
    }
    command = [gitlab_ci_local(), "--shell-executor-no-image", "--shell-isolation"]
    for key, value in variables.items():
        command += ["--variable", f"{key}={value}"]
    return job.run(command)


def merge_request(job: Runner, project: str) -> subprocess.CompletedProcess[str]:
    more = {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": project, "CI_MERGE_REQUEST_IID": "7"}
    return pipeline(job, "merge_request_event", **more)


def test_gitlab(recorded: MakeStack, emu: Emulator, site: pages.Pages, kept: Path) -> None:
    stack = recorded(program(lecture=inputs(record_url=f"{site.url}/page?token=marker")))
    with served(gitlab()) as forge:
        job = runner(stack, forge, kept)
        job.git("switch", "--quiet", "--create", "feature")
        sheet = stack.folder / "recordings-out/rehearsal/contact-sheet.png"

        fork = merge_request(job, "41")
        assert fork.returncode == 0, fork.stdout + fork.stderr
        assert sheet.read_bytes().startswith(b"\x89PNG")
        assert "recordings preview" not in fork.stdout
        assert forge.bodies() == []

        own = merge_request(job, "40")
        assert own.returncode == 0, own.stdout + own.stderr
        (comment,) = forge.bodies()
        assert "1 starts" in comment
        assert "`lecture`" in comment
        assert emu.requests() == []

        job.git("switch", "--quiet", "main")
        pushed = pipeline(job, "push")
        assert pushed.returncode == 0, pushed.stdout + pushed.stderr
        tasks = runs_exactly(emu, stack, "lecture")
        all_recording(emu)
        assert pipeline(job, "schedule").returncode == 0

        stop(sdk_client(emu), tasks["lecture"])
        watched = pipeline(job, "schedule")
        assert watched.returncode != 0
        assert re.search(r"ended +lecture", watched.stdout)
        for done in (fork, own, pushed, watched):
            assert "marker" not in done.stdout + done.stderr
