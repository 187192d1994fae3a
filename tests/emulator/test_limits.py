"""How much the API takes: requests in a second, recordings at once."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from unittest import mock

import pytest
from aiohttp.test_utils import make_mocked_request

from tests.support.emulator import DEADLINE, StartEmulator
from tests.support.sdk import code_of, sdk_client, start, stop
from trtc_emulator.api.faults import FaultBook
from trtc_emulator.api.ratelimit import RateLimiter
from trtc_emulator.api.requests_log import RequestLog
from trtc_emulator.api.server import ApiServer
from trtc_emulator.request.errors import ApiError
from trtc_emulator.settings.values import Settings


def refused(limiter: RateLimiter, action: str = "StartWebRecord") -> bool:
    try:
        limiter.take(action)
    except ApiError as error:
        return error.code == "RequestLimitExceeded"
    return False


def test_any_second_takes_the_limit_and_no_more() -> None:
    now = 100.0
    limiter = RateLimiter(20, lambda: now)
    assert [refused(limiter) for _ in range(25)] == [False] * 20 + [True] * 5
    now += 0.999
    assert refused(limiter)
    now += 0.001
    assert [refused(limiter) for _ in range(21)] == [False] * 20 + [True]


def test_an_even_pace_at_the_limit_is_never_refused() -> None:
    ticks = itertools.count()
    limiter = RateLimiter(16, lambda: next(ticks) / 16)
    assert not any(refused(limiter) for _ in range(200))


def test_each_action_has_its_own_limit() -> None:
    limiter = RateLimiter(1, lambda: 0.0)
    assert not refused(limiter, "StartWebRecord")
    assert not refused(limiter, "StopWebRecord")
    assert refused(limiter, "StopWebRecord")


def test_a_limit_of_0_is_none() -> None:
    limiter = RateLimiter(0, lambda: 0.0)
    assert not any(refused(limiter) for _ in range(1000))


def test_the_limit_on_the_wire(start_emulator: StartEmulator) -> None:
    emulator = start_emulator("--rate-limit", "1")
    client = sdk_client(emulator)
    # However slow this machine is, some two of these fall into one second.
    codes = {code_of(stop, client, "a") for _ in range(200)}
    assert codes == {"FailedOperation.TaskNotExist", "RequestLimitExceeded"}


def test_a_large_body_waits_for_room_only_as_long_as_a_body_may_take(tmp_path: Path) -> None:
    """Others may hold all the room, and take it again and again."""
    log = RequestLog()
    server = ApiServer(
        Settings(tmp_path, body_timeout=0.01),
        mock.Mock(),
        RateLimiter(0),
        FaultBook(),
        log,
        large_bodies=asyncio.Semaphore(0),
    )
    transport = mock.Mock()
    headers = {"Content-Length": "70000", "X-TC-Action": "StartWebRecord"}
    request = make_mocked_request("POST", "/", headers=headers, transport=transport)
    asyncio.run(asyncio.wait_for(server.serve(request), DEADLINE))
    assert [entry["code"] for entry in log.entries()] == ["no_body"]
    transport.abort.assert_called_once_with()


@pytest.mark.parametrize("default", [pytest.param(True, marks=pytest.mark.soak), False])
def test_recordings_at_once_of_one_application(start_emulator: StartEmulator, default: bool) -> None:
    limit = 200 if default else 3
    arguments = () if default else ("--concurrency-limit", "3")
    emulator = start_emulator("--start-delay", "3600", "--rate-limit", "0", *arguments)
    client = sdk_client(emulator)
    task_ids = [start(client) for _ in range(limit)]
    assert code_of(start, client) == "ResourceInsufficient.RequestRejection"
    assert start(client, SdkAppId=7)
    emulator.advance(3600)
    assert code_of(start, client) == "ResourceInsufficient.RequestRejection"
    stop(client, task_ids[0])
    assert start(client)
