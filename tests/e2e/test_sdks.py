"""The generated SDKs compile, and each language's compiler knows what a recording takes."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import languages
from tests.support.pulumi_cli import ROOT

PYTHON = """
import pulumi
import pulumi_trtc_trtc as trtc

storage = trtc.CloudStorageArgs(
    vendor=trtc.CloudStorageVendor.COS, region="ap-singapore", bucket="webrecord-1234589"
)
lecture = trtc.WebRecording(
    "lecture",
    record_url="https://example.com/page",
    sdk_app_id=1400000000,
    storage_params=trtc.StorageParamsArgs(cloud_storage=storage),
)
task_id: pulumi.Output[str] = lecture.task_id
"""


def run(*command: str | Path, cwd: Path, **env: str) -> tuple[int, str]:
    """The status and the text of a compiler."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_python_s_compiles_and_has_types(tmp_path: Path) -> None:
    sdk = languages.sdks() / "python"
    assert compileall.compile_dir(sdk, quiet=1)
    program, wrong = tmp_path / "program.py", tmp_path / "wrong.py"
    program.write_text(PYTHON)
    wrong.write_text(PYTHON.replace("record_url", "record_urls"))
    check = (sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent")
    status, text = run(*check, program, wrong, cwd=tmp_path, MYPYPATH=str(sdk))
    assert status == 1
    assert "No overload variant" in text
    assert "program.py" not in text


def test_typescript_s_has_types(tmp_path: Path) -> None:
    """It was compiled when it was installed."""
    languages.require("npm")
    (tmp_path / "node_modules").symlink_to(languages.node_modules())
    for name in ("index.ts", "tsconfig.json"):
        shutil.copy(languages.TYPESCRIPT / name, tmp_path)
    compiler = (tmp_path / "node_modules/.bin/tsc", "--noEmit")
    assert run(*compiler, cwd=tmp_path) == (0, "")
    program = tmp_path / "index.ts"
    program.write_text(program.read_text().replace("recordUrl", "recordUrls"))
    status, text = run(*compiler, cwd=tmp_path)
    assert status != 0
    assert "'recordUrls' does not exist" in text


def test_go_s_compiles_and_has_types(tmp_path: Path) -> None:
    languages.require("go")
    example = shutil.copytree(ROOT / "examples/go", tmp_path / "examples/go")
    (tmp_path / "sdk").symlink_to(languages.sdks())
    # The first command tells what it downloads.
    status, text = run("go", "list", "-mod=readonly", "-deps", ".", cwd=example, GOWORK="off")
    assert status == 0, text
    compiler = ("go", "vet", "-mod=readonly", ".")
    assert run(*compiler, cwd=example, GOWORK="off") == (0, "")
    program = example / "main.go"
    program.write_text(program.read_text().replace("RecordUrl:", "RecordUrls:"))
    status, text = run(*compiler, cwd=example, GOWORK="off")
    assert status != 0
    assert "unknown field RecordUrls" in text
