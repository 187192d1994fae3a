"""A job's identity, from GitHub to the place where pulumi_trtc looks for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.canned_server import Answer, canned_server
from tests.support.pipelines import IDENTITY


def identify(folder: Path, url: str, **changed: str) -> subprocess.CompletedProcess[str]:
    env = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/token?api-version=2",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
        "RUNNER_TEMP": str(folder),
        "GITHUB_ENV": str(folder / "env"),
        **changed,
    }
    return subprocess.run(
        [sys.executable, IDENTITY],
        env={key: value for key, value in env.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_token_lies_in_a_file_of_its_own_that_the_provider_is_told_of(tmp_path: Path) -> None:
    with canned_server() as server:
        server.put(Answer(json.dumps({"count": 1, "value": "the.token"}).encode()))
        done = identify(tmp_path, server.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    name, _, file = (tmp_path / "env").read_text().rstrip("\n").partition("=")
    assert name == "TKE_WEB_IDENTITY_TOKEN_FILE"
    assert Path(file).read_text() == "the.token"
    assert Path(file).stat().st_mode & 0o777 == 0o600
    (asked,) = server.asked
    assert asked.path == "/token?api-version=2&audience=sts.tencentcloudapi.com"
    assert asked.headers["authorization"] == "Bearer request-token"


@pytest.mark.parametrize(
    ("answer", "missing", "said"),
    [
        (Answer(b"{}", status=403), "", "GitHub gave no identity: HTTP Error 403"),
        (Answer(b"not json"), "", "GitHub gave no identity: "),
        (
            Answer(b"{}"),
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "this job has no identity: it needs `id-token: write`",
        ),
    ],
)
def test_a_job_without_an_identity_is_told_so_in_one_line(
    tmp_path: Path, answer: Answer, missing: str, said: str
) -> None:
    with canned_server() as server:
        server.put(answer)
        done = identify(tmp_path, server.url, **({missing: ""} if missing else {}))
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "env").exists()
