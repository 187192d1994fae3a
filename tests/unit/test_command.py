"""The command of the terminal: its verbs, their exit status, and shell completion."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner

from pulumi_trtc import command

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
