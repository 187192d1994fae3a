from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs
import pytest

from pulumi_trtc.errors import Abandoned, ApiError
from pulumi_trtc.service.api import Described, Started
from pulumi_trtc.service.rate import RateLimiter
from pulumi_trtc.service.retry import RetryingApi
from tests.support.clock import ManualClock

DONE = Started("task-1", "req-1")
CALLS: dict[str, Callable[[RetryingApi], object]] = {
    "StartWebRecord": lambda api: api.start({"RecordId": "rec-1"}),
    "DescribeWebRecord": lambda api: api.describe(task_id="task-1"),
    "StopWebRecord": lambda api: api.stop("task-1"),
}


@attrs.define
class Script:
    """An API whose calls fail as told, one entry a call; the last entry stays."""

    outcomes: list[ApiError | None]
    sent: int = 0
    asked: list[object] = attrs.field(factory=list)

    def _play(self, answer: Any, *asked: object) -> Any:
        self.asked.append(asked)
        self.sent += 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if outcome is not None:
            raise outcome
        return answer

    def start(self, body: Mapping[str, Any]) -> Started:
        answer: Started = self._play(DONE, body)
        return answer

    def describe(
        self, *, task_id: str | None = None, sdk_app_id: int | None = None, record_id: str | None = None
    ) -> Described:
        answer: Described = self._play(
            Described(1, "task-1", "rec-1", "req-1"), task_id, sdk_app_id, record_id
        )
        return answer

    def stop(self, task_id: str) -> str | None:
        answer: str = self._play("req-1", task_id)
        return answer


@attrs.define
class Bench:
    """A RetryingApi on a script, with all that it says and waits."""

    outcomes: list[ApiError | None]
    limit: float = 60.0
    clock: ManualClock = attrs.field(factory=ManualClock)
    told: list[str] = attrs.field(factory=list)
    script: Script = attrs.field(init=False)
    api: RetryingApi = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.script = Script(self.outcomes)
        self.api = RetryingApi(
            self.script, self.clock, RateLimiter(self.clock), random.Random(7), self.limit, self.told.append
        )


def failing(code: str, action: str = "StartWebRecord", **more: Any) -> ApiError:
    return ApiError(action, code, "no", request_id="req-0", **more)


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize("code", ["RequestLimitExceeded", "FailedOperation.RestrictedFrequency"])
def test_a_throttled_call_is_sent_again_and_slower(action: str, code: str) -> None:
    bench = Bench([failing(code, action), failing(code, action), None])
    before = bench.api.limiter.rate(action)
    CALLS[action](bench.api)
    assert bench.script.sent == 3
    assert bench.api.limiter.rate(action) < before


@pytest.mark.parametrize("action", ["DescribeWebRecord", "StopWebRecord"])
@pytest.mark.parametrize("code", ["ClientNetworkError", "InternalError", "ServerNetworkError", "KeyError"])
def test_a_lost_answer_of_describe_and_stop_is_asked_for_again(action: str, code: str) -> None:
    bench = Bench([failing(code, action), None])
    CALLS[action](bench.api)
    assert bench.script.sent == 2


@pytest.mark.parametrize("code", ["ClientNetworkError", "InternalError", "MalformedAnswer", "NeverHeardOf"])
def test_a_start_whose_outcome_is_unknown_is_never_repeated(code: str) -> None:
    bench = Bench([failing(code)])
    with pytest.raises(ApiError) as caught:
        CALLS["StartWebRecord"](bench.api)
    assert bench.script.sent == 1
    assert caught.value.tries == 1
    assert bench.clock.slept == [0], "and nobody waits"


@pytest.mark.parametrize("action", CALLS)
@pytest.mark.parametrize(
    "code",
    [
        "AuthFailure.SignatureExpire",
        "InvalidParameter.RecordId",
        "FailedOperation.TaskExist",
        "FailedOperation.TaskNotExist",
        "ResourceInsufficient.RequestRejection",
    ],
)
def test_an_answer_that_would_not_change_goes_up(action: str, code: str) -> None:
    bench = Bench([failing(code, action)])
    with pytest.raises(ApiError, match=code):
        CALLS[action](bench.api)
    assert bench.script.sent == 1


def test_after_the_limit_the_last_error_goes_up_with_the_count() -> None:
    bench = Bench([failing("RequestLimitExceeded")], limit=60)
    with pytest.raises(ApiError) as caught:
        CALLS["StartWebRecord"](bench.api)
    assert caught.value.tries == bench.script.sent > 5
    assert 40 < caught.value.waited <= 60
    assert "RequestLimitExceeded" in str(caught.value)
    assert f"after {caught.value.tries} tries" in str(caught.value)


def test_no_time_means_no_repetition() -> None:
    bench = Bench([failing("RequestLimitExceeded")], limit=0)
    with pytest.raises(ApiError):
        CALLS["StopWebRecord"](bench.api)
    assert bench.script.sent == 1


@pytest.mark.parametrize("action", CALLS)
def test_what_was_not_sent_is_tried_for_ten_seconds(action: str) -> None:
    bench = Bench([failing("ClientNetworkError", action, sent=False)], limit=600)
    with pytest.raises(ApiError) as caught:
        CALLS[action](bench.api)
    assert caught.value.tries > 1
    assert caught.value.waited <= 10


def test_what_was_not_sent_and_then_is_starts_once() -> None:
    bench = Bench([failing("ClientNetworkError", sent=False), None])
    assert bench.api.start({"RecordId": "rec-1"}) == DONE
    assert bench.script.asked == [({"RecordId": "rec-1"},)] * 2


def test_an_outage_costs_its_limit_once() -> None:
    """A refresh of many resources must not wait in full for each of them."""
    bench = Bench([failing("ServerNetworkError", "DescribeWebRecord")], limit=60)
    for tries_again in (True, False, False):
        with pytest.raises(ApiError) as caught:
            bench.api.describe(task_id="task-1")
        assert (caught.value.tries > 1) is tries_again
    bench.script.outcomes[:] = [None]
    bench.api.describe(task_id="task-1")
    bench.script.outcomes[:] = [failing("ServerNetworkError", "DescribeWebRecord"), None]
    bench.api.describe(task_id="task-1")


def test_a_long_wait_is_told_with_action_code_time_and_limit() -> None:
    bench = Bench([failing("RequestLimitExceeded")], limit=60)
    with pytest.raises(ApiError):
        bench.api.start({})
    assert 3 <= len(bench.told) <= 12
    for line in bench.told:
        assert line.startswith("StartWebRecord: RequestLimitExceeded")
        assert "60 s at most" in line


def test_a_short_wait_is_not_told() -> None:
    bench = Bench([failing("RequestLimitExceeded"), None])
    bench.api.start({})
    assert bench.told == []


def test_waits_have_full_jitter() -> None:
    """Two processes with the same trouble do not come back together."""
    waits = set()
    for seed in range(20):
        bench = Bench([failing("InternalError", "StopWebRecord"), None])
        bench.api.rng = random.Random(seed)
        bench.api.stop("task-1")
        waits.add(round(bench.clock.slept[1], 6))
    assert len(waits) == 20
    assert max(waits) <= 0.5


def test_where_nobody_waits_for_the_outcome_nothing_is_sent() -> None:
    bench = Bench([failing("RequestLimitExceeded"), None])
    bench.api.may_send = lambda: bench.script.sent == 0
    with pytest.raises(Abandoned):
        bench.api.start({})
    assert bench.script.sent == 1

    bench.api.may_send = lambda: False
    with pytest.raises(Abandoned):
        bench.api.describe(task_id="task-1")
    assert bench.script.sent == 1


@pytest.mark.parametrize("call", CALLS)
def test_what_takes_time_once_is_done_before_a_request_waits_for_its_turn(call: str) -> None:
    """Else many first requests would leave together once it is done."""
    done: list[str] = []

    class Turns(RateLimiter):
        def acquire(self, action: str) -> float:
            done.append(action)
            return 0.0

    @contextmanager
    def ready() -> Iterator[None]:
        done.append("prepared")
        yield
        done.append("over")

    clock = ManualClock()
    api = RetryingApi(Script([None]), clock, Turns(clock), random.Random(1), 60, print, ready)
    CALLS[call](api)
    assert done == ["prepared", call, "over"]
