"""The dynamic provider in the process of the SDK's host, which has four threads for all calls."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from pulumi_trtc.dynamic import WebRecordingProvider


@pytest.fixture(autouse=True)
def own_garbage() -> Iterator[None]:
    """These tests' process is not the host's."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.parametrize("calls", [5, 8, 64])
def test_calls_that_came_while_the_first_was_answered_run_at_once_too(calls: int) -> None:
    """The engine begins a refresh, or a destroy, with as many as it may make."""
    have_come = threading.Event()
    all_run = threading.Barrier(calls, timeout=60)

    def call() -> None:
        have_come.wait(60)
        WebRecordingProvider().configure(ConfigureRequest(Config({}, "test")))
        all_run.wait()

    with ThreadPoolExecutor(4) as host:
        answers = [host.submit(call) for _ in range(calls)]
        have_come.set()
        for answer in answers:
            answer.result()


def test_elsewhere_nothing_changes() -> None:
    before = gc.get_threshold()
    WebRecordingProvider().configure(ConfigureRequest(Config({}, "test")))
    assert gc.get_threshold() == before
