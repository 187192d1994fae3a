"""The commands that read a stack, and how the CLI is called beside a running update."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_trtc.stack.running_cli import RunningCli

Command = tuple[str, ...]

_HISTORY = "20"
_LOG_OF_THE_UPDATE = "PULUMI_LOG_OTLP_ENDPOINT"
"""Where the engine takes its plugins' logs. A CLI that is called from one would send its own there, and wait
five seconds where the engine has gone.
"""


def export(stack: str) -> Command:
    """Prints a stack's state; "" stands for the selected one."""
    return ("stack", "export", *_of(stack))


def history(stack: str) -> Command:
    """Prints its newest updates; "" stands for the selected one."""
    return ("stack", "history", *_of(stack), "--json", "--page-size", _HISTORY)


def line(cli: RunningCli, command: Command) -> list[str]:
    """What is run for a command."""
    return [cli.program, *command, "--non-interactive"]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What it is run in.

    Args:
        environ: The own one.
    """
    kept = {name: value for name, value in environ.items() if name != _LOG_OF_THE_UPDATE}
    # It lives for a tenth of a second, a sixth of which would go into looking for garbage.
    return {"GOGC": "off", "GOMEMLIMIT": "256MiB", **kept, "PULUMI_SKIP_UPDATE_CHECK": "1"}


def _of(stack: str) -> Command:
    return ("--stack", stack) if stack else ()
