"""Commands that ask for many recordings ask at the API's speed, and not for one after the other."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.lifecycle.record_id import ATTEMPTS, Identity
from pulumi_trtc.recover.examine import Verdict, examine, lost
from pulumi_trtc.service.api import Described
from pulumi_trtc.terminal.side_by_side import side_by_side

TOGETHER = 4


def asked(ask: Any, count: int) -> list[Any]:
    return list(side_by_side(ask, range(count), "things", SystemClock(), pytest.fail))


def test_answers_come_in_order_though_questions_are_asked_at_once() -> None:
    all_ask = threading.Barrier(TOGETHER, timeout=60)

    def ask(number: int) -> int:
        all_ask.wait()
        return 10 * number

    assert asked(ask, 3 * TOGETHER) == [10 * number for number in range(3 * TOGETHER)]


def test_a_failure_is_raised_and_ends_the_asking() -> None:
    count = itertools.count()

    def ask(number: int) -> int:
        next(count)
        if not number:
            raise ValueError("no answer")
        return number

    with pytest.raises(ValueError, match="no answer"):
        asked(ask, 1_000_000)
    assert next(count) < 1_000_000


class Together:
    """A service that answers TOGETHER requests at once, or none; all that it is asked for runs."""

    def __init__(self) -> None:
        self._all_ask = threading.Barrier(TOGETHER, timeout=60)

    def describe(self, *, sdk_app_id: int, record_id: str) -> Described:
        self._all_ask.wait()
        return Described(1, f"{record_id} of {sdk_app_id}", record_id, None)


def test_recover_looks_for_all_record_ids_at_once() -> None:
    assert ATTEMPTS % TOGETHER == 0
    identity = Identity.derive("backend", "organization/test/dev", "urn")
    api: Any = Together()
    found = list(examine(api, [lost("urn", identity, 1)], (), SystemClock(), pytest.fail))
    assert [one.record_id for one in found] == [identity.attempt(number) for number in range(ATTEMPTS)]
    assert {one.verdict for one in found} == {Verdict.LEFTOVER}
