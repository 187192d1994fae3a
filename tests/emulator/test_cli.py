"""The command line and its first lines of output."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.emulator import DEADLINE, StartEmulator, eventually
from trtc_emulator.settings.command_line import read_settings
from trtc_emulator.settings.values import DEFAULT_SECRET_ID, DEFAULT_SECRET_KEY


def fails_with(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "trtc_emulator", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=DEADLINE)
    return done.returncode, done.stderr


def test_the_defaults() -> None:
    settings = read_settings([], {})
    assert (settings.host, settings.port, settings.start_delay) == ("127.0.0.1", 8647, 5.0)
    assert (settings.site, settings.media, settings.token) == ("intl", "auto", None)
    assert (settings.secret_id, settings.secret_key) == (DEFAULT_SECRET_ID, DEFAULT_SECRET_KEY)
    assert (settings.assumptions.rate_limit, settings.assumptions.concurrency_limit) == (20, 200)


def test_the_environment_gives_way_to_the_flags() -> None:
    environ = {"TRTC_EMULATOR_SECRET_ID": "AKIDa", "TRTC_EMULATOR_SECRET_KEY": "a"}
    assert read_settings([], environ).secret_key == "a"
    assert read_settings(["--secret-key", "b", "--secret-id", "AKIDb"], environ).secret_key == "b"
    assert "'a'" not in repr(read_settings([], environ))


def test_port_0_takes_a_free_port_and_says_which(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "trtc_emulator",
        "--port",
        "0",
        "--data",
        str(tmp_path),
        "--media",
        "none",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        rest = process.stdout.read()
        assert process.wait(DEADLINE) == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9][0-9]+\n", first)
    assert str(tmp_path) in rest
    assert DEFAULT_SECRET_ID in rest
    assert DEFAULT_SECRET_KEY in rest


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, error = fails_with("--port", str(port), "--data", str(tmp_path))
    assert code == 1
    assert str(port) in error
    assert "Traceback" not in error


def test_a_data_folder_that_is_none_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    code, error = fails_with("--port", "0", "--data", str(file))
    assert code == 1
    assert "Traceback" not in error


def test_a_database_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "emulator.db").write_text("no database " * 1000)
    code, error = fails_with("--port", "0", "--data", str(tmp_path))
    assert code == 1
    assert "emulator.db" in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "65536"),
        ("--port", "x"),
        ("--start-delay", "-1"),
        ("--start-delay", "nan"),
        ("--site", "mars"),
        ("--rate-limit", "-1"),
        ("--sdk-app-id", "0"),
        ("--media", "film"),
        ("--surprise",),
    ],
)
def test_a_wrong_argument_is_named(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        read_settings(arguments, {})
    assert caught.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_a_wrong_secret_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_settings(["--secret-key", "MARKER with spaces"], {})
    assert "MARKER" not in capsys.readouterr().err


def test_help_shows_no_secret_of_the_environment(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_settings(["--help"], {"TRTC_EMULATOR_SECRET_KEY": "MARKER"})
    assert "MARKER" not in capsys.readouterr().out


def test_it_ends_at_once_while_requests_wait(start_emulator: StartEmulator) -> None:
    emulator = start_emulator()
    with socket.create_connection(("127.0.0.1", emulator.port)) as waiting:
        waiting.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
        eventually(emulator.requests, "the request that waits")
        assert emulator.terminate() == 0
