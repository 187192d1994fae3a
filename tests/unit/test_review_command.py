"""`pulumi-trtc review` as a command: what it takes, what it prints, how it exits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pulumi_trtc.review.command import review
from tests.support.previews import FOLDER, made_raw, raw, step

BUCKET = str(FOLDER / "bucket.json")
NOT_SHOWN = b"marker-of-a-secret"


def run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(review, arguments, input=given)


def test_a_file_or_stdin() -> None:
    from_file, from_stdin = run(BUCKET), run("-", given=raw("bucket"))
    assert from_file.exit_code == from_stdin.exit_code == run(given=raw("bucket")).exit_code == 0
    assert from_file.stdout == from_stdin.stdout
    assert from_file.stdout.startswith(
        "<!-- pulumi-trtc review: test/dev -->\n## Recordings of `test/dev`: 1 restarts\n"
    )


def test_text_names_what_the_table_names() -> None:
    done = run("--format", "text", str(FOLDER / "mixed.json"))
    assert done.exit_code == 0
    assert done.stdout.startswith("Recordings of test/dev: 1 stops, 2 restart, 2 start\n")
    assert "storage_params.cloud_storage.bucket: webrecord-1234589 → archive-1234589\n" in done.stdout
    assert "footage: gap: the old one stops before the new one starts\n" in done.stdout


def test_json_is_for_programs() -> None:
    found = json.loads(run("--format", "json", "-", given=raw("mixed", "intl")).stdout)
    assert found["title"] == "1 stops, 2 restart, 2 start"
    assert [one["action"] for one in found["recordings"]] == [
        "stops",
        "restarts",
        "restarts",
        "starts",
        "starts",
    ]
    assert found["recordings"][2]["values"] == [
        {"path": "storage_params.cloud_storage.bucket", "old": "webrecord-1234589", "new": "archive-1234589"}
    ]
    assert found["total"]["after"] == {
        "hour": "5.04",
        "most": "102.48",
        "size_unknown": False,
        "without_amount": 0,
    }


@pytest.mark.parametrize("name", ["wrong-input", "exception", "adopt-own"])
@pytest.mark.parametrize("form", ["markdown", "text", "json"])
def test_a_failed_preview_is_shown_and_exits_with_2(name: str, form: str) -> None:
    done = run("--format", form, str(FOLDER / f"{name}.json"))
    assert done.exit_code == 2
    assert "the preview failed" in done.stdout
    assert "error: " in done.stdout


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"error: no stack selected", "is not JSON (line 1, column 1)"),
        (b"warning: " + NOT_SHOWN + b"\n{}", "is not JSON"),
        (raw("bucket")[:-200], "was cut off"),
        (raw("bucket")[:2000], "was cut off"),
        (b'{"steps": [', "was cut off"),
        (b'{"steps": [], "x": "' + NOT_SHOWN, "was cut off"),
        (b'{"sequence": 0, "preludeEvent": {}}\n{"sequence": 1}\n', "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"),
        (b'{"sequence": 0, "timestamp": 1}', "is JSON, but not what"),
        (b'{"version": 3, "deployment": {}}', "is JSON, but not what"),
        (b"[]", "is JSON, but not what"),
        (b"null", "is JSON, but not what"),
        (b"NaN", "is JSON, but not what"),
        (b'"' + NOT_SHOWN + b'"', "is JSON, but not what"),
        (b'{"steps": 1}', "is not what"),
        (b'{"steps": [1]}', "is not what"),
        (b'{"steps": [{"op": "create"}]}', "is not what"),
        (b'{"steps": [{"op": "create", "urn": "x"}]}', "is not what"),
        (b'{"steps": [], "config": [1]}', "is not what"),
        (b'{"diagnostics": ["x"]}', "is not what"),
        (b"\xe9\xff" * 5, "is not UTF-8"),
        (b'{"steps": "\xe9"}', "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"steps": ' + b"9" * 5000 + b"}", "a number that is too long"),
    ],
)
def test_what_is_no_preview_is_one_line_and_exits_with_2(given: bytes, told: str) -> None:
    done = run(given=given)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert NOT_SHOWN.decode() not in done.stderr


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none.json"))
    assert done.exit_code == 2
    assert done.stderr == f"error: {tmp_path}/none.json cannot be read: No such file or directory\n"
    assert run(str(tmp_path)).stderr == f"error: {tmp_path} cannot be read: Is a directory\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_file_that_a_windows_shell_wrote(encoding: str) -> None:
    assert run(given=raw("bucket").decode().encode(encoding)).stdout == run(BUCKET).stdout


def test_a_preview_that_could_not_begin() -> None:
    done = run(given=b'{"diagnostics": [{"message": "error: no provider\\n", "severity": "error"}]}')
    assert done.exit_code == 2
    assert done.stdout.startswith("<!-- pulumi-trtc review:  -->\n## Recordings: the preview failed\n")


def test_help_says_what_is_taken_and_how_it_exits() -> None:
    told = run("--help").stdout
    assert "pulumi preview --json --show-replacement-steps" in told
    assert "2  the preview failed" in told


def test_as_a_process_of_any_locale_without_pulumi_or_the_sdk() -> None:
    text = (
        "import sys; from pulumi_trtc.review.command import review; review(standalone_mode=False); "
        "print(*sys.modules, file=sys.stderr)"
    )
    name = "\u8b1b\u7fa9 \U0001f3a5"
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", text],
        input=made_raw(step("create", name, new={"sdkAppId": 1})),
        env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        check=True,
    )
    assert f"| starts | `{name}` |" in done.stdout.decode()
    loaded = {name.partition(".")[0] for name in done.stderr.decode().split()}
    assert "pulumi_trtc" in loaded
    assert loaded.isdisjoint({"pulumi", "tencentcloud", "psutil", "grpc", "asyncio"})
