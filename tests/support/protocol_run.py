"""One command of the engine: which calls it makes of the provider, in which order, and what it writes when.

Follows the step generator and the snapshot manager of Pulumi v3.250.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import attrs

from tests.support.engine_state import Resource
from tests.support.protocol import PROVIDER, TYPE, CallFailed, EngineAddress, Interrupt, Plugin, Props
from tests.support.protocol_state import State

PARALLEL = 16

_T = TypeVar("_T")


@attrs.define
class Goal:
    """What a command is asked for.

    Attributes:
        kind: "update", "refresh", "destroy" or "preview".
        declared: The program's resources: inputs by URN, without what the SDK adds.
        replace: URNs of `--replace`.
        clear: `--clear-pending-creates`.
    """

    kind: str
    declared: Mapping[str, Props]
    replace: Collection[str] = ()
    clear: bool = False


@attrs.define(eq=False)
class Run:
    """A command under way.

    Attributes:
        errors: What it reports.
        steps: What it did, or what a preview says that it would do: (operation, URN).
    """

    goal: Goal
    state: State
    boot: Callable[[Interrupt], Plugin]
    engine: EngineAddress = attrs.field(factory=EngineAddress)
    errors: list[str] = attrs.field(factory=list)
    steps: list[tuple[str, str]] = attrs.field(factory=list)
    plugin: Plugin | None = None
    interrupt: Interrupt = attrs.field(factory=Interrupt)
    _booting: threading.Lock = attrs.field(factory=threading.Lock)

    def execute(self) -> None:
        """Carry it out; raises Killed."""
        kinds = {"update": self._update, "refresh": self._refresh, "destroy": self._destroy}
        if self.goal.clear:
            self.state.clear_creates()
        if self.goal.kind != "preview":
            self.state.open()
        kinds.get(self.goal.kind, self._preview)()
        if self.goal.kind != "preview":
            self._change(lambda: self.state.ended(self.goal.kind, not self.errors))

    # The kinds

    def _preview(self) -> None:
        for urn, given in self.goal.declared.items():
            self._try(urn, partial(self._plan, urn, given))

    def _update(self) -> None:
        with ThreadPoolExecutor(PARALLEL) as pool:
            chains = []
            for urn, given in self.goal.declared.items():
                if not self.errors:
                    work = self._try(urn, partial(self._plan, urn, given)) or ()
                    chains.append(pool.submit(self._carry_out, urn, work))
        for chain in chains:
            chain.result()
        if not self.errors:
            gone = [one for one in self.state.resources if one.get("delete") or self._undeclared(one)]
            self._delete_all(gone)

    def _destroy(self) -> None:
        self._delete_all(list(self.state.resources))

    def _refresh(self) -> None:
        known = [one for one in self.state.resources if not one.get("pendingReplacement")]
        with ThreadPoolExecutor(PARALLEL) as pool:
            found = list(pool.map(lambda one: self._try(one["urn"], partial(self._read, one)), known))
        if not self.errors:
            self._change(lambda: self._refreshed(found))

    # Steps

    def _plan(self, urn: str, given: Props) -> list[Callable[[], None]]:
        """Check and diff one resource of the program; the steps that follow."""
        program = {**given, "__provider": PROVIDER}
        old = self.state.current(urn)
        forced = urn in self.goal.replace and old is not None
        news = self._check(urn, None if forced or old is None else old["inputs"], program)
        if old is None:
            return self._planned("create", urn, lambda: self._create(urn, news, None))
        first_delete, replaces = False, forced
        if not forced:
            diff = self._provider().diff(urn, old, news, self.interrupt)
            replaces = bool(diff.replaces) or bool(old.get("pendingReplacement"))
            first_delete = diff.deleteBeforeReplace
            if not replaces and diff.changes == diff.DIFF_SOME:
                return self._planned("update", urn, lambda: self._change_in_place(old, news))
            if not replaces:
                return self._planned("same", urn, lambda: self._same(old, news))
            news = self._check(urn, None, program)
        if first_delete and not old.get("pendingReplacement"):
            return [
                *self._planned("delete", urn, lambda: self._delete(old, pending_replacement=True)),
                *self._planned("replace", urn, lambda: self._create(urn, news, old)),
            ]
        return self._planned("replace", urn, lambda: self._create(urn, news, old))

    def _planned(self, step: str, urn: str, work: Callable[[], None]) -> list[Callable[[], None]]:
        self.steps.append((step, urn))
        return [work]

    def _check(self, urn: str, olds: Props | None, news: Props) -> Props:
        inputs, failures = self._provider().check(urn, olds, news, self.interrupt)
        if failures:
            raise CallFailed("\n".join(failures))
        return inputs

    def _create(self, urn: str, news: Props, old: Resource | None) -> None:
        new: Resource = {"urn": urn, "custom": True, "type": TYPE, "inputs": news}
        operation = self.state.begin("creating", new, self.interrupt.check)
        try:
            task_id, outputs = self._provider().create(urn, news, self.interrupt)
        except CallFailed:
            self._change(lambda: self.state.drop(operation))
            raise

        def done() -> None:
            self.state.drop(operation)
            if old is not None and old.get("pendingReplacement"):
                self.state.remove(old)
            elif old is not None:
                old["delete"] = True
            self.state.resources.insert(0, {**new, "id": task_id, "outputs": outputs})

        self._change(done)

    def _change_in_place(self, old: Resource, news: Props) -> None:
        operation = self.state.begin("updating", old, self.interrupt.check)
        try:
            outputs = self._provider().update(old["urn"], old, news, self.interrupt)
        except CallFailed:
            self._change(lambda: self.state.drop(operation))
            raise

        def done() -> None:
            self.state.drop(operation)
            old.update(inputs=news, outputs=outputs)

        self._change(done)

    def _same(self, old: Resource, news: Props) -> None:
        if old["inputs"] != news:
            self._change(lambda: old.update(inputs=news))

    def _delete(self, old: Resource, *, pending_replacement: bool = False) -> None:
        if old.get("pendingReplacement"):
            self._change(lambda: self.state.remove(old))
            return
        operation = self.state.begin("deleting", old, self.interrupt.check)
        try:
            self._provider().delete(old, self.interrupt)
        except CallFailed:
            self._change(lambda: self.state.drop(operation))
            raise

        def done() -> None:
            self.state.drop(operation)
            if pending_replacement:
                old["pendingReplacement"] = True
            else:
                self.state.remove(old)

        self._change(done)

    def _read(self, old: Resource) -> tuple[Resource, str, Props]:
        return (old, *self._provider().read(old, self.interrupt))

    def _refreshed(self, found: Iterable[tuple[Resource, str, Props] | None]) -> None:
        for old, task_id, outputs in filter(None, found):
            if task_id:
                old.update(id=task_id, outputs=outputs)
            else:
                self.state.remove(old)

    # How it is done

    def _delete_all(self, resources: Iterable[Resource]) -> None:
        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(lambda one: self._carry_out(one["urn"], [partial(self._delete, one)]), resources))

    def _carry_out(self, urn: str, work: Iterable[Callable[[], None]]) -> None:
        for step in work:
            if self.errors:
                return
            self._try(urn, step)

    def _try(self, urn: str, work: Callable[[], _T]) -> _T | None:
        try:
            return work()
        except CallFailed as failure:
            self.interrupt.check()
            self.errors.append(f"{urn.rsplit('::', 1)[-1]}: {failure}")
            return None

    def _undeclared(self, resource: Resource) -> bool:
        return resource["urn"] not in self.goal.declared

    def _change(self, change: Callable[[], None]) -> None:
        self.state.change(change, self.interrupt.check)

    def _provider(self) -> Plugin:
        with self._booting:
            self.interrupt.check()
            if self.plugin is None:
                self.plugin = self.boot(self.interrupt)
            return self.plugin
