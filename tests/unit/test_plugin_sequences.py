"""What only the plugin can do, by name: how it ends, with the real provider and the engine in memory."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.clock import ManualClock
from tests.support.engine.in_memory import Engine
from tests.support.fake_service import FakeService
from tests.support.messages import DYNAMIC, PLUGIN, Adapter

BROKEN = "https://example.com/broken"


def page(url: str = "https://example.com/", **changed: Any) -> dict[str, Any]:
    cos = {"vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589"}
    keys = {"accessKey": "AKx", "secretKey": "Idx"}
    given = {"recordUrl": url, "sdkAppId": 1400000000.0, "storageParams": {"cloudStorage": cos | keys}}
    return {**given, **changed}


def an_engine(adapter: Adapter = PLUGIN) -> Engine:
    engine = Engine(FakeService(ManualClock(), broken_pages=[BROKEN]))
    engine.adapter = adapter
    return engine


def running(engine: Engine) -> list[str]:
    return [str(one.body["RecordUrl"]) for one in engine.service.running()]


@pytest.mark.parametrize("then", ["https://example.com/", BROKEN])
def test_a_page_that_does_not_record_fails_the_update_and_its_task_id_is_kept(then: str) -> None:
    engine = an_engine()
    failed = engine.up({"lecture": page(BROKEN, waitUntilRecording=5)})
    assert "did not begin within" in failed.errors[0]
    saved = engine.saved("lecture")
    assert saved is not None
    assert (saved["id"], saved["outputs"]["status"]) == (saved["outputs"]["taskId"], "ended")
    assert saved["id"] in failed.errors[0]
    engine.service.clock.advance(60)
    assert running(engine) == []
    engine.service.broken_pages = ()
    assert engine.up({"lecture": page(then, waitUntilRecording=5)}).steps == (("replace", "lecture"),)
    assert running(engine) == [then]
    again = engine.up({"lecture": page(then, waitUntilRecording=5)})
    assert again.steps == (("same", "lecture"),)
    assert engine.destroy()
    assert running(engine) == []


def test_of_a_replacement_that_does_not_record_nothing_is_kept_and_the_old_one_runs_on() -> None:
    engine = an_engine()
    assert engine.up({"lecture": page()})
    engine.service.clock.advance(60)
    assert not engine.up({"lecture": page(BROKEN, waitUntilRecording=5)})
    engine.service.clock.advance(60)
    assert running(engine) == ["https://example.com/"]
    assert len(engine.state.resources) == 1
    assert engine.up({"lecture": page()})
    assert running(engine) == ["https://example.com/"]


def test_the_dynamic_provider_cannot_keep_it() -> None:
    engine = an_engine(DYNAMIC)
    assert not engine.up({"lecture": page(BROKEN, waitUntilRecording=5)})
    assert engine.state.resources == []


@pytest.mark.parametrize(("first", "then"), [(DYNAMIC, PLUGIN), (PLUGIN, DYNAMIC)], ids=str)
def test_a_stack_moves_between_the_adapters_without_a_restart(first: Adapter, then: Adapter) -> None:
    engine = an_engine(first)
    assert engine.up({"lecture": page(), "hall": page(whenEnded="restart")})
    before = [one["id"] for one in engine.state.resources]
    calls = list(engine.service.calls)
    engine.adapter = then
    renamed = {"lecture": ["before"]}  # nothing of the old name; the engine asks all the same
    moved = engine.up({"lecture": page(), "hall": page(whenEnded="restart")}, aliases=renamed)
    assert moved, moved.errors
    assert [one["id"] for one in engine.state.resources] == before
    assert engine.service.calls == calls
    assert engine.destroy()
    assert running(engine) == []
