from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pulumi_trtc.service.rate import RateLimiter
from tests.support.clock import ManualClock
from tests.support.shared_limit import LIMIT, Simulation, fixed_window, sliding_window


@pytest.mark.parametrize("server", [sliding_window, fixed_window])
@pytest.mark.parametrize("clients", [1, 2, 3])
@pytest.mark.parametrize(("threads", "latency"), [(4, 0.05), (4, 0.15), (16, 0.1)])
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


def test_a_refusal_slows_down_at_once_and_only_its_action() -> None:
    limiter = RateLimiter(ManualClock())
    before = limiter.rate("StopWebRecord")
    limiter.refused("StartWebRecord")
    assert limiter.rate("StartWebRecord") < 0.9 * before
    assert limiter.rate("StopWebRecord") == before


def test_a_lone_refusal_costs_less_than_a_second_one_soon_after_it() -> None:
    """A request that was late and met the next says little; two say that somebody shares the limit."""
    clock = ManualClock()
    limiter = RateLimiter(clock)
    first = limiter.rate("StartWebRecord")
    limiter.refused("StartWebRecord")
    lone = limiter.rate("StartWebRecord")
    clock.advance(1)
    limiter.refused("StartWebRecord")
    shared = limiter.rate("StartWebRecord")
    assert 0.75 * first <= lone < first
    assert shared < 0.6 * lone


def test_refusals_of_what_was_under_way_count_once() -> None:
    limiter = RateLimiter(ManualClock())
    limiter.refused("StartWebRecord")
    after_one = limiter.rate("StartWebRecord")
    for _ in range(3):
        limiter.refused("StartWebRecord")
    assert limiter.rate("StartWebRecord") == after_one


def test_endless_refusals_leave_a_pace() -> None:
    clock = ManualClock()
    limiter = RateLimiter(clock)
    for _ in range(200):
        clock.advance(1)
        limiter.refused("StartWebRecord")
    assert limiter.rate("StartWebRecord") >= 0.5


def test_idle_time_does_not_raise_the_pace() -> None:
    clock = ManualClock()
    limiter = RateLimiter(clock)
    limiter.acquire("StartWebRecord")
    before = limiter.rate("StartWebRecord")
    clock.advance(3600)
    limiter.acquire("StartWebRecord")
    assert limiter.rate("StartWebRecord") <= before + 0.05 * LIMIT


def test_threads_share_one_pace() -> None:
    """No second of the common time line holds more than the limit, whatever the threads do."""
    clock = ManualClock()
    limiter = RateLimiter(clock, rate=20.0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: limiter.acquire("StartWebRecord"), range(200)))
    # 200 requests, the pace growing from 8 to 19 a second by 1 a second: no less than 200 / 19 seconds.
    assert sum(clock.slept) >= 200 / 19 - 1
