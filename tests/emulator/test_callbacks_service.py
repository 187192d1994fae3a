"""From the task life to a receiver: nothing is told twice, and nothing is lost between two processes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.support.receiver import Receiver, receiver
from tests.support.sdk import start_body
from trtc_emulator.callbacks.service import Callbacks
from trtc_emulator.media.contract import RecordedFile
from trtc_emulator.media.none import NoMedia
from trtc_emulator.request.params import read_start
from trtc_emulator.settings.receivers import Receivers
from trtc_emulator.settings.values import Settings
from trtc_emulator.tasks.clock import OffsetClock
from trtc_emulator.tasks.service import TaskService
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import task_folder
from trtc_emulator.tasks.vod import VodCatalog

ADDRESS = "http://127.0.0.1:8647"
FILES = [RecordedFile(f"a_{number}.mp4", 10, 1000 * number, 1000 * number + 999) for number in range(60)]
VOD = {"CloudVod": {"TencentVod": {"SubAppId": 7, "SessionContext": "mine"}}}


@attrs.define
class World:
    """One data folder, and processes over it one after the other."""

    data: Path
    heard: Receiver
    hears: bool = True
    slow_s: float = 0.0

    def run(self, test: Callable[[TaskService, Callbacks], Awaitable[None]], *, starts: bool = True) -> None:
        """A process; with `starts` false, one that dies before it can send."""

        async def go() -> None:
            receivers = Receivers({None: self.heard.url} if self.hears else {})
            settings = Settings(data=self.data, receivers=receivers)
            store = Store(self.data / "emulator.db")
            clock = OffsetClock(lambda: time.time() - self.slow_s)
            service = TaskService(store, clock, settings, survives=True)
            service.attach(NoMedia(service))
            callbacks = Callbacks(settings, store)
            service.keep_with(callbacks.keep)
            service.subscribe(VodCatalog(self.data).on_event)
            service.subscribe(callbacks.on_event)
            if starts:
                callbacks.start(ADDRESS)
            await test(service, callbacks)
            await service.close()
            await callbacks.close()
            store.close()

        asyncio.run(go())

    async def told(self, count: int) -> list[tuple[int, int]]:
        deliveries = await asyncio.to_thread(self.heard.wait, count)
        return [found.short for found in deliveries]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with receiver() as heard:
        yield World(tmp_path, heard)


async def begin(service: TaskService, **changes: Any) -> str:
    body = start_body(**changes)
    task_id = service.start(read_start(body, Settings(data=Path()).assumptions), body).task_id
    await service.advance(5)
    return task_id


def test_a_whole_life_is_told_in_its_order(world: World) -> None:
    async def test(service: TaskService, _: Callbacks) -> None:
        task_id = await begin(service, PublishCdnParams=[{"PublishCdnUrl": "rtmp://a/b/KEY"}])
        service.reloaded(task_id)
        service.cdn(task_id, 0, 1, "")
        service.cdn(task_id, 0, 2, "")
        for file in FILES:
            service.file(task_id, file)
        service.stop(task_id)
        files = [(310, 0)] * len(FILES)
        assert await world.told(65) == [(801, 1), (803, 1), (401, 1), (401, 2), *files, (802, 1)]
        told = [found.payload["FileList"] for found in world.heard.deliveries if found.type == 310]
        assert told == [[file.name] for file in FILES]
        assert world.heard.deliveries[2].payload["Url"] == "rtmp://a/***"

    world.run(test)


def test_what_happened_before_it_could_send_is_told_later(world: World) -> None:
    async def test(service: TaskService, _: Callbacks) -> None:
        task_id = await begin(service)
        service.file(task_id, FILES[0])
        service.stop(task_id)

    async def rest(_: TaskService, __: Callbacks) -> None:
        assert await world.told(3) == [(801, 1), (310, 0), (802, 1)]

    world.run(test, starts=False)
    world.run(rest)


def test_what_was_told_is_not_told_again_by_the_next_process(world: World) -> None:
    async def first(service: TaskService, _: Callbacks) -> None:
        await begin(service)
        assert await world.told(1) == [(801, 1)]

    async def second(service: TaskService, _: Callbacks) -> None:
        service.stop(service._store.live()[0].task_id)
        assert await world.told(2) == [(801, 1), (802, 1)]

    world.run(first)
    world.run(second)


def test_what_happened_long_before_there_was_a_receiver_is_not_told(world: World) -> None:
    async def without(service: TaskService, _: Callbacks) -> None:
        await begin(service, SdkAppId=5)
        await service.advance(61)

    async def within(service: TaskService, _: Callbacks) -> None:
        task_id = await begin(service)
        await world.told(1)
        assert [found.task_id for found in world.heard.deliveries] == [task_id]

    world.hears = False
    world.run(without)
    world.hears = True
    world.run(within)


def test_a_reset_after_a_restart_with_a_moved_clock_silences_nothing(world: World) -> None:
    async def moved(service: TaskService, _: Callbacks) -> None:
        await begin(service, MaxDurationLimit=86400)
        await service.advance(3600)
        assert await world.told(1) == [(801, 1)]

    async def reset(service: TaskService, callbacks: Callbacks) -> None:
        await service.reset()
        callbacks.reset()
        service.stop(await begin(service))
        assert await world.told(3) == [(801, 1), (801, 1), (802, 1)]

    world.run(moved)
    world.run(reset)


def test_a_machine_whose_clock_is_set_back_goes_on_telling(world: World) -> None:
    async def test(service: TaskService, _: Callbacks) -> None:
        world.slow_s = 7200
        service.stop(await begin(service))
        assert await world.told(2) == [(801, 1), (802, 1)]

    world.run(test)


def test_what_happens_while_it_takes_long_to_come_up_is_told(world: World) -> None:
    async def test(service: TaskService, callbacks: Callbacks) -> None:
        await begin(service)
        await service.advance(3600)
        callbacks.start(ADDRESS)
        assert await world.told(2) == [(801, 1), (804, 1)]

    world.run(test, starts=False)


def test_a_file_in_vod_has_its_metadata_beside_it(world: World) -> None:
    async def test(service: TaskService, _: Callbacks) -> None:
        task_id = await begin(service, StorageParams=VOD)
        task = service._store.get(task_id)
        assert task is not None
        folder = task_folder(task, world.data)
        folder.mkdir(parents=True)
        service.file(task_id, FILES[1])
        assert await world.told(2) == [(801, 1), (311, 0)]
        metadata = json.loads((folder / "a_1.mp4.vod.json").read_text())
        assert metadata["FileId"] == world.heard.deliveries[1].payload["TencentVod"]["FileId"]
        assert metadata["TencentVod"] == VOD["CloudVod"]["TencentVod"]
        assert (metadata["TaskId"], metadata["Size"]) == (task_id, 10)
        service.stop(task_id)
        assert await world.told(4) == [(801, 1), (311, 0), (802, 1), (312, 0)]
        assert folder.parent == world.data / "vod" / "7"

    world.run(test)


def test_a_vod_folder_that_cannot_be_written_ends_nothing(world: World) -> None:
    async def test(service: TaskService, _: Callbacks) -> None:
        task_id = await begin(service, StorageParams=VOD)
        (world.data / "vod").write_text("no folder")
        service.file(task_id, FILES[1])
        assert await world.told(2) == [(801, 1), (311, 0)]
        assert service.describe(task_id).task_id == task_id

    world.run(test)
