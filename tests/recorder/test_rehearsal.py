"""`pulumi-trtc rehearse` with the real CLI, emulator and browser: what is left, and what is not touched."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support import pages, processes, video
from tests.support.emulator import eventually
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import SDK_APP_ID

GREEN, RED = "00a000", "7a1420"
TIMEOUT = 240.0
COMMAND = (
    "import sys; from pulumi_trtc.rehearse.command import rehearse; sys.exit(rehearse(standalone_mode=False))"
)
SECRETS = {
    "accessKey": "AKIDMarker",
    "secretKey": "secretMarker",
    "cdn": "rtmp://live.example.com/app/Marker",
}
# Another provider's resource, which an update would create for real.
PROGRAM = f"""
from pathlib import Path

import pulumi
import pulumi_trtc as trtc
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Other(ResourceProvider):
    def create(self, props):
        Path("created").touch()
        return CreateResult("other")


class Thing(Resource, module="other", name="Thing"):
    pass


config = pulumi.Config()
site = pulumi.StackReference("organization/infra/prod").require_output("site")
given = dict(
    sdk_app_id={SDK_APP_ID},
    storage_params=dict(
        cloud_storage=dict(
            vendor=0,
            region="ap-singapore",
            bucket="webrecord-1234589",
            access_key=config.require_secret("accessKey"),
            secret_key=config.require_secret("secretKey"),
        )
    ),
    web_record_video_params=dict(width=640, height=360, format="hls"),
    publish_cdn_params=[dict(publish_cdn_url=config.require_secret("cdn"))],
)
good = trtc.WebRecording("good", record_url=site.apply(lambda it: it + "/good"), adopt="a-task", **given)
trtc.WebRecording("bad", record_url=site.apply(lambda it: it + "/bad"), **given)
trtc.WebRecording("later", record_url=pulumi.Output.concat(site, "/", good.task_id), **given)
trtc.WebRecording.get("read", id="another-task")
Thing(Other(), "other", dict())
"""
SIMPLE = """
import pulumi_trtc as trtc

trtc.WebRecording(
    "good",
    record_url="{site}/good",
    sdk_app_id=1400000000,
    storage_params={{"cloud_vod": {{"tencent_vod": {{}}}}}},
)
"""


@pytest.fixture
def stacks(tmp_path: Path) -> Iterator[Stacks]:
    made = Stacks(tmp_path)
    yield made
    made.close()


@pytest.fixture
def site() -> Iterator[pages.Pages]:
    with pages.serving({"/good": pages.plain(GREEN), "/bad": pages.Reply("broken", 500)}) as served:
        yield served


@pytest.fixture
def scratch() -> Iterator[Path]:
    """For all temporary files. A browser's socket has a limit: no path of pytest's would do."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def rehearse(stack: Stack, scratch: Path, *arguments: str) -> processes.Running:
    """Start it as a person does, in the project's folder."""
    command = [sys.executable, "-c", COMMAND, "--output", str(output(stack)), *arguments]
    log = stack.folder.parent / "rehearsal.txt"
    return processes.start(command, log, env={**stack.env, "TMPDIR": str(scratch)}, cwd=stack.folder)


def output(stack: Stack) -> Path:
    return stack.folder.parent / "left"


def left_over(scratch: Path) -> list[str]:
    """Files and processes of a rehearsal that has ended."""
    told = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    running = [line for line in told.splitlines() if str(scratch) in line]
    return [*running, *(path.name for path in scratch.iterdir())]


def content(*folders: Path) -> dict[str, str]:
    """Every file below some folders, by a hash of it; what Python compiles does not count."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if "__pycache__" not in path.parts
    }


def refer_to(stack: Stack, stacks: Stacks, site: str) -> None:
    """Another stack on the same backend, organization/infra/prod, with an output `site`."""
    other = stacks.at(stack.folder.parent / "infra", project="infra", name="prod")
    other.env["PULUMI_BACKEND_URL"] = stack.env["PULUMI_BACKEND_URL"]
    other.init()
    kind = "pulumi:pulumi:Stack"
    root = {"urn": f"urn:pulumi:prod::infra::{kind}::infra-prod", "type": kind, "custom": False}
    manifest = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    deployment = {"manifest": manifest, "resources": [{**root, "outputs": {"site": site}}]}
    (other.folder / "state.json").write_text(json.dumps({"version": 3, "deployment": deployment}))
    other.run("stack", "import", "--file", "state.json")


def test_each_page_is_seen_and_nothing_else_is_touched(
    stacks: Stacks, site: pages.Pages, scratch: Path
) -> None:
    stack = stacks.new(PROGRAM)
    refer_to(stack, stacks, site.url)
    stack.config(SECRETS, secret=True)
    stack.config({"trtc:secretId": "AKIDMarker", "trtc:secretKey": "keyMarker"}, secret=True)
    before = content(stack.folder, stack.backend)

    running = rehearse(stack, scratch, "--seconds", "3")
    assert running.wait(TIMEOUT) == 1, running.text()
    assert content(stack.folder, stack.backend) == before
    assert left_over(scratch) == []

    told = running.text()
    assert "error: bad: the page cannot be loaded: Goto url timeout" in told
    assert "later: left out: recordUrl: known only after an update" in told
    assert "Marker" not in told
    assert "Traceback" not in told
    listed = {
        one["name"]: one for one in json.loads((output(stack) / "rehearsal.json").read_text())["recordings"]
    }
    assert {name: one["result"] for name, one in listed.items()} == {
        "good": "recorded",
        "bad": "failed",
        "later": "left out",
    }
    assert {path.name for path in output(stack).iterdir()} == {
        "contact-sheet.png",
        "good.mp4",
        "rehearsal.json",
    }
    seen = video.inspect(output(stack) / "good.mp4")
    assert (seen.width, seen.height) == (640, 360)
    assert seen.seconds >= 2.5
    # By name: bad, good, later; each picture is 400x225, with a gap of 16 around it and 72 above.
    sheet = Image.open(output(stack) / "contact-sheet.png").convert("RGB")
    colours = [sheet.getpixel((16 + 416 * column + 20, 72 + 20)) for column in range(3)]
    for colour, expected in zip(colours[:2], (RED, GREEN), strict=True):
        assert isinstance(colour, tuple)
        assert video.near((colour[0], colour[1], colour[2]), video.rgb(expected)), colours


def test_a_cancelled_rehearsal_leaves_nothing(stacks: Stacks, site: pages.Pages, scratch: Path) -> None:
    stack = stacks.new(SIMPLE.format(site=site.url))
    running = rehearse(stack, scratch, "--stack", "dev", "--seconds", "600")
    eventually(lambda: site.requests or running.process.poll() is not None, "the page is opened", TIMEOUT)
    running.signal(signal.SIGTERM)
    assert running.wait(TIMEOUT) == 130, running.text()
    assert "interrupted" in running.text()
    assert left_over(scratch) == []
