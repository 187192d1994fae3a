"""Asks the service for each recording of a stack's state: one Describe each, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pulumi_trtc.clock import Clock
from pulumi_trtc.errors import RunsElsewhere, TrtcError
from pulumi_trtc.lifecycle.props import hidden, is_ended
from pulumi_trtc.lifecycle.search import describe_task
from pulumi_trtc.stack.state import SavedRecording
from pulumi_trtc.status.accounts import Account, Accounts
from pulumi_trtc.status.rows import Answer
from pulumi_trtc.terminal.side_by_side import side_by_side


def ask(
    recordings: Sequence[SavedRecording], accounts: Accounts, clock: Clock, tell: Callable[[str], None]
) -> list[Answer]:
    """What the service says of each, in their order. What is known to have ended is not asked for."""
    return list(side_by_side(partial(_ask, accounts), recordings, "recordings", clock, tell))


def _ask(accounts: Accounts, saved: SavedRecording) -> Answer:
    if is_ended(saved.outputs):
        return None
    account = accounts[saved.provider]
    if not isinstance(account, Account):
        return account
    try:
        if "runsAt" not in hidden(saved.outputs) and account.place != account.saved_place:
            at, asked = account.saved_place, account.place
            raise RunsElsewhere(saved.name, saved.urn, saved.task_id, at, asked)
        if saved.read:
            # It ran when the stack first read it, so that it is not too young to be found.
            return describe_task(account.lifecycle.api, saved.task_id)
        return account.lifecycle.ask(saved.task_id, saved.outputs)
    except TrtcError as failure:
        return failure
