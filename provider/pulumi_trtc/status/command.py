"""`pulumi-trtc status`: which recordings of a stack run. It only asks."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import click

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.lifecycle.known import Index
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.state import State, parse_export
from pulumi_trtc.status.accounts import Account, open_accounts
from pulumi_trtc.status.ask import ask
from pulumi_trtc.status.report import Report, as_json, as_text
from pulumi_trtc.status.rows import exit_status, pending_row, row_of
from pulumi_trtc.terminal.given import Given, options, told_to_people


@click.command(short_help="Ask which recordings of a stack run.")
@options
@click.option(
    "--expect-running",
    is_flag=True,
    help="Every recording is to run: an end that an update has acknowledged is status 1 too, and so is a "
    "stack without recordings.",
)
@click.option("--json", "json_", is_flag=True, help="Print JSON, whose keys docs/operations.md tells.")
@told_to_people()
def status(
    stack: str | None,
    file: str | None,
    settings: Sequence[tuple[str, str]],
    *,
    expect_running: bool,
    json_: bool,
) -> int:
    """Asks the service for each recording of a stack, and shows which run; ended ones come first.

    Nothing is started, stopped or changed, nor is the state. It asks with the stack's configuration of today;
    with --file, with the one in that state.

    \b
    Exit status:
      0  all run; what has ended, an update has acknowledged
      1  one has ended, whatever is known of the others
      2  that cannot be told: no state, an outage, encrypted, at another place, or in the middle of an update
    """
    given, clock = Given.of(stack, file, settings), SystemClock()
    tell = functools.partial(click.echo, err=True)
    state = given.state(parse_export)
    accounts = open_accounts(given, state, tell)
    answers = ask(state.saved, accounts, clock, tell)
    now = clock.now()
    rows = [
        row_of(one, answer, _place(accounts.get(one.provider)), now)
        for one, answer in zip(state.saved, answers, strict=True)
    ]
    rows += map(pending_row, _killed(given, state))
    code = exit_status(rows, expect_running=expect_running)
    asked = [one for one in accounts.values() if isinstance(one, Account)]
    report = Report(_name(state), rows, asked, now, code)
    click.echo(as_json(report) if json_ else as_text(report))
    return code


def _killed(given: Given, state: State) -> list[str]:
    """Who had a create that no update has dealt with."""
    if not state.pending:
        return []
    index = Index.of(Evidence(state), given.reader.backend)
    return sorted({one.urn for name in index.pending for one in index.known({name}).killed})


def _name(state: State) -> str:
    name, _, project = next(iter(state.stacks), "").partition("::")
    return f"{project}/{name}" if name else ""


def _place(account: object) -> str:
    return account.saved_place if isinstance(account, Account) else ""
