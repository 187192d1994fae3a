"""The vendor's own clients, unmodified, through one script."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from tests.support.emulator import SECRET_ID, SECRET_KEY, StartEmulator, eventually
from tests.support.sdk import sdk_client, start_body
from tests.support.tls_front import tls_front

APP = 1400000000
CALL_JS = Path(__file__).resolve().parents[1] / "support" / "call.js"
NODE_SDK, TCCLI = "tencentcloud-sdk-nodejs@4.1.313", "tccli==3.1.189.1"
INSTALL_S = 600
Call = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Sends an action with its parameters; gives the answer's fields, or its Error."""


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=INSTALL_S, cwd=cwd, env=env
    )


def script(call: Call) -> None:
    """A recording from its start to its end, and what is refused on the way."""

    def code(action: str, params: dict[str, Any]) -> str:
        return str(call(action, params)["Error"]["Code"])

    by_record_id = {"SdkAppId": APP, "RecordId": "mine"}
    body = start_body(RecordId="mine")
    assert code("StartWebRecord", {**body, "MaxDurationLimit": 1}) == "InvalidParameter.OutOfRange"
    assert code("StartWebRecord", start_body(StorageParams=None)) == "MissingParameter"
    assert code("DescribeWebRecord", by_record_id) == "FailedOperation.TaskNotExist"
    task_id = call("StartWebRecord", body)["TaskId"]
    assert code("StartWebRecord", body) == "FailedOperation.TaskExist"
    eventually(lambda: "Error" not in call("DescribeWebRecord", {"TaskId": task_id}), "the beginning")
    found = call("DescribeWebRecord", {"TaskId": task_id})
    assert (found["Status"], found["RecordId"]) == (1, "mine")
    found = call("DescribeWebRecord", by_record_id)
    assert (found["Status"], found["TaskId"]) == (1, task_id)
    assert re.fullmatch(r"[0-9a-f-]{36}", call("StopWebRecord", {"TaskId": task_id})["RequestId"])
    assert code("StopWebRecord", {"TaskId": task_id}) == "FailedOperation.TaskNotExist"


def test_python(start_emulator: StartEmulator) -> None:
    client = sdk_client(start_emulator("--start-delay", "0"))

    def call(action: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = client.call_json(action, params)["Response"]
        except TencentCloudSDKException as error:
            return {"Error": {"Code": error.code}}
        return answer

    script(call)


@pytest.mark.soak
def test_node(start_emulator: StartEmulator, tmp_path: Path) -> None:
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("Node.js is not installed")
    installed = run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", NODE_SDK, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    shutil.copy(CALL_JS, tmp_path)
    emulator = start_emulator("--start-delay", "0")

    def call(action: str, params: dict[str, Any]) -> dict[str, Any]:
        told = (action, emulator.host, SECRET_ID, SECRET_KEY, json.dumps(params))
        answer: dict[str, Any] = json.loads(run("node", CALL_JS.name, *told, cwd=tmp_path).stdout)
        return answer

    script(call)


@pytest.mark.soak
def test_tccli(start_emulator: StartEmulator, tmp_path: Path) -> None:
    made = run(sys.executable, "-m", "venv", "own", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    installed = run("own/bin/pip", "install", "-q", TCCLI, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr
    emulator = start_emulator("--start-delay", "0")
    with tls_front(emulator, tmp_path) as front:
        # It trusts what this file holds and nothing that the environment names.
        (trusted,) = tmp_path.glob("own/lib/*/site-packages/certifi/cacert.pem")
        trusted.write_bytes(front.ca_file.read_bytes())
        env = {
            **os.environ,
            "HOME": str(tmp_path),
            "TENCENTCLOUD_SECRET_ID": SECRET_ID,
            "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
        }

        def call(action: str, params: dict[str, Any]) -> dict[str, Any]:
            (tmp_path / "params.json").write_text(json.dumps(params))
            done = run(
                *("own/bin/tccli", "trtc", action, "--cli-input-json", "file://params.json"),
                *("--region", "ap-singapore", "--endpoint", front.host, "--language", "en-US"),
                cwd=tmp_path,
                env=env,
            )
            if done.returncode:
                failed = re.search(r"code:([\w.]+)", done.stdout + done.stderr)
                assert failed, done
                return {"Error": {"Code": failed.group(1)}}
            answer: dict[str, Any] = json.loads(done.stdout)
            return answer

        script(call)
