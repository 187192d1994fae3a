"""The command of the terminal: its verbs, their exit status, and shell completion."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pulumi_trtc import command
from pulumi_trtc.stack.state import TYPE

VERBS = list(command.VERBS)


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int | None]], int]:
    """Runs a function as a verb; returns the command's exit status."""

    def run(function: Callable[[], int | None]) -> int:
        module = types.ModuleType("a_verb")
        module.run = click.command()(function)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "a_verb", module)
        monkeypatch.setattr(command, "VERBS", {"run": "a_verb:run"})
        return CliRunner().invoke(command.main, ["run"]).exit_code

    return run


def test_help_shows_each_verb_and_what_it_does() -> None:
    done = CliRunner().invoke(command.main, ["--help"])
    assert done.exit_code == 0
    described = {line.split()[0] for line in done.stdout.splitlines() if len(line.split()) > 2}
    assert set(VERBS) <= described


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_says_what_its_exit_status_means(name: str) -> None:
    done = CliRunner().invoke(command.main, [name, "-h"])
    assert done.exit_code == 0
    assert "Exit status:" in done.stdout


@pytest.mark.parametrize("arguments", [["no-such-verb"], ["recover", "--no-such-option"]])
def test_what_is_not_there_is_status_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(command.main, arguments)
    assert done.exit_code == 2
    assert "No such" in done.stderr


@pytest.mark.parametrize("status", [0, 1, 2, None])
def test_a_verb_s_status_is_the_command_s(
    verb: Callable[[Callable[[], int | None]], int], status: int | None
) -> None:
    assert verb(lambda: status) == (status or 0)


def test_an_interrupt_is_not_what_a_verb_has_found(verb: Callable[[Callable[[], int | None]], int]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert verb(interrupted) == 130


def test_a_shell_completes_verbs_and_options() -> None:
    words = {"pulumi-trtc rec": "recover", "pulumi-trtc recover --ap": "--apply"}
    for line, wanted in words.items():
        env = {
            "_PULUMI_TRTC_COMPLETE": "bash_complete",
            "COMP_WORDS": line,
            "COMP_CWORD": str(line.count(" ")),
        }
        done = CliRunner().invoke(command.main, env=env, prog_name="pulumi-trtc")
        assert f"plain,{wanted}" in done.stdout.splitlines()


def test_only_the_verb_that_is_called_is_loaded() -> None:
    text = (
        "import sys; from pulumi_trtc.command import main\n"
        "main(['--version'], standalone_mode=False); print(*sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert {one.partition(":")[0] for one in command.VERBS.values()}.isdisjoint(told.split())


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_s_errors_advise_nothing_that_it_has_not(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(command.main, [name], input="no preview")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")
    verb = command.main.get_command(click.Context(command.main), name)
    assert verb is not None
    options = {option for parameter in verb.params for option in parameter.opts}
    own = re.sub(r"`[^`]*`", "", done.stderr)  # without other commands
    assert set(re.findall(r"--\w[\w-]*", own)) <= options


@pytest.mark.parametrize("name", ["status", "recover", "whoami"])
@pytest.mark.parametrize(
    "given", ["trtc:site", "site=china", "=x", "TRTC:site=china", "tencentcloud:x=y", ""]
)
def test_a_setting_that_nobody_reads_is_not_passed_over(name: str, given: str) -> None:
    done = CliRunner().invoke(command.main, [name, "--set", given])
    assert done.exit_code == 2
    assert "must be KEY=VALUE, such as trtc:site=emulator" in done.stderr


@pytest.mark.parametrize("verb", ["status", "recover"])
def test_a_file_and_a_stack_are_not_taken_together(verb: str) -> None:
    done = CliRunner().invoke(command.main, [verb, "--file", "state.json", "--stack", "prod"])
    assert done.exit_code == 2
    assert "leave out --stack" in done.stderr


@pytest.mark.parametrize("name", ["status", "recover"])
def test_a_state_of_a_file_needs_its_backend_named_and_nothing_of_an_update(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    urn = f"urn:pulumi:dev::p::{TYPE}::lecture"
    owner = {"stack": "organization/p/dev", "urn": urn}
    pending = {"type": "creating", "resource": {"urn": urn, "type": TYPE, "inputs": {"owner": owner}}}
    state = json.dumps({"version": 3, "deployment": {"pending_operations": [pending]}})
    done = CliRunner().invoke(command.main, [name, "--file", "-", "--set", "trtc:site=emulator"], input=state)
    assert done.exit_code == 2
    assert done.stderr == (
        "error: the stack's backend cannot be told: there is no `pulumi` on PATH. Log in there, or name it "
        "in PULUMI_BACKEND_URL.\n"
    )
