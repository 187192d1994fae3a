"""`pulumi-trtc recover`: find, and on request stop, what no `pulumi up` can heal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import click

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.errors import TrtcError
from pulumi_trtc.lifecycle.calls import Calls
from pulumi_trtc.lifecycle.process import open_calls
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.recover.examine import Finding, Verdict, examine, lost, sought_in, still_unknown
from pulumi_trtc.recover.state import has_begun_since, is_encrypted, parse_state
from pulumi_trtc.stack.cli import StackReader, why_not
from pulumi_trtc.stack.running_cli import RunningCli
from pulumi_trtc.stack.state import PendingCreate, State

_CLEAR = "pulumi refresh --clear-pending-creates --yes"


@attrs.frozen(kw_only=True)
class _Options:
    stack: str | None
    file: str | None
    lost: str | None
    sdk_app_id: int
    set: tuple[tuple[str, str], ...] = attrs.field(repr=False)
    apply: bool
    gone: bool
    stop: tuple[str, ...]


def _pair(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[list[str], ...]:
    if any("=" not in one for one in given):
        raise click.BadParameter("must be KEY=VALUE, such as trtc:site=emulator")
    return tuple(one.split("=", 1) for one in given)


@click.command(short_help="Find recordings that interrupted updates left.")
@click.option("--stack", metavar="NAME", help="The stack; the selected one by default.")
@click.option(
    "--file",
    type=click.Path(allow_dash=True),
    help="A `pulumi stack export` or a backend's checkpoint; - is stdin. There is only this file to tell "
    "what is known: what an update has started since it was written is taken for left over.",
)
@click.option("--lost", metavar="URN", help="Look for this recording without a state.")
@click.option(
    "--sdk-app-id",
    type=int,
    default=0,
    metavar="ID",
    help="Its SdkAppId, with --lost; else that of recordings whose own the file has encrypted.",
)
@click.option("--set", multiple=True, callback=_pair, metavar="KEY=VALUE", help="A setting.")
@click.option("--apply", is_flag=True, help="Stop what updates that were killed left.")
@click.option("--gone", is_flag=True, help="The stack is gone: what its state holds is, too.")
@click.option("--stop", multiple=True, metavar="TASKID", help="Stop this one, too.")
def recover(**given: Any) -> int:
    """Reads a stack's state, asks the service which of its recordings run, and says what heals it.

    Nothing is stopped without --apply. Run it while no update of the stack runs.

    \b
    Exit status:
      0  nothing is left over
      1  something is, or may be
      2  that cannot be told
    """
    try:
        return _recover(_Options(**given))
    except (TrtcError, ValueError, OSError, subprocess.SubprocessError) as failure:
        click.echo(f"error: {_why(failure)}", err=True)
        return 2


def _recover(options: _Options) -> int:
    with ThreadPoolExecutor(max_workers=1) as beside:
        reader = StackReader(SystemClock(), os.environ, RunningCli("pulumi"), beside)
        return _look(options, reader)


def _look(options: _Options, reader: StackReader) -> int:
    state, by_cli = _state(options, reader), not options.file and not options.lost
    sought = sought_in(state, reader.backend, options.sdk_app_id, at_home=by_cli)
    if options.lost:
        identity = Identity.derive(reader.backend(), options.stack or "", options.lost)
        sought += (lost(options.lost, identity, options.sdk_app_id),)
    calls = _calls(options, reader)
    count = len({one.urn for one in sought})
    print(f"Looks for {count} declared recordings and {len(state.saved)} tasks of the state.", flush=True)
    # A task that was started in the last seconds cannot be found before they are over.
    calls.lifecycle.window.outlast()
    found = list(examine(calls.lifecycle.api, sought, state.saved))
    if by_cli:
        found, state = _checked_again(found, state, _exported(options, reader))
    for finding in found:
        print(finding)
    to_stop = [finding for finding in found if _is_to_stop(finding, options)]
    if options.apply:
        for finding in to_stop:
            calls.lifecycle.delete(finding.task_id, {})
            print(f"Stopped task {finding.task_id}.")
    unproven = (Verdict.FOREIGN, Verdict.UNKNOWN)
    left = [finding for finding in found if finding.verdict in unproven and finding not in to_stop]
    _advise(to_stop, left, state.pending, options)
    return 1 if left or (to_stop and not options.apply) else 0


def _state(options: _Options, reader: StackReader) -> State:
    if options.file == "-":
        return parse_state(sys.stdin.read())
    if options.file:
        return parse_state(Path(options.file).read_text())
    return State() if options.lost else _exported(options, reader)


def _exported(options: _Options, reader: StackReader) -> State:
    state = parse_state(reader.run("stack", "export", *_of(options)))
    if is_encrypted(state):
        state = parse_state(reader.run("stack", "export", "--show-secrets", *_of(options)))
    return state


def _checked_again(found: list[Finding], earlier: State, state: State) -> tuple[list[Finding], State]:
    """An update may have run meanwhile: what it has stored is no leftover, and what it starts is neither."""
    if has_begun_since(state, earlier):
        raise ValueError("an update of the stack began meanwhile; run this again once it has ended")
    return still_unknown(found, state), state


def _calls(options: _Options, reader: StackReader) -> Calls:
    config = {}
    if not options.file and not options.lost:
        read = json.loads(reader.run("config", "--show-secrets", "--json", *_of(options)))
        config = {key: entry.get("value") for key, entry in read.items()}
    config.update(options.set)
    return open_calls(config, os.environ, Path.home(), "", lambda line: print(line, file=sys.stderr))


def _of(options: _Options) -> tuple[str, ...]:
    return ("--stack", options.stack) if options.stack else ()


def _is_to_stop(finding: Finding, options: _Options) -> bool:
    if finding.task_id in options.stop:
        return finding.verdict is not Verdict.ENDED
    gone = options.gone and finding.verdict is Verdict.RUNS
    return gone or finding.verdict is Verdict.LEFTOVER


def _advise(
    to_stop: Sequence[Finding],
    left: Sequence[Finding],
    pending: Sequence[PendingCreate],
    options: _Options,
) -> None:
    if to_stop and not options.apply:
        print(f"\nWould stop {len(to_stop)} of them; add --apply to do it.")
    for finding in left:
        print(
            f"\nIf task {finding.task_id} is not wanted any more, stop it: --stop '{finding.task_id}' --apply"
        )
    if pending:
        print(
            f"\nThe state has {len(pending)} pending creates. When nothing of them runs, clear them: {_CLEAR}"
        )
    if not to_stop and not left and not pending:
        print("\nNothing runs that should not.")


def _why(failure: Exception) -> str:
    if isinstance(failure, FileNotFoundError) and failure.filename == "pulumi":
        return f"{why_not(failure)}; give the state with --file"
    return why_not(failure) if isinstance(failure, subprocess.SubprocessError) else str(failure)
