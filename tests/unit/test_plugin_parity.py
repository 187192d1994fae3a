"""Both adapters give the same answers: neither holds a rule of its own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.lifecycle.calls import Calls
from tests.support.calls import a_process, evidence, outputs
from tests.support.clock import ManualClock
from tests.support.declared import FAILED, OWNER, URN, inputs, record_id
from tests.support.engine.memory import InMemory, PluginInMemory
from tests.support.engine.provider import CallFailed, Diff, Provider
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService
from tests.support.inputs import PROPERTY, any_props, valid_props
from tests.support.messages import props, struct

FAULTS = st.sampled_from([None, START, DESCRIBE, STOP])
CODES = st.sampled_from(["InternalError", "RequestLimitExceeded", "FailedOperation.NotAllowed"])

CHANGED = st.fixed_dictionaries(
    {},
    optional={
        "recordUrl": st.sampled_from(["https://example.com/", "https://example.com/?token=x"]),
        "whenEnded": st.sampled_from(["keep", "restart"]),
        "waitUntilRecording": st.integers(0, 9),
        "recordId": st.just("given"),
        "publishCdnParams": st.just([{"publishCdnUrl": "rtmp://example.com/app/stream"}]),
    },
).map(lambda changed: {**{key: one for key, one in inputs().items() if key != "owner"}, **changed})


@attrs.frozen
class Play:
    """What an adapter answered, and what it asked the service for.

    Attributes:
        answers: In their order; a text for a failure.
    """

    answers: list[Any]
    calls: list[tuple[str, str]]


def on_the_wire(value: Any) -> Any:
    """A value as far as the engine can carry it, without what it says of unknown values."""
    if isinstance(value, dict):
        kept = {str(key): on_the_wire(one) for key, one in value.items() if one is not None}
        return {key.encode("utf-8", "replace").decode(): one for key, one in kept.items() if one is not None}
    if isinstance(value, list):
        return [on_the_wire(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < 10**300 else str(type(value))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else str(type(value))


def plain(value: Any) -> Any:
    """In one spelling: a message carries integers as floats."""
    return props(struct(value)) if isinstance(value, dict) else value


class Player:
    """Asks one adapter the same as the other."""

    def __init__(self, provider: Provider, service: FakeService) -> None:
        self._provider = provider
        # Its text begins with the error's class.
        self._named = isinstance(provider, InMemory)
        self._service = service
        self.answers: list[Any] = []

    def ask(self, call: Any) -> Any:
        try:
            answer = call(self._provider)
        except CallFailed as failure:
            self.answers.append(str(failure).partition(": ")[2] if self._named else str(failure))
            return None
        self.answers.append(deepcopy(answer))
        return answer

    def play(self) -> Play:
        return Play(self.answers, self._service.calls)


def accepted(provider: Provider, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any] | list[str]:
    """The checked inputs, or what is wrong with them: a message has its keys in no order."""
    inputs, failures = provider.check(URN, olds, {**news, "owner": OWNER})
    return sorted(failures) or inputs


def played(adapter: str, new: dict[str, Any], fault: str | None, code: str) -> Play:
    service = FakeService(ManualClock())
    task = service.launch(record_id(0))
    service.clock.advance(60)
    olds = outputs(service, task)
    calls, _ = a_process(service, evidence((task, olds), history=FAILED))
    player = Player(_provider(adapter, calls), service)
    if fault:
        service.fail(fault, code)
    saved: dict[str, Any] = {"id": task.task_id, "urn": URN, "inputs": olds, "outputs": olds}
    checked = player.ask(lambda provider: accepted(provider, saved["inputs"], new))
    if isinstance(checked, dict):
        difference: Diff | None = player.ask(lambda provider: provider.diff(URN, saved, checked))
        if difference and difference.replaces:
            player.ask(lambda provider: provider.create(URN, checked))
        else:
            player.ask(lambda provider: provider.update(URN, saved, checked))
    player.ask(lambda provider: provider.read(saved)[:2])
    player.ask(lambda provider: provider.delete(saved))
    return player.play()


def _provider(adapter: str, calls: Calls) -> Provider:
    return InMemory.of(calls) if adapter == "dynamic" else PluginInMemory(calls)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(plain(one) == plain(other))


@PROPERTY
@given(new=st.one_of(CHANGED, valid_props(), any_props()), fault=FAULTS, code=CODES)
def test_both_answer_the_same(new: dict[str, Any], fault: str | None, code: str) -> None:
    dynamic, plugin = (played(adapter, on_the_wire(new), fault, code) for adapter in ("dynamic", "plugin"))
    assert len(dynamic.answers) == len(plugin.answers)
    for one, other in zip(dynamic.answers, plugin.answers, strict=True):
        assert same(one, other), (one, other)
    assert dynamic.calls == plugin.calls


@pytest.mark.parametrize("adapter", ["dynamic", "plugin"])
def test_the_comparison_would_see_a_difference(adapter: str) -> None:
    first = played(adapter, {}, None, "")
    assert not same(first.answers[0], {"recordUrl": "x"})
    assert first.calls
