"""What a program's process reads of the state before a provider is started."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import psutil
import pytest

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.stack import ahead
from pulumi_trtc.stack.cli import Ahead, StackReader
from pulumi_trtc.stack.commands import Command, export, history
from pulumi_trtc.stack.running_cli import RunningCli
from tests.support import exported
from tests.support.clock import ManualClock

STACK = "organization/test/dev"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """What is shown until a program's process ends would be shown to the next test."""
    own = Path("/proc/self/fd")
    before = set(own.iterdir())
    yield
    for one in set(own.iterdir()) - before:
        with contextlib.suppress(OSError):
            if "memfd:pulumi-trtc" in str(one.readlink()):
                os.close(int(one.name))


def a_cli(folder: Path, text: str) -> RunningCli:
    """A CLI of this text, which an update was run with."""
    program = folder / "pulumi"
    program.write_text(f"#!{sys.executable}\nimport os, sys\n{text}\n")
    program.chmod(0o755)
    return RunningCli(str(program), str(folder), found=True, pid=17)


def begin(cli: RunningCli, environ: Mapping[str, str] | None = None) -> None:
    ahead.begin(STACK, cli, environ or {})


def take(command: tuple[str, ...] = export(STACK), processes: Iterable[int] = (os.getpid(),)) -> str:
    (told,) = ahead.take([command], processes, SystemClock())
    return told


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
    begin(
        a_cli(
            tmp_path,
            "print('half', flush=True)\nsys.argv[2] == 'export' and open('gate').read()\nprint('whole')",
        )
    )
    assert ahead.take([export(STACK)], [os.getpid()], Opener(gate)) == ["half\nwhole\n"]


def test_each_command_is_given_out_once(tmp_path: Path) -> None:
    begin(a_cli(tmp_path, "print(*sys.argv[1:])"))
    for command in (export(STACK), history(STACK)):
        assert take(command).split() == [*command, "--non-interactive"]
        assert take(command) == ""


def test_it_is_read_where_the_update_reads_it_and_sends_no_log(tmp_path: Path) -> None:
    environ = {"PULUMI_BACKEND_URL": "file:///backend", "PULUMI_LOG_OTLP_ENDPOINT": "localhost:1"}
    begin(a_cli(tmp_path, "print(os.getcwd(), *os.environ)"), environ)
    folder, *names = take().split()
    assert folder == str(tmp_path)
    assert "PULUMI_BACKEND_URL" in names
    assert "PULUMI_LOG_OTLP_ENDPOINT" not in names


def test_where_the_cli_of_the_update_is_not_known_nothing_is_begun(tmp_path: Path) -> None:
    """The one on PATH may be of another backend."""
    begin(attrs.evolve(a_cli(tmp_path, "print(1)"), found=False))
    assert take() == ""


def test_another_stack_s_reading_is_not_found(tmp_path: Path) -> None:
    begin(a_cli(tmp_path, "print(1)"))
    assert take(export("organization/test/other")) == ""


def test_a_process_that_has_ended_is_passed_over(tmp_path: Path) -> None:
    begin(a_cli(tmp_path, "print(1)"))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert take(processes=[ended.pid, os.getpid()]) == "1\n"


def a_reader(folder: Path, state: str, told: Ahead) -> StackReader:
    """Its CLI shows this state."""
    (folder / "state.json").write_text(state)
    cli = a_cli(folder, "print('[]' if sys.argv[2] == 'history' else open('state.json').read())")
    return StackReader(ManualClock(), {}, cli, ThreadPoolExecutor(4), told)


def with_task(task_id: str) -> str:
    return exported.export([exported.resource(id=task_id)])


def test_the_provider_goes_by_it_once_and_then_by_the_state_of_the_moment(tmp_path: Path) -> None:
    told = {export(STACK): with_task("one"), history(STACK): "[]"}
    reader = a_reader(tmp_path, with_task("two"), lambda commands: [told[one] for one in commands])
    reader.begin(STACK, declared=True)
    assert reader.evidence(STACK, {"one"}).state.knows("one")
    assert reader.now(STACK, "two").state.knows("two")


def test_where_no_program_has_declared_anything_nothing_is_looked_for(tmp_path: Path) -> None:
    looked: list[object] = []

    def told(commands: Sequence[Command]) -> Sequence[str]:
        looked.extend(commands)
        return ["", ""]

    reader = a_reader(tmp_path, with_task("one"), told)
    reader.begin(STACK, declared=False)
    assert reader.evidence(STACK, {"one"}).state.knows("one")
    assert looked == []


@pytest.mark.parametrize("part", ["", "{", '{"version": 3}', "[]", "error: no such stack"])
def test_what_was_cut_short_the_provider_reads_for_itself(tmp_path: Path, part: str) -> None:
    reader = a_reader(tmp_path, with_task("one"), lambda _commands: [part, ""])
    reader.begin(STACK, declared=True)
    assert reader.evidence(STACK, {"one"}).state.knows("one")


def test_a_killed_command_is_not_waited_for(tmp_path: Path) -> None:
    begin(a_cli(tmp_path, "print('half', flush=True)\nos.kill(os.getpid(), 9)"))
    assert take() == "half\n"


def test_a_command_that_does_not_end_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    begin(a_cli(tmp_path, "open('never').read()"))
    clock = ManualClock()
    assert ahead.take([export(STACK)], [os.getpid()], clock) == [""]
    assert clock.monotonic() >= 60


ENGINE = "127.0.0.1:4000"
_BEGINS = """
import os, sys
from pulumi_trtc.stack import ahead
os.environ["WHERE"] = "a program's own"
ahead.begin_in_program("a/b/c")
"""
_TAKES = """
import sys
from pulumi_trtc.clock import SystemClock
from pulumi_trtc.stack.ahead import take
from pulumi_trtc.stack.commands import export
from pulumi_trtc.stack.running_cli import running_cli, taking_part
processes = [one.pid for one in taking_part(running_cli(), sys.argv[1])]
print(take([export("a/b/c")], processes, SystemClock())[0] or "nothing", flush=True)
"""
_RUNS = f"""
import subprocess, sys
program = subprocess.Popen(
    [{sys.executable!r}, "-c", {_BEGINS!r} + sys.argv[1], *sys.argv[3:]],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/",
)
program.stdout.readline()
subprocess.run([{sys.executable!r}, "-c", {_TAKES!r}, sys.argv[2]], check=True)
program.communicate()
"""
_WAITS = "print('begun', flush=True); sys.stdin.read()"


def run(folder: Path, *program: str, then: str = _WAITS, engine: str = ENGINE) -> str:
    """What a provider of this engine takes, where a `pulumi` runs a program with these arguments. Its
    commands are those of the file `stack`.

    Args:
        then: What the program does once it has begun.
    """
    (folder / "pulumi").symlink_to(sys.executable)
    done = subprocess.run(
        [str(folder / "pulumi"), "-c", _RUNS, then, engine, *program],
        cwd=folder,
        env={**os.environ, "WHERE": "the update's"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_program_s_process_reads_in_the_environment_that_it_was_started_in(tmp_path: Path) -> None:
    (tmp_path / "stack").write_text("import os; print(os.environ['WHERE'], os.getcwd())")
    assert run(tmp_path, "--engine", ENGINE) == f"the update's {tmp_path}"


def test_what_a_preview_has_read_is_not_found_by_the_update_after_it(tmp_path: Path) -> None:
    """They are of one command, but each has an engine. Between them somebody may take hours to say yes."""
    (tmp_path / "stack").write_text("print('something')")
    assert run(tmp_path, "--engine", ENGINE, engine="127.0.0.1:4001") == "nothing"


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)", "raise SystemExit"])
def test_nothing_is_left_of_a_program_that_has_ended(tmp_path: Path, how: str) -> None:
    (tmp_path / "stack").write_text("print('something')")
    assert run(tmp_path, "--engine", ENGINE, then=how) == "nothing"


def test_a_program_that_ends_takes_the_cli_with_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    (tmp_path / "stack").write_text("open('never').read()")
    run(tmp_path, "--engine", ENGINE, then="raise SystemExit")
    assert not [one for one in psutil.process_iter() if str(tmp_path) in " ".join(called(one))]


def called(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.Error):
        return process.cmdline()
    return []


@pytest.mark.parametrize("arguments", [(), ("--engine",), ("--monitor", ENGINE)])
def test_a_program_that_runs_an_engine_itself_begins_nothing(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Its stack may be on another backend than that of a `pulumi` above it."""
    (tmp_path / "stack").write_text("print('something')")
    assert run(tmp_path, *arguments) == "nothing"
