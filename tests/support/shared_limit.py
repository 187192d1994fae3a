"""Clients that know nothing of each other on one server with a limit, simulated: no thread, no real time."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter, deque
from collections.abc import Callable

import attrs

from pulumi_trtc.service.rate import RateLimiter

ACTION = "StartWebRecord"
LIMIT = 20


@attrs.define
class _Clock:
    """Stands where the simulation is; a sleep only says how long it would be."""

    at: float = 0.0
    asleep: float = 0.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.asleep = max(0.0, seconds)


def sliding_window() -> Callable[[float], bool]:
    """Takes a request if fewer than LIMIT came in the second before it."""
    taken: deque[float] = deque()

    def ask(at: float) -> bool:
        while taken and taken[0] <= at - 1:
            taken.popleft()
        if len(taken) >= LIMIT:
            return False
        taken.append(at)
        return True

    return ask


def fixed_window() -> Callable[[float], bool]:
    """Takes LIMIT requests in each second of the clock, refused ones counted."""
    counted: Counter[int] = Counter()

    def ask(at: float) -> bool:
        counted[int(at)] += 1
        return counted[int(at)] <= LIMIT

    return ask


@attrs.frozen
class Outcome:
    """What came of a simulation.

    Attributes:
        refused: Part of all requests.
        throughput: Requests a second that were taken while every client had work.
        share: What the least served client had got by then, as a part of an equal share.
    """

    refused: float
    throughput: float
    share: float


@attrs.frozen
class Simulation:
    """`clients` with `threads` each; every thread sends again what was refused after a jittered pause.

    Attributes:
        clients, threads, work: How many, and requests of each client.
        latency: Seconds from sending to the answer.
    """

    clients: int
    threads: int
    work: int
    latency: float
    server: Callable[[float], bool]
    seed: int

    def run(self) -> Outcome:
        """Simulate until the first client has done its work."""
        chance = random.Random(self.seed)
        clock = _Clock()
        limiters = [RateLimiter(clock, LIMIT) for _ in range(self.clients)]
        left, done = [self.work] * self.clients, [0] * self.clients
        waiting: list[deque[int]] = [deque() for _ in range(self.clients)]
        asked = refused = 0
        order = itertools.count()
        events: list[tuple[float, int, str, int, int, float]] = []

        def later(seconds: float, what: str, client: int, tries: int, left_at: float = 0.0) -> None:
            heapq.heappush(events, (clock.at + seconds, next(order), what, client, tries, left_at))

        def send(client: int, tries: int) -> None:
            """Wait for the client's turn: the next one's time is settled when this one leaves."""
            waiting[client].append(tries)
            if len(waiting[client]) == 1:
                take_turn(client)

        def take_turn(client: int) -> None:
            left_at = limiters[client].acquire(ACTION)
            later(clock.asleep, "leaves", client, waiting[client][0], left_at)

        for client in range(self.clients):
            for _ in range(self.threads):
                later(chance.random() / 10, "next", client, 0)
        while max(done) < self.work:
            clock.at, _, what, client, tries, left_at = heapq.heappop(events)
            if what == "next" and left[client]:
                left[client] -= 1
                send(client, 0)
            elif what == "again":
                send(client, tries)
            elif what == "leaves":
                later(self.latency * chance.uniform(0.3, 0.7), "arrives", client, tries, left_at)
                waiting[client].popleft()
                if waiting[client]:
                    take_turn(client)
            elif what == "arrives":
                asked += 1
                answer = "taken" if self.server(clock.at) else "refused"
                later(self.latency * chance.uniform(0.3, 0.7), answer, client, tries, left_at)
            elif what == "taken":
                done[client] += 1
                later(0, "next", client, 0)
            elif what == "refused":
                refused += 1
                limiters[client].refused(ACTION, left_at)
                later(chance.uniform(0, min(8.0, 0.5 * 2**tries)), "again", client, tries + 1)
        return Outcome(refused / asked, sum(done) / clock.at, min(done) * self.clients / sum(done))
