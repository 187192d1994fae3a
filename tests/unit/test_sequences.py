"""Hard sequences of commands by name: how they end, with the real provider and the engine in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.clock import ManualClock
from tests.support.engine.in_memory import Engine
from tests.support.engine.kill import Kill
from tests.support.engine.resources import SECRETS
from tests.support.fake_service import DESCRIBE, START, STOP, FakeService

AN_HOUR = 3600.0
CDN = {"publishCdnParams": [{"publishCdnUrl": "rtmp://live.example.com/app/stream?sign=1"}]}
RESTART = {"whenEnded": "restart"}
WAITED = pytest.mark.parametrize("waited", [0.0, 90.0])


def page(number: int, **changed: Any) -> dict[str, Any]:
    """A recording of the page with this number."""
    cos = {
        "vendor": 0,
        "region": "ap-singapore",
        "bucket": "webrecord-1234589",
        "accessKey": "AKx",
        "secretKey": "Idx",
    }
    return {
        "recordUrl": f"https://example.com/{number}",
        "sdkAppId": 1400000000.0,
        "storageParams": {"cloudStorage": cos},
        **changed,
    }


def an_engine(**options: Any) -> Engine:
    return Engine(FakeService(ManualClock(), **options))


def pages(engine: Engine) -> list[str]:
    """The number of the page of each recording that runs; "by hand" for one that the stack did not start."""
    urls = [str(one.body.get("RecordUrl", "by hand")) for one in engine.service.running()]
    return sorted(url.rpartition("/")[2] for url in urls)


def holds(engine: Engine, **expected: int) -> None:
    """Exactly these pages are recorded, each by the task that the state holds, which says so."""
    assert pages(engine) == sorted(map(str, expected.values()))
    running = {one.task_id: str(one.body["RecordUrl"]) for one in engine.service.running()}
    saved = {name: engine.saved(name) for name in expected}
    assert {name: running.get(one["id"]) for name, one in saved.items() if one} == {
        name: f"https://example.com/{number}" for name, number in expected.items()
    }
    assert {one["outputs"]["status"] for one in saved.values() if one} == {"recording"}
    assert len(engine.state.resources) == len(expected)


def ends(engine: Engine, name: str) -> None:
    """A recording reaches its limit."""
    saved = engine.saved(name)
    assert saved is not None
    [task] = [one for one in engine.service.running() if one.task_id == saved["id"]]
    task.until = engine.service.clock.monotonic()


def later(engine: Engine, seconds: float = AN_HOUR) -> None:
    engine.service.clock.advance(seconds)


def destroyed(engine: Engine) -> None:
    """After a `pulumi destroy` nothing runs."""
    assert engine.destroy(), engine.errors
    assert pages(engine) == []


def after_ups(engine: Engine, count: int, **changed: Any) -> None:
    """The recording was replaced so often that its RecordId is a later attempt's."""
    for number in range(count):
        assert engine.up({"lecture": page(number, **changed)})
        later(engine)


# A state that no longer tells which attempt was the last


def test_a_recording_that_ended_is_still_what_a_killed_replacement_is_looked_for_from() -> None:
    engine = an_engine()
    after_ups(engine, 5, **RESTART)
    assert not engine.up({"lecture": page(9, **RESTART)}, kill=Kill(START))
    later(engine)
    ends(engine, "lecture")
    assert engine.refresh()
    saved = engine.saved("lecture")
    assert saved is not None
    assert saved["outputs"]["status"] == "ended"
    later(engine)
    for _ in range(2):
        assert engine.up({"lecture": page(9, **RESTART)})
        holds(engine, lecture=9)
        later(engine)
    destroyed(engine)


def test_a_killed_create_is_found_at_a_later_attempt_where_the_service_remembers_earlier_ones() -> None:
    engine = an_engine(reusable=False)
    for _ in range(4):
        assert engine.up({"lecture": page(0)})
        later(engine, 60)
        assert engine.destroy()
        later(engine, 60)
    assert not engine.up({"lecture": page(0)}, kill=Kill(START))
    later(engine, 60)
    assert engine.up({"lecture": page(0)})
    holds(engine, lecture=0)


# Seconds after a kill, though the state may have been written long before: the call was throttled


@WAITED
def test_a_destroy_at_once_stops_what_a_killed_update_has_just_started(waited: float) -> None:
    engine = an_engine()
    assert not engine.up({"a": page(0), "b": page(1)}, kill=Kill(START, nth=1, waited=waited))
    later(engine, 1.5)
    destroyed(engine)


@WAITED
def test_an_up_at_once_replaces_what_a_killed_update_has_just_started(waited: float) -> None:
    engine = an_engine()
    assert not engine.up({"a": page(0), "b": page(1)}, kill=Kill(START, nth=1, sent=False, waited=waited))
    later(engine, 1.5)
    assert engine.up({"a": page(5)})
    holds(engine, a=5)


@WAITED
def test_a_refresh_at_once_does_not_take_what_was_just_started_for_ended(waited: float) -> None:
    engine = an_engine()
    assert not engine.up({"a": page(0), "b": page(1)}, kill=Kill(START, nth=1, waited=waited))
    later(engine, 1)
    assert engine.refresh()
    saved = engine.saved("a")
    assert saved is not None
    assert saved["outputs"]["status"] == "recording"


@WAITED
def test_an_up_at_once_takes_over_what_a_killed_create_has_just_started(waited: float) -> None:
    engine = an_engine()
    assert not engine.up({"lecture": page(0)}, kill=Kill(START, waited=waited))
    later(engine, 1.5)
    assert engine.up({"lecture": page(0)})
    holds(engine, lecture=0)


@WAITED
def test_an_up_at_once_stops_what_a_killed_replacement_has_just_started(waited: float) -> None:
    engine = an_engine()
    assert engine.up({"lecture": page(0)})
    later(engine)
    assert not engine.up({"lecture": page(1)}, kill=Kill(START, waited=waited))
    later(engine, 1.5)
    assert engine.up({"lecture": page(0)})
    holds(engine, lecture=0)


# A page that may take long to report that it is ready: until then the service does not find its task


def a_slow_page() -> tuple[Engine, dict[str, Any]]:
    """It is loaded again after half a minute, and ready in another."""
    return an_engine(), {"readyTimeout": 30.0}


def test_a_refresh_does_not_take_a_slow_page_for_ended() -> None:
    engine, slow = a_slow_page()
    assert engine.up({"lecture": page(0, **slow, **RESTART)})
    later(engine, 20)
    assert engine.refresh()
    saved = engine.saved("lecture")
    assert saved is not None
    assert saved["outputs"]["status"] == "recording"


def test_a_destroy_stops_a_slow_page() -> None:
    engine, slow = a_slow_page()
    assert engine.up({"lecture": page(0, **slow)})
    later(engine, 20)
    destroyed(engine)
    later(engine)
    assert pages(engine) == []


def test_an_up_takes_over_a_slow_page_of_a_killed_create() -> None:
    engine, slow = a_slow_page()
    assert not engine.up({"lecture": page(0, **slow)}, kill=Kill(START))
    later(engine, 20)
    assert engine.up({"lecture": page(0, **slow)})
    holds(engine, lecture=0)


@pytest.mark.parametrize("number", [0, 2])
def test_an_up_stops_a_slow_page_of_a_killed_replacement(number: int) -> None:
    engine, slow = a_slow_page()
    assert engine.up({"lecture": page(0)})
    later(engine)
    assert not engine.up({"lecture": page(1, **slow)}, kill=Kill(START))
    later(engine, 20)
    assert engine.up({"lecture": page(number, **slow)})
    later(engine)
    holds(engine, lecture=number)


def test_a_destroy_stops_a_slow_page_of_a_killed_create() -> None:
    engine, slow = a_slow_page()
    assert engine.up({"hall": page(1)})
    later(engine)
    assert not engine.up({"lecture": page(0, **slow), "hall": page(1)}, kill=Kill(START))
    later(engine, 20)
    destroyed(engine)
    later(engine)
    assert pages(engine) == []


def test_a_start_whose_answer_is_lost_finds_its_slow_page() -> None:
    engine, slow = a_slow_page()
    engine.service.fail(START, "ClientNetworkError", handled=True)
    assert engine.up({"lecture": page(0, **slow)})
    holds(engine, lecture=0)


def test_a_slow_page_that_is_not_waited_for_does_not_record_later() -> None:
    engine, slow = a_slow_page()
    assert not engine.up({"lecture": page(0, **slow, waitUntilRecording=2.0)})
    later(engine)
    assert pages(engine) == []


# New names


def renamed() -> Engine:
    """A recording that was called lecture, and is called talk by now."""
    engine = an_engine()
    assert engine.up({"lecture": page(0)})
    later(engine)
    assert engine.up({"talk": page(0)}, aliases={"talk": ["lecture"]})
    later(engine)
    holds(engine, talk=0)
    return engine


def test_a_replacement_after_a_rename_and_a_failed_update_keeps_its_new_recording() -> None:
    engine = renamed()
    engine.state.ended("update", False)
    later(engine, 100)
    engine.service.start_delay = 0
    assert engine.up({"talk": page(1)})
    holds(engine, talk=1)


def test_a_destroy_finds_what_a_killed_replacement_left_after_a_rename() -> None:
    engine = renamed()
    assert not engine.up({"talk": page(1)}, kill=Kill(START))
    later(engine)
    destroyed(engine)


def test_an_up_finds_what_a_dead_provider_left_after_a_rename() -> None:
    engine = renamed()
    assert not engine.up({"talk": page(1)}, kill=Kill(START, alone=True))
    later(engine, 100)
    assert engine.up({"talk": page(0)})
    holds(engine, talk=0)
    later(engine)
    assert engine.up({"talk": page(0)})
    holds(engine, talk=0)
    destroyed(engine)


def test_a_destroy_finds_what_a_killed_replacement_left_after_the_stack_was_renamed() -> None:
    engine = an_engine()
    assert engine.up({"lecture": page(0)})
    later(engine)
    engine.rename_stack("prod")
    assert engine.up({"lecture": page(0)})
    later(engine)
    assert not engine.up({"lecture": page(1)}, kill=Kill(START))
    later(engine)
    destroyed(engine)


def test_what_a_killed_create_started_is_found_however_often_the_stack_is_renamed() -> None:
    engine = an_engine()
    assert not engine.up({"lecture": page(0)}, kill=Kill(START, sent=True))
    for name in ("stage", "prod"):
        later(engine)
        engine.rename_stack(name)
        assert not engine.up({"lecture": page(0)}, kill=Kill(nth=0))
    later(engine)
    engine.rename_stack("live")
    assert engine.up({"lecture": page(0)})
    holds(engine, lecture=0)
    later(engine)
    destroyed(engine)


def test_a_rename_and_then_a_new_recording_under_the_old_name() -> None:
    """The engine refuses both in one update."""
    engine = renamed()
    engine.service.start_delay = 0
    assert engine.up({"lecture": page(7), "talk": page(0)})
    holds(engine, lecture=7, talk=0)


def test_a_new_recording_under_an_old_name_is_not_taken_for_a_leftover_of_the_renamed_one() -> None:
    engine = renamed()
    engine.service.start_delay = 0
    engine.state.ended("update", False)
    later(engine, 100)
    for _ in range(2):
        assert engine.up({"lecture": page(7), "talk": page(0)})
        holds(engine, lecture=7, talk=0)
        later(engine)


# Recordings that run already


def test_adopting_a_recording_stops_what_a_killed_create_left() -> None:
    engine = an_engine()
    other = engine.service.launch("by-hand")
    assert not engine.up({"lecture": page(0)}, kill=Kill(START))
    later(engine)
    assert engine.up({"lecture": page(0, adopt=other.task_id)})
    assert pages(engine) == ["by hand"]
    later(engine)
    assert engine.up({"lecture": page(0, adopt=other.task_id)})
    destroyed(engine)


def test_inputs_change_twice_while_adopt_stays_in_the_program() -> None:
    engine = an_engine()
    adopt = {"adopt": engine.service.launch("by-hand").task_id}
    assert engine.up({"lecture": page(0, **adopt)})
    assert pages(engine) == ["by hand"]
    later(engine)
    for number in (1, 2):
        assert engine.up({"lecture": page(number, **adopt)}), engine.errors
        holds(engine, lecture=number)
        later(engine)


def test_an_adopted_recording_is_started_again_once_it_has_ended() -> None:
    engine = an_engine()
    adopt = {"adopt": engine.service.launch("by-hand").task_id, **RESTART}
    assert engine.up({"lecture": page(0, **adopt)})
    later(engine)
    ends(engine, "lecture")
    assert engine.refresh()
    assert engine.up({"lecture": page(0, **adopt)}), engine.errors
    holds(engine, lecture=0)


def test_a_killed_create_under_a_secret_record_id_is_named_and_not_doubled() -> None:
    engine = Engine(FakeService(ManualClock()), secrets=SECRETS | {"recordId"})
    assert not engine.up({"lecture": page(0, recordId="room-1")}, kill=Kill(START))
    [task] = engine.service.running()
    later(engine)
    assert not engine.up({"lecture": page(0, recordId="room-1")})
    assert task.task_id in engine.errors[0]
    assert pages(engine) == ["0"]


def test_a_stack_of_the_same_name_on_another_machine_runs_beside_this_one(tmp_path: Path) -> None:
    service = FakeService(ManualClock())

    def machine(name: str, made: int) -> Engine:
        backend = tmp_path / name / ".pulumi" / "meta.yaml"
        backend.parent.mkdir(parents=True)
        backend.touch()
        os.utime(backend, (made, made))
        engine = Engine(service, backend="file://~")
        engine.environ["HOME"] = str(tmp_path / name)
        return engine

    here, there = machine("here", 1_700_000_000), machine("there", 1_700_000_001)
    assert here.up({"lecture": page(0)})
    later(here)
    assert there.up({"lecture": page(1)})
    assert pages(there) == ["0", "1"]
    assert there.destroy()
    holds(here, lecture=0)


# A failed update that may have stopped a recording


@pytest.mark.parametrize(
    "kill", [None, Kill(STOP, alone=True)], ids=["the answer is lost", "the provider dies"]
)
@pytest.mark.parametrize("removed", [True, False], ids=["removed", "must stop first"])
@pytest.mark.parametrize("restart", [True, False], ids=["restart", "keep"])
def test_inputs_are_put_back_after_an_update_that_stopped_a_recording_and_failed(
    kill: Kill | None, removed: bool, restart: bool
) -> None:
    engine = an_engine()
    same = RESTART if restart else {}
    other = {"other": page(5)}
    before = {"lecture": page(0, **CDN, **same), **other}
    assert engine.up(before)
    later(engine)
    if kill is None:
        engine.service.fail(STOP, "ClientNetworkError", handled=True)
    assert not engine.up(other if removed else {"lecture": page(1, **CDN, **same), **other}, kill=kill)
    assert pages(engine) == ["5"]
    later(engine, 100)
    for _ in range(2):
        assert engine.up(before), engine.errors
        if restart:
            holds(engine, lecture=0, other=5)
        else:
            saved = engine.saved("lecture")
            assert saved is not None
            assert saved["outputs"]["status"] == "ended"
            assert pages(engine) == ["5"]
        later(engine)
    destroyed(engine)


def test_a_recording_that_was_stopped_by_a_failed_update_and_is_kept_is_told_of() -> None:
    engine = an_engine()
    assert engine.up({"lecture": page(0, **CDN)})
    later(engine)
    assert not engine.up({"lecture": page(1, **CDN)}, kill=Kill(STOP, alone=True))
    later(engine, 100)
    assert engine.up({"lecture": page(0, **CDN)})
    assert any("lecture" in line and "ended" in line for line in engine.told)


def test_an_update_of_other_recordings_does_not_forget_what_a_failed_one_may_have_left() -> None:
    engine = an_engine()
    assert engine.up({"lecture": page(0), "other": page(5)})
    later(engine)
    assert not engine.up({"lecture": page(1), "other": page(5)}, kill=Kill(START, alone=True))
    later(engine, 100)
    assert engine.up({"lecture": page(1), "other": page(5)}, target=["other"])
    later(engine)
    assert engine.up({"lecture": page(0), "other": page(5)})
    holds(engine, lecture=0, other=5)
    later(engine)
    destroyed(engine)


def test_a_destroy_stops_what_a_killed_create_left_of_a_recording_that_is_no_longer_declared() -> None:
    engine = an_engine()
    assert engine.up({"other": page(5)})
    later(engine)
    assert not engine.up({"other": page(5), "lecture": page(0)}, kill=Kill(START))
    later(engine)
    assert engine.up({"other": page(5)})
    destroyed(engine)


def test_an_old_recording_runs_on_where_the_keys_for_the_new_one_are_missing() -> None:
    engine = an_engine()

    def without_keys(number: int) -> dict[str, Any]:
        cos = {"vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589"}
        return page(number, storageParams={"cloudStorage": cos}, recordId="room")

    keys = {"trtc:storageAccessKey": "id", "trtc:storageSecretKey": "key"}
    engine.config |= keys
    assert engine.up({"lecture": without_keys(0)})
    later(engine)
    engine.config = {}
    assert not engine.up({"lecture": without_keys(1)})
    assert "trtc:storageAccessKey" in engine.errors[0]
    holds(engine, lecture=0)


# Pending creates that are taken away


def test_what_pending_creates_that_are_cleared_had_started_is_named_and_let_go() -> None:
    """The refresh comes in the start window, sees no pending create, and no history tells of the kill."""
    engine = an_engine()
    assert engine.up({"lecture": page(0)})
    later(engine, 300)
    assert not engine.up({"lecture": page(1)}, kill=Kill(START))
    left = engine.service.running()[-1]
    assert engine.refresh(clear=True)
    assert left.task_id in "\n".join(engine.told)
    later(engine, 20)
    assert engine.up({"lecture": page(0)})
    assert pages(engine) == ["0", "1"]


def test_what_the_first_create_s_pending_create_had_started_is_named_though_it_was_cleared_at_once() -> None:
    """No refresh asks a provider of a stack without recordings; the service does not find the task yet."""
    engine = an_engine()
    assert not engine.up({"lecture": page(0)}, kill=Kill(START))
    (left,) = engine.service.running()
    assert engine.refresh(clear=True)
    assert engine.up({"lecture": page(0)})
    assert left.task_id in "\n".join(engine.told)


@pytest.mark.parametrize("restart", [True, False], ids=["restart", "keep"])
def test_what_a_killed_deletion_stopped_is_seen_though_a_failed_update_came_between(restart: bool) -> None:
    """The engine forgets the pending deletion with the first thing that the next update saves."""
    engine = an_engine()
    same = RESTART if restart else {}
    assert engine.up({"lecture": page(0, **same), "panel": page(5, **same)})
    later(engine)
    assert not engine.up({"lecture": page(0, **same)}, kill=Kill(STOP))
    assert pages(engine) == ["0"]
    later(engine)
    both = {"lecture": page(1, **same), "panel": page(5, **same)}
    engine.service.fail(START, "FailedOperation.NotAllowed")
    assert not engine.up(both)
    later(engine)
    assert engine.up(both)
    if restart:
        holds(engine, lecture=1, panel=5)
    else:
        assert pages(engine) == ["1"]
        assert "has ended" in "\n".join(engine.told)


def test_a_forced_replacement_at_once_stops_what_a_killed_update_has_just_started() -> None:
    """Under a given RecordId the old one has to stop first, and is not found yet."""
    engine = an_engine()
    program = {"lecture": page(0, recordId="a"), "panel": page(1, recordId="b")}
    assert not engine.up(program, kill=Kill(START, nth=1))
    later(engine, 1)
    assert engine.up(program, replace=["lecture"]), engine.errors
    holds(engine, lecture=0, panel=1)


def test_a_killed_create_under_a_given_record_id_is_adopted_after_a_failed_refresh() -> None:
    """A refresh starts nothing: its failure does not make the task another one's."""
    engine = an_engine()
    program = {"lecture": page(0), "panel": page(1, recordId="b")}
    assert not engine.up(program, kill=Kill(START, nth=1))
    later(engine)
    engine.service.fail(DESCRIBE, "ClientNetworkError")
    assert not engine.refresh()
    later(engine)
    assert engine.up(program), engine.errors
    holds(engine, lecture=0, panel=1)


def test_a_destroy_that_cannot_read_the_state_says_what_it_did_not_look_for() -> None:
    engine = an_engine()
    assert engine.up({"lecture": page(0)})
    later(engine)
    engine.readable = False
    assert engine.destroy()
    assert pages(engine) == []
    assert "recover" in "\n".join(engine.told)
