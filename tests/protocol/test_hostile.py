"""Whatever a program declares: no traceback, no request for what is refused, no diff of what is accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_trtc.inputs.types import UNKNOWN as CORE_UNKNOWN
from tests.support.engine.resources import PROVIDER
from tests.support.inputs import any_props, valid_props
from tests.support.messages import DYNAMIC, PLUGIN, UNKNOWN
from tests.support.protocol import EngineAddress, Interrupt, Plugin
from tests.support.world import START, World

QUIET = settings(
    max_examples=40,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
LONG = settings(QUIET, max_examples=700)


@attrs.frozen
class Provider:
    """The provider processes of two updates of a stack.

    Attributes:
        first: Starts recordings.
        second: Is asked for them, as by the update that comes next.
    """

    world: World
    first: Plugin
    second: Plugin

    @property
    def urn(self) -> str:
        return self.world.engine.urn("lecture")

    def inputs(self, props: Mapping[str, Any]) -> dict[str, Any]:
        owner = {"stack": self.world.engine.stack, "urn": self.urn}
        return {**props, "owner": owner, "__provider": PROVIDER}


@pytest.fixture(params=[DYNAMIC, PLUGIN], ids=lambda adapter: adapter.module)
def provider(request: pytest.FixtureRequest, world: World, tmp_path: Any) -> Iterator[Provider]:
    address = EngineAddress()
    keys = {"trtc:storageAccessKey": "AKIDstorageOfTests", "trtc:storageSecretKey": "storage-secret-of-tests"}
    plugins = [
        Plugin(address, world.engine.env, tmp_path / "provider.txt", Interrupt(), request.param)
        for _ in range(2)
    ]
    for one in plugins:
        one.configure({**world.engine.config, **keys, "trtc:requestTimeout": "60"})
    yield Provider(world, *plugins)
    for one in plugins:
        one.end()
    address.free()


def on_the_wire(value: Any) -> Any:
    """A value as far as the engine can carry it."""
    match value:
        case None | bool():
            return value
        case Mapping():
            return {on_the_wire(str(key)): on_the_wire(inner) for key, inner in value.items()}
        case list():
            return [on_the_wire(inner) for inner in value]
        case int() | float() if abs(value) < 10**300:
            return float(value)
        case str():
            return value.encode("utf-8", "replace").decode()
    return UNKNOWN if value is CORE_UNKNOWN else str(type(value))


def has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(has_unknown, value.values()))
    return any(map(has_unknown, value)) if isinstance(value, list) else value == UNKNOWN


def try_it(provider: Provider, props: dict[str, Any]) -> None:
    emu = provider.world.emu
    emu.reset()
    news = provider.inputs(on_the_wire(props))
    inputs, failures = provider.first.check(provider.urn, None, news)
    assert "Traceback" not in "".join(failures)
    assert emu.requests() == []
    if failures or has_unknown(news) or "adopt" in inputs:
        return
    task_id, outputs = provider.first.create(provider.urn, inputs)
    assert [one["task_id"] for one in emu.requests(START)] == [task_id]
    state = {"id": task_id, "urn": provider.urn, "inputs": inputs, "outputs": outputs}
    again, failures = provider.second.check(provider.urn, inputs, news)
    assert failures == []
    diff = provider.second.diff(provider.urn, state, again)
    assert (diff.changes, diff.replaces) == (False, False)


@QUIET
@given(props=st.one_of(valid_props(), any_props()))
def test_any_inputs(provider: Provider, props: dict[str, Any]) -> None:
    try_it(provider, props)


@pytest.mark.soak
@LONG
@given(props=st.one_of(valid_props(), any_props()))
def test_any_inputs_for_long(provider: Provider, props: dict[str, Any]) -> None:
    try_it(provider, props)
