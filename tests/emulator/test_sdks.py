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
SUPPORT = Path(__file__).resolve().parents[1] / "support"
# The registry's module for this API has not its calls yet (2026-11); the common one makes any call.
GO_SDK = "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common@v1.3.212"
JAVA_SDK = "com.tencentcloudapi:tencentcloud-sdk-java:3.1.1436"
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


def program(start_emulator: StartEmulator, folder: Path, *command: str) -> Call:
    """Calls by a program that makes one request and prints the answer's fields."""
    emulator = start_emulator("--start-delay", "0")

    def call(action: str, params: dict[str, Any]) -> dict[str, Any]:
        told = (action, emulator.host, SECRET_ID, SECRET_KEY, json.dumps(params))
        done = run(*command, *told, cwd=folder)
        assert done.stdout, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    return call


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
    shutil.copy(SUPPORT / "call.js", tmp_path)
    script(program(start_emulator, tmp_path, "node", "call.js"))


@pytest.mark.soak
def test_go(start_emulator: StartEmulator, tmp_path: Path) -> None:
    if not shutil.which("go"):
        pytest.skip("Go is not installed")
    shutil.copy(SUPPORT / "call.go", tmp_path)
    for command in (("mod", "init", "call"), ("get", GO_SDK), ("build", "-o", "call", ".")):
        done = run("go", *command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    script(program(start_emulator, tmp_path, "./call"))


@pytest.mark.soak
def test_java(start_emulator: StartEmulator, tmp_path: Path) -> None:
    if not (shutil.which("mvn") and shutil.which("javac")):
        pytest.skip("Maven or a JDK is not installed")
    group, name, version = JAVA_SDK.split(":")
    needed = f"<groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>"
    (tmp_path / "pom.xml").write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>call</groupId><artifactId>call</artifactId>"
        f"<version>1</version><dependencies><dependency>{needed}</dependency></dependencies></project>"
    )
    installed = run("mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars", cwd=tmp_path)
    assert installed.returncode == 0, installed.stdout
    made = run("javac", "-cp", "jars/*", "-d", ".", str(SUPPORT / "Call.java"), cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    script(program(start_emulator, tmp_path, "java", "-cp", "jars/*:.", "Call"))


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
