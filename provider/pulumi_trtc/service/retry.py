"""Sends again what may be sent again. The SDK's own retries would start recordings again and again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import attrs

from pulumi_trtc.clock import Clock
from pulumi_trtc.errors import Abandoned, ApiError, Handling
from pulumi_trtc.service.api import Described, Started, WebRecordApi
from pulumi_trtc.service.rate import RateLimiter

START, DESCRIBE, STOP = "StartWebRecord", "DescribeWebRecord", "StopWebRecord"

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0
_CONNECT_LIMIT_S = 10.0
_TELL_AFTER_S = 5.0

_T = TypeVar("_T")


@attrs.define
class RetryingApi:
    """A WebRecordApi that waits and asks again, within a time limit, before an error goes up.

    Repeated are: throttled requests of every action; lost or unusable answers of Describe and Stop, which may
    be carried out twice; and a request of any action that certainly was not sent, but for 10 s at most, since
    where nobody listens a person has to act. A Start whose outcome is unknown goes up at once. Once a call
    was given up, the next ones of its action are tried once, until one is answered: an outage costs its limit
    once, not once for each resource.

    Args:
        api: What is asked.
        clock: Time.
        limiter: Spaces all requests, repeated ones included.
        rng: Full jitter: a wait is anything from 0 to a limit that doubles each time.
        max_retry_time: Seconds for one call with all its repetitions.
        tell: Prints a line for the person who waits.
        ready: Entered before a request waits for its turn: what takes time once would bunch requests.
        may_send: Asked before each request; False means that nobody waits for the outcome any more.
    """

    api: WebRecordApi
    clock: Clock
    limiter: RateLimiter
    rng: random.Random
    max_retry_time: float
    tell: Callable[[str], None]
    ready: Callable[[], AbstractContextManager[object]] = nullcontext
    may_send: Callable[[], bool] = lambda: True
    _down: set[str] = attrs.field(factory=set, init=False)

    def start(self, body: Mapping[str, Any]) -> Started:
        """See `WebRecordApi.start`."""
        return self._repeat(START, lambda: self.api.start(body))

    def describe(
        self, *, task_id: str | None = None, sdk_app_id: int | None = None, record_id: str | None = None
    ) -> Described:
        """See `WebRecordApi.describe`."""
        return self._repeat(
            DESCRIBE,
            lambda: self.api.describe(task_id=task_id, sdk_app_id=sdk_app_id, record_id=record_id),
        )

    def stop(self, task_id: str) -> str | None:
        """See `WebRecordApi.stop`."""
        return self._repeat(STOP, lambda: self.api.stop(task_id))

    def _repeat(self, action: str, send: Callable[[], _T]) -> _T:
        with self.ready():
            return self._until_answered(action, send)

    def _until_answered(self, action: str, send: Callable[[], _T]) -> _T:
        begun = told = self.clock.monotonic()
        tries = 0
        while True:
            left_at = self.limiter.acquire(action)
            if not self.may_send():
                raise Abandoned(action)
            tries += 1
            try:
                answer = send()
            except ApiError as error:
                failure = error
            else:
                self._down.discard(action)
                return answer
            if failure.kind is Handling.THROTTLED:
                self.limiter.refused(action, left_at)
            limit = self._limit(action, failure)
            pause = self.rng.uniform(0, min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(tries - 1, 10)))
            now = self.clock.monotonic()
            if now - begun + pause > limit:
                self._give_up(action, failure)
                raise attrs.evolve(failure, tries=tries, waited=now - begun)
            if now + pause - told >= _TELL_AFTER_S:
                told = now + pause
                self.tell(
                    f"{action}: {failure.code}; waiting to send it again, for {now - begun:.0f} s so far, "
                    f"{limit:.0f} s at most."
                )
            self.clock.sleep(pause)

    def _limit(self, action: str, failure: ApiError) -> float:
        """Seconds after the first try within which a failed call is repeated; negative: not at all."""
        if failure.kind is Handling.THROTTLED:
            return self.max_retry_time
        if failure.kind is not Handling.AMBIGUOUS or action in self._down:
            return -1
        if not failure.sent:
            return min(_CONNECT_LIMIT_S, self.max_retry_time)
        return -1 if action == START else self.max_retry_time

    def _give_up(self, action: str, failure: ApiError) -> None:
        if failure.kind is not Handling.AMBIGUOUS:
            self._down.discard(action)
        elif not failure.sent:
            self._down.update((START, DESCRIBE, STOP))
        elif action != START:
            self._down.add(action)
