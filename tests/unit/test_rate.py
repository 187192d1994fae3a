from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_trtc.service.rate import RateLimiter
from tests.support.clock import ManualClock
from tests.support.shared_limit import LIMIT, Simulation, fixed_window, sliding_window


@pytest.mark.parametrize("server", [sliding_window, fixed_window])
@pytest.mark.parametrize("clients", [1, 2, 3])
@pytest.mark.parametrize(("threads", "latency"), [(4, 0.05), (4, 0.15), (16, 0.1), (64, 0.3), (64, 1.0)])
def test_clients_share_the_limit(
    clients: int, threads: int, latency: float, server: Callable[[], Callable[[float], bool]]
) -> None:
    """At most 5 % refused, at least 80 % of the limit used, and nobody starves."""
    outcome = Simulation(clients, threads, 2000, latency, server(), seed=clients).run()
    assert outcome.refused <= 0.05
    assert outcome.throughput >= 0.8 * LIMIT
    assert outcome.share >= 0.7


def test_two_pipelines_of_200_starts_waste_little() -> None:
    """The first seconds count here: neither knows of the other yet."""
    for seed in range(10):
        assert Simulation(2, 4, 200, 0.05, sliding_window(), seed).run().refused <= 0.05


def test_one_client_alone_is_never_refused() -> None:
    for server in (sliding_window(), fixed_window()):
        assert Simulation(1, 4, 1000, 0.05, server, seed=1).run().refused == 0


def test_one_client_whose_requests_take_long_and_unevenly_keeps_its_pace() -> None:
    """Answers that come a second late tell of a pace that is over."""
    for seed in range(10):
        outcome = Simulation(1, 64, 200, 1.0, sliding_window(), seed).run()
        assert outcome.refused <= 0.03
        assert outcome.throughput >= 0.7 * LIMIT


def test_a_refusal_slows_down_at_once_and_only_its_action() -> None:
    limiter = RateLimiter(ManualClock())
    before = limiter.rate("StopWebRecord")
    limiter.refused("StartWebRecord", limiter.acquire("StartWebRecord"))
    assert limiter.rate("StartWebRecord") < 0.9 * before
    assert limiter.rate("StopWebRecord") == before


@pytest.mark.parametrize(("refused", "most"), [(1, 0.95), (5, 0.75), (9, 0.55)])
def test_a_pace_becomes_what_was_taken(refused: int, most: float) -> None:
    """One that was late and met the next says little; every other one says that somebody shares the limit."""
    limiter = RateLimiter(ManualClock())
    left = [limiter.acquire("StartWebRecord") for _ in range(19)]
    before = limiter.rate("StartWebRecord")
    for at in left[-refused:]:
        limiter.refused("StartWebRecord", at)
    assert 0.8 * most * before <= limiter.rate("StartWebRecord") <= most * before


def test_late_answers_tell_of_the_second_in_which_their_requests_left() -> None:
    limiter = RateLimiter(ManualClock())
    left = [limiter.acquire("StartWebRecord") for _ in range(90)]
    limiter.refused("StartWebRecord", left[20])
    after_one = limiter.rate("StartWebRecord")
    for at in left[40::20]:
        limiter.refused("StartWebRecord", at)
    assert limiter.rate("StartWebRecord") >= 0.95 * after_one


def test_who_waits_for_a_turn_goes_at_the_pace_that_holds_then() -> None:
    """A refusal counts for all that has not left yet, however many threads wait."""
    clock = ManualClock()
    limiter = RateLimiter(clock)
    left = [limiter.acquire("StartWebRecord") for _ in range(18)]
    for at in left[-9:]:
        limiter.refused("StartWebRecord", at)
    with ThreadPoolExecutor(8) as pool:
        later = sorted(pool.map(lambda _: limiter.acquire("StartWebRecord"), range(8)))
    assert later[-1] - later[0] >= 7 / 10


def test_endless_refusals_leave_a_pace() -> None:
    clock = ManualClock()
    limiter = RateLimiter(clock)
    for _ in range(200):
        clock.advance(1)
        limiter.refused("StartWebRecord", limiter.acquire("StartWebRecord"))
    assert limiter.rate("StartWebRecord") >= 0.5


def test_idle_time_does_not_raise_the_pace() -> None:
    clock = ManualClock()
    limiter = RateLimiter(clock)
    limiter.refused("StartWebRecord", limiter.acquire("StartWebRecord"))
    before = limiter.rate("StartWebRecord")
    clock.advance(3600)
    limiter.acquire("StartWebRecord")
    assert limiter.rate("StartWebRecord") <= before + 0.05 * LIMIT


def test_what_another_pipeline_leaves_is_taken_once_it_has_gone() -> None:
    clock = ManualClock()
    limiter = RateLimiter(clock)
    left = [limiter.acquire("StartWebRecord") for _ in range(19)]
    for at in left[-9:]:
        limiter.refused("StartWebRecord", at)
    shared, begun = limiter.rate("StartWebRecord"), clock.monotonic()
    while clock.monotonic() < begun + 3:
        limiter.acquire("StartWebRecord")
    assert limiter.rate("StartWebRecord") <= shared + 0.5, "it may be there still"
    while clock.monotonic() < begun + 20:
        limiter.acquire("StartWebRecord")
    assert limiter.rate("StartWebRecord") >= 0.9 * LIMIT


def test_threads_share_one_pace() -> None:
    """No second of the common time line holds more than the limit, whatever the threads do."""
    clock = ManualClock()
    limiter = RateLimiter(clock, rate=20.0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: limiter.acquire("StartWebRecord"), range(200)))
    assert sum(clock.slept) >= 199 / LIMIT
