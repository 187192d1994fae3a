"""`pulumi-trtc recover`: find, and on request stop, what no `pulumi up` can heal."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from pulumi_trtc.lifecycle.declared import ready_timeout
from pulumi_trtc.lifecycle.process import open_calls
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.recover.examine import Finding, Verdict, examine, lost, sought_in, still_unknown
from pulumi_trtc.recover.state import has_begun_since, is_encrypted, parse_state
from pulumi_trtc.stack.state import PendingCreate, State
from pulumi_trtc.terminal.given import Given, options, told_to_people

_CLEAR = "pulumi refresh --clear-pending-creates --yes"


@attrs.frozen(kw_only=True)
class _Options:
    lost: str | None
    sdk_app_id: int
    apply: bool
    gone: bool
    stop: tuple[str, ...]


@click.command(short_help="Find recordings that interrupted updates left.")
@options
@click.option("--lost", metavar="URN", help="Look for this recording without a state.")
@click.option(
    "--sdk-app-id",
    type=int,
    default=0,
    metavar="ID",
    help="Its SdkAppId, with --lost; else that of recordings whose own the file has encrypted.",
)
@click.option("--apply", is_flag=True, help="Stop what updates that were killed left.")
@click.option("--gone", is_flag=True, help="The stack is gone: what its state holds is, too.")
@click.option("--stop", multiple=True, metavar="TASKID", help="Stop this one, too.")
@told_to_people()
def recover(stack: str | None, file: str | None, settings: list[tuple[str, str]], **more: Any) -> int:
    """Reads a stack's state, asks the service which of its recordings run, and says what heals it.

    Nothing is stopped without --apply. Run it while no update of the stack runs. A file tells only what was
    known when it was written: what an update has started since is taken for left over.

    \b
    Exit status:
      0  nothing is left over
      1  something is, or may be
      2  that cannot be told
    """
    wanted = _Options(**more)
    return _look(wanted, Given.of(stack, file, settings, lost=wanted.lost is not None))


def _look(options: _Options, given: Given) -> int:
    state, by_cli = _state(options, given), not given.file and not options.lost
    backend = given.reader.backend
    sought = sought_in(state, backend, options.sdk_app_id, at_home=by_cli)
    if options.lost:
        identity = Identity.derive(backend(), given.stack or "", options.lost)
        sought += (lost(options.lost, identity, options.sdk_app_id),)
    config = given.config(state) if by_cli else given.settings
    tell = functools.partial(click.echo, err=True)
    calls = open_calls(config, os.environ, Path.home(), "", tell)
    count = len({one.urn for one in sought})
    print(f"Looks for {count} declared recordings and {len(state.saved)} tasks of the state.", flush=True)
    inputs = *(one.inputs for one in state.saved), *(one.inputs for one in state.pending)
    window = calls.lifecycle.window.of(max(map(ready_timeout, inputs), default=0))
    if not (by_cli and _is_old(state, window)):
        # A task that was started in the last seconds cannot be found before they are over.
        window.outlast()
    found = list(examine(calls.lifecycle.api, sought, state.saved, window.clock, tell))
    if by_cli:
        found, state = _checked_again(found, state, _exported(given))
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


def _state(options: _Options, given: Given) -> State:
    if given.file is None:
        return State() if options.lost else _exported(given)
    return given.state(parse_state)


def _is_old(state: State, window: StartWindow) -> bool:
    """Whether all that its updates started can be found by now. A killed create does not say when it was."""
    if state.pending or state.written is None:
        return False
    return not window.covers(window.clock.now() - state.written)


def _exported(given: Given) -> State:
    state = given.state(parse_state)
    return given.state(parse_state, show_secrets=True) if is_encrypted(state) else state


def _checked_again(found: list[Finding], earlier: State, state: State) -> tuple[list[Finding], State]:
    """An update may have run meanwhile: what it has stored is no leftover, and what it starts is neither."""
    if has_begun_since(state, earlier):
        raise ValueError("an update of the stack began meanwhile; run this again once it has ended")
    return still_unknown(found, state), state


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
