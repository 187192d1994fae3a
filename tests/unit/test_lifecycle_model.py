"""Random histories of updates, faults and kills: after a quiet `up`, exactly what is declared runs."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.support.clock import ManualClock
from tests.support.engine_model import Engine
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService

CODES = st.sampled_from(
    [
        "ClientNetworkError",
        "InternalError",
        "ResourceInsufficient.RequestRejection",
        "FailedOperation.NotAllowed",
    ]
)


class Histories(RuleBasedStateMachine):
    """One declared recording, its stack and the service."""

    @initialize(reusable=st.booleans(), given_id=st.booleans())
    def begin(self, reusable: bool, given_id: bool) -> None:
        # A given RecordId that cannot be used again asks the user for another: by design no `up` heals that.
        self.service = FakeService(ManualClock(), reusable=reusable or given_id)
        self.engine = Engine(self.service)
        self.given: dict[str, Any] = {"recordId": "given"} if given_id else {}
        self.page = 0

    @rule(
        page=st.integers(0, 2),
        kill_at=st.none() | st.integers(0, 12),
        alone=st.booleans(),
        force=st.booleans(),
    )
    def up(self, page: int, kill_at: int | None, alone: bool, force: bool) -> None:
        if self.given and (kill_at is not None or self.engine.pending):
            # Once the inputs change, what a killed create under a given RecordId left is refused.
            page, alone = self.page, False
        self.page = page
        self._see_what_was_not_undone()
        good = self.engine.up(self._declared(), kill_at=kill_at, alone=alone, force=force)
        note(f"up {page} kill {kill_at} alone {alone} force {force}: {good}, {self._running()}")

    @rule(
        action=st.sampled_from([START, DESCRIBE, STOP]),
        code=CODES,
        handled=st.booleans(),
        times=st.integers(1, 3),
    )
    def fault(self, action: str, code: str, handled: bool, times: int) -> None:
        if not self.given:
            self.service.fail(
                action, code, handled=handled and code != "FailedOperation.NotAllowed", times=times
            )

    @rule(clear=st.booleans())
    def refresh(self, clear: bool) -> None:
        self._see_what_was_not_undone()
        self.engine.refresh(clear=clear and not self.given)

    @rule(kill_at=st.none() | st.integers(0, 6), alone=st.booleans())
    def destroy(self, kill_at: int | None, alone: bool) -> None:
        if not self.given:
            known = self.engine.readable and bool(self.engine.saved)
            good = self.engine.destroy(kill_at=kill_at, alone=alone)
            note(f"destroy kill {kill_at} alone {alone}: {good}, {self._running()}")
            # With no recording in the state the provider is not asked.
            assert not (good and known and self._running())

    @rule(readable=st.booleans())
    def state(self, readable: bool) -> None:
        self.engine.readable = readable or bool(self.given)

    @rule(seconds=st.sampled_from([0.5, 3.0, 30.0, 300.0]))
    def wait(self, seconds: float) -> None:
        self.service.clock.advance(seconds)

    def teardown(self) -> None:
        if not hasattr(self, "engine"):
            return
        for faults in self.service.faults.values():
            faults.clear()
        self.engine.readable = True
        self.service.clock.advance(2)
        good = self.engine.up(self._declared())
        note(f"last up: {good}")
        assert good
        assert self._running() == [(self.engine.saved[0].task_id, f"https://example.com/{self.page}")]
        assert len(self.engine.saved) == 1
        self.service.clock.advance(20)
        assert self.engine.up(self._declared())
        assert [task for task, _ in self._running()] == [self.engine.saved[0].task_id]
        assert self.engine.destroy()
        assert self._running() == []

    def _see_what_was_not_undone(self) -> None:
        # Nothing else than the state tells that a recording may have been stopped.
        self.engine.readable = self.engine.readable or self.engine.undone

    def _declared(self) -> dict[str, Any]:
        return {"recordUrl": f"https://example.com/{self.page}", **self.given}

    def _running(self) -> list[tuple[str, str]]:
        return [(one.task_id, str(one.body["RecordUrl"])) for one in self.service.running()]


def test_pending_creates_that_are_cleared_right_after_a_kill_leave_nothing_unseen() -> None:
    """The refresh comes in the start window, sees no pending create, and no history tells of the kill."""
    service = FakeService(ManualClock())
    engine = Engine(service)
    assert engine.up({"recordUrl": "https://example.com/0"})
    service.clock.advance(300)
    assert not engine.up({"recordUrl": "https://example.com/1"}, kill_at=4)
    assert len(service.running()) == 2
    assert engine.refresh(clear=True)
    service.clock.advance(20)
    assert engine.up({"recordUrl": "https://example.com/0"})
    assert [one.task_id for one in service.running()] == [engine.saved[0].task_id]


Histories.TestCase.settings = settings(
    max_examples=int(os.environ.get("MODEL_EXAMPLES", "300")),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)
TestHistories = Histories.TestCase
