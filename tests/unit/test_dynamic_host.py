"""The dynamic provider in the process of the SDK's host, which has four threads for all calls."""

from __future__ import annotations

import gc
import subprocess
import sys
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


_FIRST_CALLS = """
import sys
from pulumi.dynamic import Config, ConfigureRequest
from pulumi_trtc.dynamic import WebRecordingProvider
from pulumi_trtc.stack.cli import StackReader

class Begun(Exception): pass

def begin(self, stack, *, declared):
    print(stack, declared, "pulumi_trtc.lifecycle.calls" in sys.modules)
    raise Begun

StackReader.begin = begin
props = {"owner": {"stack": "acme/test/dev", "urn": "urn"}}
calls = (("check", {}, props), ("create", props), ("read", "id", props), ("delete", "id", props))
for name, *arguments in calls:
    provider = WebRecordingProvider()
    provider.configure(ConfigureRequest(Config({}, "test")))
    try:
        getattr(provider, name)(*arguments)
    except Begun:
        pass
"""


def test_the_state_is_read_while_the_core_is_loaded() -> None:
    """Whichever call comes first: a preview of many recordings, or a destroy, would wait for both in turn."""
    done = subprocess.run([sys.executable, "-c", _FIRST_CALLS], stdout=subprocess.PIPE, text=True, check=True)
    declared, saved = "acme/test/dev True False", "acme/test/dev False False"
    assert done.stdout.splitlines() == [declared, declared, saved, saved]
