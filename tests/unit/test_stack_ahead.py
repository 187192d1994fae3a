"""What a program's process reads of the state before a provider is started."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.stack import ahead
from pulumi_trtc.stack.cli import Ahead, StackReader
from pulumi_trtc.stack.commands import export, history
from pulumi_trtc.stack.running_cli import RunningCli
from tests.support import exported
from tests.support.clock import ManualClock

STACK, ENGINE = "organization/test/dev", "127.0.0.1:4000"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def a_cli(folder: Path, text: str) -> RunningCli:
    """A CLI of this text, which an update was run with."""
    program = folder / "pulumi"
    program.write_text(f"#!{sys.executable}\nimport os, sys\n{text}\n")
    program.chmod(0o755)
    return RunningCli(str(program), str(folder), found=True, pid=17, started=1_800_000_000.5)


def begun(cli: RunningCli, environ: Mapping[str, str] | None = None) -> RunningCli:
    ahead.begin(STACK, cli, ENGINE, environ or {})
    return cli


def take(cli: RunningCli, command: tuple[str, ...] = export(STACK), engine: str = ENGINE) -> str:
    return ahead.take(command, cli, engine, SystemClock())


class Opener(ManualClock):
    """Lets the CLI go on once somebody waits for it."""

    def __init__(self, gate: Path) -> None:
        super().__init__()
        self.gate = gate

    def sleep(self, seconds: float) -> None:
        if self.gate.exists():
            self.gate.write_text("")  # returns once it is read
            self.gate.unlink()
        time.sleep(seconds)


def test_what_is_being_read_is_waited_for_and_whole(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    cli = begun(
        a_cli(
            tmp_path,
            "print('half', flush=True)\nsys.argv[2] == 'export' and open('gate').read()\nprint('whole')",
        )
    )
    assert ahead.take(export(STACK), cli, ENGINE, Opener(gate)) == "half\nwhole\n"


def test_each_command_is_given_out_once_and_none_is_left(tmp_path: Path, temporary: Path) -> None:
    cli = begun(a_cli(tmp_path, "print(*sys.argv[1:])"))
    for command in (export(STACK), history(STACK)):
        assert take(cli, command).split() == [*command, "--non-interactive"]
        assert take(cli, command) == ""
    assert list(temporary.iterdir()) == []


def test_it_is_read_where_the_update_reads_it_and_sends_no_log(tmp_path: Path) -> None:
    environ = {"PULUMI_BACKEND_URL": "file:///backend", "PULUMI_LOG_OTLP_ENDPOINT": "localhost:1"}
    cli = begun(a_cli(tmp_path, "print(os.getcwd(), *os.environ)"), environ)
    folder, *names = take(cli).split()
    assert folder == str(tmp_path)
    assert "PULUMI_BACKEND_URL" in names
    assert "PULUMI_LOG_OTLP_ENDPOINT" not in names


@pytest.mark.parametrize("other", [{"pid": 18}, {"started": 1.0}, {"found": False}])
def test_another_command_s_reading_is_not_found(tmp_path: Path, other: dict[str, Any]) -> None:
    cli = begun(a_cli(tmp_path, "print(1)"))
    assert take(attrs.evolve(cli, **other)) == ""
    assert take(cli) == "1\n"


@pytest.mark.parametrize("engine", ["127.0.0.1:4001", ""])
def test_what_a_preview_has_read_is_not_found_by_the_update_after_it(tmp_path: Path, engine: str) -> None:
    """They are of one command, but each has an engine. Between them somebody may take hours to say yes."""
    cli = begun(a_cli(tmp_path, "print(1)"))
    assert take(cli, engine=engine) == ""


def test_another_stack_s_reading_is_not_found(tmp_path: Path) -> None:
    cli = begun(a_cli(tmp_path, "print(1)"))
    assert take(cli, export("organization/test/other")) == ""


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o702])
def test_what_somebody_else_may_have_written_is_not_taken(tmp_path: Path, temporary: Path, mode: int) -> None:
    cli = begun(a_cli(tmp_path, "print(1)"))
    (folder,) = temporary.iterdir()
    folder.chmod(mode)
    assert take(cli) == ""


def test_a_folder_that_somebody_else_has_made_is_left_alone(tmp_path: Path, temporary: Path) -> None:
    cli = begun(a_cli(tmp_path, "print(1)"))
    (folder,) = temporary.iterdir()
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert take(cli) == ""
    with pytest.raises(FileExistsError):
        begun(cli)


def a_reader(folder: Path, state: str, told: Ahead) -> StackReader:
    """Its CLI shows this state."""
    (folder / "state.json").write_text(state)
    cli = a_cli(folder, "print('[]' if sys.argv[2] == 'history' else open('state.json').read())")
    return StackReader(ManualClock(), {}, cli, ThreadPoolExecutor(4), told)


def with_task(task_id: str) -> str:
    return exported.export([exported.resource(id=task_id)])


def test_the_provider_goes_by_it_once_and_then_by_the_state_of_the_moment(tmp_path: Path) -> None:
    told = {export(STACK): with_task("one"), history(STACK): "[]"}
    reader = a_reader(tmp_path, with_task("two"), told.__getitem__)
    reader.begin(STACK, declared=True)
    assert reader.evidence(STACK, {"one"}).state.knows("one")
    assert reader.now(STACK, "two").state.knows("two")


@pytest.mark.parametrize("part", ["", "{", '{"version": 3}', "[]", "error: no such stack"])
def test_what_was_cut_short_the_provider_reads_for_itself(tmp_path: Path, part: str) -> None:
    reader = a_reader(tmp_path, with_task("one"), lambda command: part if command[1] == "export" else "")
    reader.begin(STACK, declared=True)
    assert reader.evidence(STACK, {"one"}).state.knows("one")


def test_a_killed_command_is_not_waited_for(tmp_path: Path) -> None:
    cli = begun(a_cli(tmp_path, "print('half', flush=True)\nos.kill(os.getpid(), 9)"))
    assert take(cli) == "half\n"


def test_a_command_that_does_not_end_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    cli, clock = begun(a_cli(tmp_path, "open('never').read()")), ManualClock()
    assert ahead.take(export(STACK), cli, ENGINE, clock) == ""
    assert clock.monotonic() >= 60


_PROGRAM = """
import os, sys
from pulumi_trtc.clock import SystemClock
from pulumi_trtc.stack import ahead
from pulumi_trtc.stack.commands import export
from pulumi_trtc.stack.running_cli import running_cli
os.environ["WHERE"] = "a program's own"
ahead.begin_in_program("a/b/c")
print(ahead.take(export("a/b/c"), running_cli(), "127.0.0.1:4000", SystemClock()) or "nothing")
"""


def run_program(folder: Path, *arguments: str) -> str:
    """What a program prints that is run by a `pulumi` in this folder, whose commands are those of `stack`."""
    (folder / "pulumi").symlink_to(sys.executable)
    call = [sys.executable, "-c", _PROGRAM, *arguments]
    text = f"import subprocess; print(subprocess.check_output({call!r}, text=True, cwd='/'))"
    done = subprocess.run(
        [str(folder / "pulumi"), "-c", text],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "temporary"), "WHERE": "the update's"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_program_s_process_reads_in_the_environment_that_it_was_started_in(tmp_path: Path) -> None:
    (tmp_path / "stack").write_text("import os; print(os.environ['WHERE'], os.getcwd())")
    assert run_program(tmp_path, "--engine", "127.0.0.1:4000") == f"the update's {tmp_path}"


def test_nothing_is_left_of_it_however_long_the_cli_takes(tmp_path: Path, temporary: Path) -> None:
    os.mkfifo(tmp_path / "never")
    (tmp_path / "stack").write_text("import sys; sys.argv[1] == 'export' or open('never').read()")
    run_program(tmp_path, "--engine", "127.0.0.1:4000")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("--engine",), ("--monitor", "127.0.0.1:4000")])
def test_a_program_that_runs_an_engine_itself_begins_nothing(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Its stack may be on another backend than that of a `pulumi` above it."""
    (tmp_path / "stack").write_text("print('something')")
    assert run_program(tmp_path, *arguments) == "nothing"
