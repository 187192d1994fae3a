"""What recordings.sh makes of signals and of what pulumi and pulumi-trtc say; both are stand-ins here."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import attrs
import pytest

from tests.support import processes
from tests.support.emulator import eventually
from tests.support.pipelines import SCRIPT, stand_in

LOGGED = 'echo "${0##*/} $*" >>"$LOG"\n'
# An update that tells of each SIGINT, and ends once it is told to.
WAITS = """
if [ "$1" != up ]; then exit; fi
trap 'echo interrupted >>"$LOG"' INT
echo waits >>"$LOG"
until [ -e go ]; do sleep 0.02; done
exit 3
"""


@attrs.frozen
class Job:
    """A job of a pipeline in a folder of its own."""

    folder: Path
    env: dict[str, str]

    def start(self, verb: str) -> processes.Running:
        return processes.start(
            ["bash", SCRIPT, verb], self.folder / f"{verb}.txt", env=self.env, cwd=self.folder
        )

    def run(self, verb: str) -> tuple[int, str]:
        running = self.start(verb)
        status = running.wait(60)
        running.end()
        return status, running.text()

    def log(self) -> list[str]:
        """What was called, and what reached it."""
        log = Path(self.env["LOG"])
        return log.read_text().splitlines() if log.exists() else []

    def made(self) -> dict[str, str]:
        return {file.name: file.read_text() for file in (self.folder / "recordings-out").iterdir()}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "project"
    folder.mkdir()
    env = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LOG": str(tmp_path / "log"),
        "PULUMI_STACK": "dev",
    }
    return Job(folder, env)


def pulumi(job: Job, text: str) -> None:
    stand_in(job.folder.parent / "bin", "pulumi", LOGGED + text)


def pulumi_trtc(job: Job, text: str) -> None:
    stand_in(job.folder.parent / "bin", "pulumi-trtc", LOGGED + text)


@pytest.mark.parametrize(
    ("previewed", "reviewed", "status"), [(0, 0, 0), (255, 2, 2), (0, 2, 2), (255, 0, 255)]
)
def test_a_preview_becomes_a_review_and_one_that_failed_fails(
    job: Job, previewed: int, reviewed: int, status: int
) -> None:
    pulumi(job, f"echo a preview with a token; exit {previewed}")
    pulumi_trtc(job, f'read -r found; echo "of ${{#found}} characters"; exit {reviewed}')
    job.env["GITHUB_STEP_SUMMARY"] = str(job.folder / "summary")
    review = "of 22 characters\n"
    assert job.run("preview") == (status, review)
    # The preview itself is kept nowhere.
    assert job.made() == {"review.md": review}
    assert (job.folder / "summary").read_text() == review
    preview = "pulumi preview --stack dev --json --show-replacement-steps --show-sames --non-interactive"
    assert preview in job.log()


def test_a_preview_that_tells_nothing_is_a_review_that_says_so(job: Job) -> None:
    pulumi(job, "echo no such backend >&2; exit 255")
    pulumi_trtc(job, "cat; exit 2")
    status, said = job.run("preview")
    assert status == 2
    assert said.startswith("no such backend\n**The preview failed")
    assert job.made()["review.md"] == said.removeprefix("no such backend\n")


@pytest.mark.parametrize("status", [0, 1, 2])
def test_drift_says_and_ends_as_the_service_is_told_to(job: Job, status: int) -> None:
    pulumi_trtc(job, f"echo lecture has ended; echo what to do >&2; exit {status}")
    job.env["GITHUB_STEP_SUMMARY"] = str(job.folder / "summary")
    assert job.run("drift") == (status, "lecture has ended\nwhat to do\n")
    assert (job.folder / "summary").read_text() == "```\nlecture has ended\nwhat to do\n```\n"
    assert job.log() == ["pulumi-trtc status --stack dev --expect-running"]


@pytest.mark.parametrize("status", [0, 1])
def test_a_rehearsal_leaves_its_pictures_and_fails_as_it_fails(job: Job, status: int) -> None:
    pulumi_trtc(job, f'mkdir -p "$5" && touch "$5/contact-sheet.png"; exit {status}')
    assert job.run("rehearse")[0] == status
    assert job.log() == ["pulumi-trtc rehearse --stack dev --output recordings-out/rehearsal"]
    assert (job.folder / "recordings-out/rehearsal/contact-sheet.png").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_update_is_asked_once_to_end_and_waited_for(job: Job, number: signal.Signals) -> None:
    """A second signal would end it at once: with its lock, and a recording that nobody knows of."""
    pulumi(job, WAITS)
    running = job.start("up")
    eventually(lambda: "waits" in job.log(), "the update")
    os.killpg(running.process.pid, number)  # as a terminal does, and some runners
    eventually(lambda: "interrupted" in job.log(), "the signal")
    running.signal(signal.SIGTERM)  # as GitHub does after 7.5 s
    running.signal(signal.SIGINT)
    (job.folder / "go").touch()
    assert running.wait(60) == 3
    assert job.log() == [
        "pulumi up --stack dev --yes --non-interactive --suppress-progress",
        "waits",
        "interrupted",
    ]
    assert "cancelled: the update ends after what it is doing now" in running.text()
    assert job.made() == {}


def test_cancel_ends_an_update_that_has_outlived_its_job_before_it_removes_the_lock(job: Job) -> None:
    pulumi(job, WAITS)
    job.env["RECORDINGS_PATIENCE"] = "1"
    running = job.start("up")
    eventually(lambda: "waits" in job.log(), "the update")
    running.signal(signal.SIGKILL)
    running.wait()
    pid = int(job.made()["up.pid"])
    refused, said = job.run("up")
    assert refused == 1
    assert "an update was killed here" in said
    status, said = job.run("cancel")
    assert status == 0
    assert "killing it" in said
    assert not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    assert job.log()[1:] == ["waits", "interrupted", "pulumi cancel --stack dev --yes --non-interactive"]
    assert job.made() == {}
    running.end()


def test_cancel_waits_for_no_update_that_is_dead_already(job: Job) -> None:
    """Where the first process of a container waits for nobody, a killed one stays as a zombie."""
    pulumi(job, "")
    (job.folder / "recordings-out").mkdir()
    dead = subprocess.Popen(["pulumi", "up"], env=job.env, cwd=job.folder)
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
    (job.folder / "recordings-out/up.pid").write_text(f"{dead.pid}\n")
    status, said = job.run("cancel")
    assert status == 0, said
    assert "still runs" not in said
    dead.wait()


def test_cancel_leaves_a_program_alone_that_was_given_the_number_of_a_killed_update(job: Job) -> None:
    pulumi(job, "")
    (job.folder / "recordings-out").mkdir()
    (job.folder / "recordings-out/up.pid").write_text(f"{os.getpid()}\n")
    status, said = job.run("cancel")
    assert (status, job.log()) == (0, ["pulumi cancel --stack dev --yes --non-interactive"])
    assert "still runs" not in said


def test_an_unknown_verb_and_a_missing_stack_are_told(job: Job) -> None:
    status, said = job.run("destroy")
    assert status == 2
    assert [line.split()[1] for line in said.splitlines() if "recordings.sh " in line] == [
        "preview",
        "rehearse",
        "up",
        "drift",
        "cancel",
    ]
    job.env["PULUMI_STACK"] = ""
    status, said = job.run("up")
    assert status != 0
    assert "PULUMI_STACK: names no stack" in said
    assert job.log() == []
