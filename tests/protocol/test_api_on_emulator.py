"""The provider's API layer against the emulator, which knows nothing of it: they meet over HTTP alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.errors import ApiError, Handling
from pulumi_trtc.service.api import RECORDING, Described, SdkApi, WebRecordApi
from pulumi_trtc.service.rate import RateLimiter
from pulumi_trtc.service.retry import RetryingApi
from pulumi_trtc.settings.read import Settings, read_settings
from tests.support.emulator import Emulator, emulator, eventually

SDK_APP_ID = 1400000000


def body(record_id: str) -> dict[str, Any]:
    return {
        "RecordUrl": "https://example.com/page",
        "SdkAppId": SDK_APP_ID,
        "RecordId": record_id,
        "StorageParams": {
            "CloudStorage": {
                "Vendor": 0,
                "Region": "ap-singapore",
                "Bucket": "bucket-1250000000",
                "AccessKey": "AKIDexample",
                "SecretKey": "example",
            }
        },
    }


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("emulator") / "data", "--start-delay", "0") as running:
        yield running


@pytest.fixture
def configured(service: Emulator, tmp_path: Path) -> Settings:
    service.reset()
    return read_settings({"trtc:site": "emulator", "trtc:endpoint": service.address}, {}, tmp_path)


def retrying(settings: Settings, told: list[str]) -> RetryingApi:
    clock = SystemClock()
    return RetryingApi(SdkApi(settings), clock, RateLimiter(clock), random.Random(), 120, told.append)


def seen(api: WebRecordApi, record_id: str) -> Described:
    """The task, once Describe shows it."""

    def look() -> Described | None:
        try:
            return api.describe(sdk_app_id=SDK_APP_ID, record_id=record_id)
        except ApiError as failure:
            if failure.kind is Handling.TASK_GONE:
                return None
            raise

    found = eventually(look, f"{record_id} in DescribeWebRecord")
    assert found is not None
    return found


def test_the_life_of_a_task(service: Emulator, configured: Settings) -> None:
    api = SdkApi(configured)
    started = api.start(body("record-1"))
    assert started.request_id
    assert service.task(started.task_id)["task_id"] == started.task_id

    with pytest.raises(ApiError) as caught:
        api.start(body("record-1"))
    assert caught.value.kind is Handling.TASK_EXISTS
    assert caught.value.request_id

    found = seen(api, "record-1")
    assert (found.status, found.task_id) == (RECORDING, started.task_id)
    assert api.describe(task_id=started.task_id).record_id == "record-1"

    assert api.stop(started.task_id)
    for gone in (lambda: api.stop(started.task_id), lambda: api.describe(task_id=started.task_id)):
        with pytest.raises(ApiError) as caught:
            gone()
        assert caught.value.kind is Handling.TASK_GONE


def test_wrong_credentials_are_told(service: Emulator, tmp_path: Path) -> None:
    config = {"trtc:site": "emulator", "trtc:endpoint": service.address, "trtc:secretKey": "wrong"}
    for secret_id, code in (
        ("AKIDtrtcEmulatorDefault0000000000000", "AuthFailure.SignatureFailure"),
        ("AKIDnobody", "AuthFailure.SecretIdNotFound"),
    ):
        api = SdkApi(read_settings({**config, "trtc:secretId": secret_id}, {}, tmp_path))
        with pytest.raises(ApiError, match="trtc:secretKey") as caught:
            api.stop("task-1")
        assert (caught.value.code, caught.value.kind) == (code, Handling.FATAL)


def test_an_answer_lost_after_the_start_leaves_a_task_to_find(
    service: Emulator, configured: Settings
) -> None:
    api = retrying(configured, [])
    service.fault("cut_after", "StartWebRecord", next=1)
    with pytest.raises(ApiError) as caught:
        api.start(body("record-2"))
    assert (caught.value.kind, caught.value.sent, caught.value.tries) == (Handling.AMBIGUOUS, True, 1)
    found = seen(api, "record-2")
    assert [task["task_id"] for task in service.running()] == [found.task_id]
    api.stop(found.task_id)


def test_two_pipelines_share_the_limit(service: Emulator, configured: Settings) -> None:
    """All succeed, each is started once, and there is no storm.

    How little is refused, the simulation in the unit tests says; here a loaded machine may send in bursts.
    """
    told: list[str] = []
    pipelines = [retrying(configured, told) for _ in range(2)]

    def start(number: int) -> str:
        return pipelines[number % 2].start(body(f"shared-{number}")).task_id

    with ThreadPoolExecutor(8) as pool:
        tasks = list(pool.map(start, range(120)))
    assert len(set(tasks)) == 120
    asked = service.requests("StartWebRecord")
    refused = [request for request in asked if request["code"] == "RequestLimitExceeded"]
    assert len(refused) <= 0.25 * len(asked)
