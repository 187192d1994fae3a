"""What happened to every task: who holds it, who let it go, and what was said of it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import attrs

from tests.support.engine.in_memory import Engine
from tests.support.engine.resources import stands_for_a_task
from tests.support.fake_service import FakeService, Task

ANY = "*"


@attrs.define
class Causes:
    """Identities of which an update of a stack was interrupted since they were last dealt with.

    Attributes:
        failed: The history tells of it.
        killed: Pending creates tell of it.
    """

    failed: set[str] = attrs.field(factory=set)
    killed: set[str] = attrs.field(factory=set)


@attrs.define
class Ledger:
    """The tasks of all places and stacks.

    Attributes:
        let_go: TaskIds of what a person took out of a state while it ran.
        adopted: TaskIds that a program named: what they record, nobody can ask.
        stale: TaskIds in a state of what ended without a trace: an import brought them back, or two commands
            after each other were killed. Only a refresh asks.
        told: All that was ever said to the person.
        causes: Of each stack, by its caller.
    """

    places: list[FakeService]
    stacks: list[Engine]
    let_go: set[str] = attrs.field(factory=set)
    adopted: set[str] = attrs.field(factory=set)
    stale: set[str] = attrs.field(factory=set)
    told: str = ""
    causes: dict[str, Causes] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.causes = {stack.caller: Causes() for stack in self.stacks}

    def tasks(self) -> list[Task]:
        """All that ever were."""
        return [task for place in self.places for task in place.tasks]

    def task(self, task_id: str) -> Task | None:
        return next((one for one in self.tasks() if one.task_id == task_id), None)

    def running(self) -> set[str]:
        return {task.task_id for place in self.places for task in place.running()}

    def unseen(self) -> set[str]:
        """What was accepted and will never be found, until it is given up: nobody can ask for it."""
        return {task.task_id for task in self.tasks() if task.begins == math.inf}

    def held(self) -> set[str]:
        """The TaskIds that the stacks hold."""
        return {task_id for stack in self.stacks for task_id in held_by(stack)}

    def ended_by_itself(self, task_id: str) -> bool:
        task = self.task(task_id)
        return task is not None and task.stopped_by is None and task_id not in self.running()

    def halted(self, stack: Engine) -> set[str]:
        """The TaskIds in a stack's state of what it has stopped."""
        stopped = {one.task_id for one in self.tasks() if one.stopped_by == stack.caller}
        return held_by(stack) & stopped

    def loose(self, stack: Engine) -> list[Task]:
        """What a stack started, runs, is in no state and was not let go."""
        running, held = self.running(), self.held()
        return [
            one
            for one in self.tasks()
            if one.started_by == stack.caller and one.task_id in running - held - self.let_go
        ]

    def forgets_pending(self, stack: Engine) -> None:
        """The pending creates of a stack were taken away: what they started is let go."""
        causes = self.causes[stack.caller]
        self.let_go |= {one.task_id for one in self.loose(stack) if identity(one) in causes.killed}
        causes.killed.clear()

    def gives_up(self, stack: Engine, whose: str) -> None:
        """A name is declared no more under which nothing of this identity was saved."""
        self.let_go |= {one.task_id for one in self.loose(stack) if identity(one) == whose}

    def fails(self, stack: Engine, identities: Iterable[str], *, killed: bool) -> None:
        """An update of a stack failed or was killed."""
        causes = self.causes[stack.caller]
        (causes.killed if killed else causes.failed).update(identities)

    def succeeds(self, stack: Engine, declared: Iterable[str], saved: Iterable[str]) -> None:
        """An update of a stack dealt with what it declares; the history tells nothing more of the unsaved."""
        causes = self.causes[stack.caller]
        causes.killed -= set(declared)
        causes.failed &= set(saved) - set(declared)

    def is_ambiguous(self, stack: Engine, task: Task) -> bool:
        """Whether an unknown task is a proven leftover for all that state and history say, though it was let
        go: an update of this recording was interrupted since it was last dealt with. The engine remembers a
        killed create until a person clears it, and nobody whether it was dealt with once its entry has gone.
        """
        causes = self.causes[stack.caller]
        pending = {identity_in(one["inputs"]) for one in stack.state.creating}
        return bool((causes.failed | causes.killed | pending) & {identity(task), ANY})


def held_by(stack: Engine) -> set[str]:
    """The TaskIds in a stack's state."""
    return {one["id"] for one in stack.state.resources if stands_for_a_task(one)}


def identity(task: Task) -> str:
    """Whose recording a task is: its page's address names it."""
    return identity_in(task.body)


def identity_in(inputs: object) -> str:
    """Whose recording inputs are; "" for those of nobody."""
    url = ""
    if isinstance(inputs, dict):
        url = str(inputs.get("RecordUrl") or inputs.get("recordUrl") or "")
    return url.split("/")[-2] if url.count("/") > 3 else ""
