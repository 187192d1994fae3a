"""Random histories of updates, faults and kills: after a quiet `up`, exactly what is declared runs."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.support.clock import ManualClock
from tests.support.engine_model import Engine, Program
from tests.support.engine_process import Kill
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService, Task

Pages = dict[str, "int | None"]

STEPS = 20
NAMES = ("lecture", "panel")
CODES = (
    "ClientNetworkError",
    "InternalError",
    "ResourceInsufficient.RequestRejection",
    "FailedOperation.NotAllowed",
)


@attrs.frozen
class Fault:
    """What goes wrong with the next calls of an action."""

    action: str
    code: str
    handled: bool
    times: int


@attrs.frozen
class When:
    """In what state of things a command comes.

    Attributes:
        seconds: After the one before.
        readable: The provider can read the stack's state.
    """

    seconds: float
    readable: bool


ACTIONS = st.sampled_from([START, DESCRIBE, STOP])
FAULTS = st.lists(
    st.builds(Fault, ACTIONS, st.sampled_from(CODES), st.booleans(), st.integers(1, 3)), max_size=2
)
# At any call, or, just where something starts or stops.
KILLS = st.builds(
    Kill, st.sampled_from([START, STOP]), st.integers(0, 1), sent=st.booleans(), alone=st.booleans()
) | st.builds(Kill, nth=st.integers(0, 12), sent=st.booleans(), alone=st.booleans())
WHEN = st.builds(When, st.sampled_from([0.5, 3.0, 30.0, 300.0]), st.sampled_from([True, True, True, False]))
# Of each recording: the number of its page, or None to take it out of the program.
PAGES = st.fixed_dictionaries({name: st.sampled_from([0, 0, 1, None]) for name in NAMES})
SOME = st.frozensets(st.sampled_from(NAMES))


@attrs.frozen
class Case:
    """What holds for a whole history.

    Attributes:
        reusable: The service takes the RecordId of a task that has ended.
        given: The program gives RecordIds.
        restart: `when_ended`.
        relayed: Both recordings push to streams, so that the old one must stop before a new one starts.
        lasting: No recording ends by itself.
    """

    reusable: bool
    given: bool
    restart: bool
    relayed: bool
    lasting: bool


class Histories(RuleBasedStateMachine):
    """Two recordings, their stack and the service.

    Attributes:
        pages: What is declared: the number of each recording's page.
        last: What is declared in the end.
        before: What was declared when an `up` succeeded: often it is put back.
        over: TaskIds of the state that ended by themselves.
        lost: TaskIds of the state that an update which failed found ended, or stopped: with "keep" such a
            recording is not started again.
    """

    @initialize(case=st.builds(Case, *[st.booleans()] * 5), running=st.booleans(), pages=PAGES, last=PAGES)
    def begin(self, case: Case, running: bool, pages: Pages, last: Pages) -> None:
        # A given RecordId that cannot be used again asks the user for another: by design no `up` heals that.
        self.service = FakeService(ManualClock(), reusable=case.reusable or case.given)
        self.engine = Engine(self.service)
        self.given = case.given
        self.restart = case.restart
        # Stream addresses are secret: whether a killed create asked for the same is not known, and under a
        # given RecordId such a task is refused.
        self.relayed = case.relayed and not case.given
        self.lasting = case.lasting
        self.pages = {name: number for name, number in pages.items() if number is not None}
        self.last = last
        self.before: Pages = {}
        self.over: set[str] = set()
        self.lost: set[str] = set()
        if running:
            assert self.engine.up(self._program())
            self.service.clock.advance(300)

    @rule(pages=PAGES | st.none(), when=WHEN)
    def quiet_up(self, pages: Pages | None, when: When) -> None:
        self._up(self.before if pages is None else pages, when)

    @rule(pages=PAGES, replace=SOME, only=st.none() | st.sampled_from(NAMES), faults=FAULTS, when=WHEN)
    def up(
        self, pages: Pages, replace: frozenset[str], only: str | None, faults: list[Fault], when: When
    ) -> None:
        self._fail(faults)
        self._up(pages, when, replace=replace, only=only)

    @rule(pages=PAGES, replace=st.just(frozenset()) | SOME, kill=KILLS, when=WHEN)
    def killed_up(self, pages: Pages, replace: frozenset[str], kill: Kill, when: When) -> None:
        self._up(pages, when, replace=replace, kill=kill)

    @rule(clear=st.booleans(), kill=st.none() | KILLS, faults=FAULTS, when=WHEN)
    def refresh(self, clear: bool, kill: Kill | None, faults: list[Fault], when: When) -> None:
        self._begin(when)
        self._fail(faults)
        good = self.engine.refresh(clear=clear and not self.given, kill=kill)
        self._end(f"refresh clear {clear} {kill} {faults} {when}: {good}")

    @rule(kill=st.none() | KILLS, faults=FAULTS, when=WHEN)
    def destroy(self, kill: Kill | None, faults: list[Fault], when: When) -> None:
        # A replacement that was killed after its old recording stopped is not asked for again.
        between = any(one.get("pendingReplacement") for one in self.engine.state.resources)
        if not self.given and not between:
            self._begin(when)
            self._fail(faults)
            known = self._known() if self.engine.readable else set()
            good = self.engine.destroy(kill=kill)
            self._end(f"destroy {kill} {faults} {when}: {good}")
            left = {one.record_id.partition("-")[0] for one in self.service.running()}
            assert not (good and left & known)

    @precondition(lambda self: not self.lasting and self.service.running())
    @rule(name=st.sampled_from(NAMES))
    def end(self, name: str) -> None:
        task = self._task(name)
        if task is not None and not task.ended:
            task.until = self.service.clock.monotonic()
            self.over.add(task.task_id)
            note(f"{name} ends by itself")

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        self._begin(When(2, True))
        if not self.given:
            self._change(self.last)
        if self.over:
            assert self.engine.refresh(), self.engine.errors
            note(f"last refresh: {self._now()}")
        for _ in range(2):
            self._up({}, When(20, True))
            assert not self.engine.errors
        assert self.engine.destroy(), self.engine.errors
        assert self.service.running() == []

    def _up(
        self,
        pages: Pages,
        when: When,
        *,
        replace: Collection[str] = (),
        only: str | None = None,
        kill: Kill | None = None,
    ) -> None:
        if self.given and (kill is not None or self.engine.state.pending):
            # Once the inputs change, what a killed create under a given RecordId left is refused.
            kill = Kill(kill.action, kill.nth, kill.sent) if kill else None
        else:
            self._change(pages)
        self._begin(when)
        quiet = self.engine.readable and only is None and not any(self.service.faults.values())
        good = self.engine.up(
            self._program(), replace=replace, target=None if only is None else [only], kill=kill
        )
        self._end(f"up {self.pages} replace {replace} only {only} {kill} {when}: {good}")
        if self.engine.errors:
            self.lost |= self._ended()
        if good:
            self.before = {name: self.pages.get(name) for name in NAMES}
        if quiet and good:
            self._holds()

    def _change(self, pages: Pages) -> None:
        for name, number in pages.items():
            if number is not None:
                self.pages[name] = number
            elif self._may_be_dropped(name):
                self.pages.pop(name, None)

    def _may_be_dropped(self, name: str) -> bool:
        """Nobody asks the provider for what never came into the state, or is only half replaced."""
        saved = self.engine.saved(name)
        return saved is not None and not saved.get("pendingReplacement")

    def _holds(self) -> None:
        expected = []
        assert len(self.engine.state.resources) == len(self.pages)
        for name, number in self.pages.items():
            saved, task = self.engine.saved(name), self._task(name)
            assert saved is not None
            assert task is not None
            if task.ended:
                assert task.task_id in self.over | self.lost
                assert not self.restart or task.task_id in self.over
                # Until a refresh, nobody asks for one that ended by itself.
                assert saved["outputs"]["status"] == "ended" or task.task_id in self.over
            else:
                assert saved["outputs"]["status"] == "recording"
                expected.append((task.task_id, f"https://example.com/{number}"))
        running = [(one.task_id, one.body["RecordUrl"]) for one in self.service.running()]
        assert sorted(running) == sorted(expected)

    def _begin(self, when: When) -> None:
        self.service.clock.advance(when.seconds)
        # Nothing else than the state tells that a recording may have been stopped, or what may run beside
        # one that goes.
        goes = {one["urn"] for one in self.engine.state.resources} - {
            self.engine.urn(one) for one in self.pages
        }
        self.engine.readable = when.readable or self.given or self.engine.state.undone or bool(goes)

    def _fail(self, faults: list[Fault]) -> None:
        for one in [] if self.given else faults:
            handled = one.handled and one.code != "FailedOperation.NotAllowed"
            self.service.fail(one.action, one.code, handled=handled, times=one.times)

    def _end(self, told: str) -> None:
        for faults in self.service.faults.values():
            faults.clear()
        note(f"{told}, {self._now()}")

    def _known(self) -> set[str]:
        """The recordings of which the state tells. With none in it, the provider is not asked."""
        state = self.engine.state
        if not state.resources:
            return set()
        pending = [one["resource"] for one in state.pending]
        return {one["urn"].rpartition("::")[2] for one in (*state.resources, *pending)}

    def _program(self) -> Program:
        return {name: self._inputs(name, number) for name, number in self.pages.items()}

    def _inputs(self, name: str, number: int) -> dict[str, Any]:
        cos = {
            "vendor": 0,
            "region": "ap-singapore",
            "bucket": "web-1234589",
            "accessKey": "A",
            "secretKey": "S",
        }
        stream = [{"publishCdnUrl": f"rtmp://live.example.com/app/{name}"}]
        return {
            "recordUrl": f"https://example.com/{number}",
            "sdkAppId": 1400000000.0,
            "storageParams": {"cloudStorage": cos},
            **({"recordId": f"given-{name}"} if self.given else {}),
            **({"whenEnded": "restart"} if self.restart else {}),
            **({"publishCdnParams": stream} if self.relayed else {}),
        }

    def _task(self, name: str) -> Task | None:
        """The task of the state's recording."""
        saved = self.engine.saved(name)
        return next((one for one in self.service.tasks if saved and one.task_id == saved["id"]), None)

    def _ended(self) -> set[str]:
        """TaskIds of the state that do not run."""
        running = {one.task_id for one in self.service.running()}
        return {one["id"] for one in self.engine.state.resources} - running

    def _now(self) -> str:
        running = [(one.task_id, str(one.body["RecordUrl"])[-1]) for one in self.service.running()]
        saved = [(one["urn"].rpartition("::")[2], one["id"]) for one in self.engine.state.resources]
        return f"runs {running}, saved {saved}, errors {[one[:60] for one in self.engine.errors]}"


@pytest.mark.timeout(900)  # it takes minutes to make a history that fails a short one
def test_histories() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_EXAMPLES", "300")),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            print_blob=True,
        ),
        # Else the search for something new ends many of them early.
        _min_steps=STEPS,
    )
