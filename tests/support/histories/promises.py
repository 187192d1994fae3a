"""What is checked after every command of a random history: exactly one, and no harm."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import attrs

from tests.support.engine.in_memory import Engine
from tests.support.engine.resources import Resource, name_of, stands_for_a_task
from tests.support.fake_service import Task
from tests.support.histories.ledger import Ledger, held_by, identity, identity_in
from tests.support.histories.plans import GIVEN, Plan

_NOT_OF_THE_API = {"whenEnded", "adopt", "owner", "__provider", "waitUntilRecording"}


@attrs.frozen
class Before:
    """How things stood before a command.

    Attributes:
        resources: The state's.
        running: TaskIds.
        stopped: TaskIds of what had been stopped.
        known: TaskIds of all there was.
        pending: Identities and applications of pending creates.
        sent: RecordIds of the state's resources and pending creates.
        same: TaskIds of what runs, is saved, and is declared as it is; each with whose it is.
    """

    resources: tuple[Resource, ...]
    running: frozenset[str]
    stopped: frozenset[str]
    known: frozenset[str]
    pending: frozenset[tuple[str, int]]
    sent: frozenset[str]
    same: Mapping[str, str]

    @classmethod
    def of(
        cls, ledger: Ledger, stack: Engine, plans: Mapping[str, Plan], replace: Collection[str] = ()
    ) -> Before:
        running = ledger.running()
        program = stack.program({name: plan.recording() for name, plan in plans.items()})
        same = {}
        for name, one in program.items():
            parent = one.parent if one.former_parent is None else one.former_parent or None
            former = [stack.urn(alias, parent) for alias in (*one.aliases, name)]
            saved = stack.state.current(stack.urn(name, one.parent), *former)
            adopts = one.inputs.get("adopt") not in (
                None,
                saved and saved["id"],
                saved and saved["inputs"].get("adopt"),
            )
            unchanged = saved is not None and _api(saved["inputs"]) == _api(one.inputs) and not adopts
            if (
                saved
                and unchanged
                and name not in replace
                and saved["id"] in running
                and stands_for_a_task(saved)
            ):
                same[saved["id"]] = identity_in(one.inputs)
        return cls(
            tuple({**one} for one in stack.state.resources),
            frozenset(running),
            frozenset(one.task_id for one in ledger.tasks() if one.stopped_by is not None),
            frozenset(one.task_id for one in ledger.tasks()),
            frozenset(map(_asked, stack.state.creating)),
            frozenset(
                str(one["inputs"].get("recordId")) for one in (*stack.state.resources, *stack.state.creating)
            ),
            same,
        )


def no_harm(ledger: Ledger, stack: Engine, before: Before, kind: str) -> None:
    """Whatever became of the command."""
    fresh = [one for one in ledger.tasks() if one.task_id not in before.known]
    stopped = [
        one for one in ledger.tasks() if one.stopped_by is not None and one.task_id not in before.stopped
    ]
    saved = {one["id"] for one in before.resources if stands_for_a_task(one)}
    # Proven before, when it could not be stopped.
    places = [place for one in before.resources for place in one["outputs"].get("unsettled") or ()]
    stuck = {place.rpartition("/")[2] for place in places}
    for task in stopped:
        if task.record_id not in stuck:
            _may_be_stopped(ledger, stack, task, saved)
        assert task.task_id not in before.same, f"{task.task_id} was stopped, and nobody declared so"
    _nothing_restarted(ledger, before, fresh)
    if kind in ("refresh", "preview"):
        assert not fresh, f"a {kind} started {fresh}"
        assert not stopped, f"a {kind} stopped {stopped}"
    _nothing_called_deleted(ledger, stack, before)
    _outputs(ledger, stack)
    _streams(ledger)


def exactly_one(ledger: Ledger, stack: Engine, plans: Mapping[str, Plan]) -> None:
    """After an `up` that succeeded with nothing going wrong."""
    running = ledger.running()
    for name, plan in plans.items():
        found = [one for one in stack.state.resources if name_of(one["urn"]) == name]
        assert len(found) == 1, f"{name}: {found}"
        task_id, shown = found[0]["id"], found[0]["outputs"].get("status")
        if task_id in ledger.unseen():
            continue
        if plan.read or task_id in running:
            assert plan.read or shown == "recording", f"{name}: {task_id} runs, and is called {shown}"
            continue
        gone = (
            task_id in ledger.stale
            or ledger.ended_by_itself(task_id)
            or _stopped_elsewhere(ledger, stack, task_id)
        )
        assert gone or (shown == "ended" and not plan.restart), f"{name}: {task_id} does not run"
    # In another application, and at another place, only a pending create tells where to look.
    asked = {(plan.identity, plan.app) for plan in plans.values()}
    asked |= set(map(_asked, stack.state.creating))
    sent = {str(one["inputs"].get("recordId")) for one in stack.state.creating}
    sent |= {str(plan.record_id) for plan in plans.values()}
    here = {one.task_id for one in stack.service.tasks} - ledger.unseen()
    for task in ledger.loose(stack):
        extra = (identity(task), task.app) in asked and task.task_id in here and not _is_forgotten(task, sent)
        assert not extra or task.task_id in ledger.told, f"{task.task_id} runs, too, and nobody was told"


def nothing_left(ledger: Ledger, stack: Engine, before: Before) -> None:
    """After a `destroy` of a whole stack that succeeded with nothing going wrong."""
    assert not held_by(stack)
    # An application that only a failed update's program named is in no state either.
    known = {_asked(one) for one in before.resources} | before.pending
    here = {one.task_id for one in stack.service.tasks} - ledger.unseen()
    for task in ledger.loose(stack) if any(not one.get("external") for one in before.resources) else []:
        left = (
            (identity(task), task.app) in known
            and task.task_id in here
            and not _is_forgotten(task, before.sent)
        )
        assert not left or task.task_id in ledger.told, f"{task.task_id} runs on, and nobody was told"


def seen_as_it_is(ledger: Ledger, stack: Engine) -> None:
    """After a `refresh` that succeeded with nothing going wrong."""
    for one in stack.state.resources:
        if stands_for_a_task(one) and not one.get("delete"):
            runs, shown = one["id"] in ledger.running(), one["outputs"].get("status")
            known = one["id"] not in ledger.unseen()
            assert not known or (shown == "recording") == runs, f"{one['id']} is called {shown}"


def _may_be_stopped(ledger: Ledger, stack: Engine, task: Task, saved: set[str]) -> None:
    if task.task_id in saved or task.stopped_by != stack.caller:
        return
    assert task.started_by == stack.caller, f"{task.task_id} is {task.started_by or 'a person'}'s"
    others = {task_id for one in ledger.stacks if one is not stack for task_id in held_by(one)}
    if task.task_id in ledger.let_go | others:
        assert ledger.is_ambiguous(stack, task), f"{task.task_id} was let go"


def _nothing_restarted(ledger: Ledger, before: Before, fresh: list[Task]) -> None:
    # One that never records looks like one that has ended.
    ran = {whose for task_id, whose in before.same.items() if task_id not in ledger.unseen()}
    again = [one.task_id for one in fresh if identity(one) in ran]
    assert not again, f"{again} was started, though the one before it runs and is declared as it is"


def _nothing_called_deleted(ledger: Ledger, stack: Engine, before: Before) -> None:
    now = {one["id"] for one in stack.state.resources}
    for one in before.resources:
        if (
            stands_for_a_task(one)
            and one["id"] not in now
            and one["id"] in ledger.running() - ledger.unseen()
        ):
            others = {task_id for other in ledger.stacks if other is not stack for task_id in held_by(other)}
            assert one.get("retainOnDelete") or one["id"] in others, (
                f"{one['id']} is called deleted, and runs"
            )
            ledger.let_go.add(one["id"])


def _outputs(ledger: Ledger, stack: Engine) -> None:
    for one in stack.state.resources:
        if one.get("external"):
            continue
        task, shown = ledger.task(one["id"]), one["outputs"]
        assert task is not None, f"{one['id']} never was"
        assert shown.get("taskId") == one["id"]
        assert shown.get("recordId") == task.record_id
        # A Start whose answer was lost is taken for what runs under its RecordId, be it what was let go.
        if one["id"] not in ledger.adopted | ledger.let_go:
            assert shown.get("recordUrl") == task.body.get("RecordUrl"), f"{one['id']} records another page"


def _streams(ledger: Ledger) -> None:
    for place in ledger.places:
        # What two stacks declare, or two recordings as one is that was renamed without an alias, is theirs.
        wrong = [
            pair
            for pair in place.violations
            if not (ledger.let_go | ledger.unseen()) & set(pair)
            and len({task.record_id[:-1] for task_id in pair if (task := ledger.task(task_id))}) == 1
        ]
        assert not wrong, f"{wrong} push to one stream"


def _asked(one: Resource) -> tuple[str, int]:
    """The identity and the application of a resource of a state; nobody's and 0 for what was only read."""
    return identity_in(one["inputs"]), int(one["inputs"].get("sdkAppId") or 0)


def _is_forgotten(task: Task, sent: Collection[str]) -> bool:
    """Whether only a failed update's program gave its RecordId: then no state and no pending create tells."""
    return task.record_id.startswith(GIVEN) and task.record_id not in sent


def _stopped_elsewhere(ledger: Ledger, stack: Engine, task_id: str) -> bool:
    """Whether another stack that held it, too, stopped it."""
    task = ledger.task(task_id)
    return task is not None and task.stopped_by not in (None, stack.caller)


def _api(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if key not in _NOT_OF_THE_API}
