"""The task life on its own: media that a test plays, time that a test moves."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.support.sdk import start_body
from trtc_emulator.media.contract import Job, Mobile, RecordedFile
from trtc_emulator.media.none import NoMedia
from trtc_emulator.request.errors import ApiError
from trtc_emulator.request.params import read_start
from trtc_emulator.settings.assumptions import Assumptions
from trtc_emulator.settings.values import Settings
from trtc_emulator.tasks.clock import OffsetClock
from trtc_emulator.tasks.events import EndReason, Event, EventKind, State
from trtc_emulator.tasks.service import TaskService
from trtc_emulator.tasks.store import Store
from trtc_emulator.tasks.task import Task, moved_on

FILE = RecordedFile("a.mp4", 5, 1, 2)
FOUND = Assumptions(describe_while_loading="status")
SECRETS = {
    "RecordUrl": "https://host/page?token=1",
    "PublishCdnParams": [{"PublishCdnUrl": "rtmp://host/app/key"}],
}


@attrs.define
class PlayedMedia:
    """Media that do nothing by themselves; `stop` waits until the test lets it return."""

    jobs: dict[str, Job] = attrs.field(factory=dict)
    stopped: list[str] = attrs.field(factory=list)
    closed: int = 0
    full: str | None = None
    breaks: Exception | None = None
    left: tuple[RecordedFile, ...] = ()
    spoilt: str = ""
    may_stop: asyncio.Event = attrs.field(factory=asyncio.Event)

    def capacity(self, waiting: int) -> str | None:
        del waiting
        return self.full

    async def start(self, job: Job) -> None:
        if self.breaks:
            raise self.breaks
        self.jobs[job.task_id] = job

    async def stop(self, task_id: str) -> None:
        self.stopped.append(task_id)
        await self.may_stop.wait()

    async def recover(self, folder: Path) -> tuple[RecordedFile, ...]:
        if folder.parent.name == self.spoilt:
            raise FileNotFoundError(folder)
        return self.left or (RecordedFile(folder.name + ".mp4", 1, 0, 1),)

    async def close(self) -> None:
        self.closed += 1


@attrs.define
class World:
    """A service with media that the test plays, over a database that outlives it."""

    data: Path
    now: float = 1_700_000_000.0
    events: list[str] = attrs.field(factory=list)
    left: tuple[RecordedFile, ...] = ()
    spoilt: str = ""
    assumptions: Assumptions = attrs.field(factory=Assumptions)

    def run(
        self, test: Callable[[TaskService, PlayedMedia], Awaitable[None]], *, survives: bool = False
    ) -> None:
        async def go() -> None:
            store = Store(self.data / "emulator.db")
            settings = Settings(data=self.data, assumptions=self.assumptions)
            service = TaskService(store, OffsetClock(lambda: self.now), settings, survives=survives)
            media = PlayedMedia(left=self.left, spoilt=self.spoilt)
            service.attach(media)
            service.subscribe(self._note)
            await service.recover()
            await test(service, media)
            store.close()

        asyncio.run(go())

    def _note(self, event: Event, task: Task) -> None:
        assert event.seq > 0
        assert event.task_id == task.task_id
        if event.kind is EventKind.ENDED:
            assert event.reason is not None
            self.events.append(f"ended:{event.reason.value}")
        else:
            self.events.append(event.kind.value)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def begin(service: TaskService, **changes: Any) -> str:
    body = start_body(**changes)
    return service.start(read_start(body, Assumptions(odd_sizes="round")), body).task_id


async def settle() -> None:
    """Let what was put off to the event loop happen."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_recording_that_loads_its_page_can_be_stopped(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        task_id = begin(service)
        await service.advance(5)
        service.stop(task_id)
        with pytest.raises(ApiError):
            service.describe(task_id)
        service.started(task_id)
        await settle()
        assert media.stopped == [task_id]

    world.assumptions = FOUND
    world.run(test)
    assert "started" not in world.events


def test_it_records_only_when_the_media_say_so(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        task_id = begin(service)
        with pytest.raises(ApiError):
            service.describe(task_id)
        await service.advance(5)
        assert list(media.jobs) == [task_id]
        assert service.describe(task_id).state is State.LOADING
        service.started(task_id)
        service.started(task_id)
        assert service.describe(task_id).started_ms == int(world.now * 1000) + 5000

    world.assumptions = FOUND
    world.run(test)
    assert world.events == ["started"]


def test_what_loads_its_page_is_as_if_it_were_not_there(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        task_id = begin(service, RecordId="mine")
        await service.advance(5)
        assert list(media.jobs) == [task_id]
        with pytest.raises(ApiError, match="TaskNotExist"):
            service.describe(task_id)
        with pytest.raises(ApiError, match="TaskNotExist"):
            service.describe_record(1400000000, "mine")
        with pytest.raises(ApiError, match="TaskNotExist"):
            service.stop(task_id)
        with pytest.raises(ApiError, match="TaskExist"):
            begin(service, RecordId="mine")
        service.started(task_id)
        assert service.describe(task_id).state is State.RECORDING
        assert service.stop(task_id).state is State.ENDED

    world.run(test)
    assert world.events == ["started", "ended:stopped"]


def test_no_task_goes_back(world: World) -> None:
    async def test(service: TaskService, _: PlayedMedia) -> None:
        task = service.start(read_start(start_body(), Assumptions()), start_body())
        states = list(State)
        for number, state in enumerate(states):
            for other in states[: number + 1]:
                with pytest.raises(ValueError, match="cannot go"):
                    moved_on(attrs.evolve(task, state=state), other, 1)
            for other in states[number + 1 :]:
                assert moved_on(attrs.evolve(task, state=state), other, 1).state is other

    world.run(test)


def test_a_database_of_version_0_1_is_read(world: World) -> None:
    ids: list[str] = []

    async def earlier(service: TaskService, _: PlayedMedia) -> None:
        odd = {"WebRecordVideoParams": {"Width": 641}, "EmulateMobileParams": {"MobileDeviceType": 1}}
        ids.append(begin(service, **odd))
        await service.advance(5)
        vod = {"SubAppId": 9, "MediaType": 3, "UserDefineRecordId": "x"}
        ids.append(begin(service, StorageParams={"CloudVod": {"TencentVod": vod}}, **SECRETS))

    async def later(service: TaskService, media: PlayedMedia) -> None:
        # The first was loading: its recorder is gone. The other begins yet.
        loaded, accepted = (service._store.get(task_id) for task_id in ids)
        assert loaded is not None
        assert accepted is not None
        assert (loaded.state, accepted.state) == (State.ENDED, State.ACCEPTED)
        plan = loaded.plan
        assert (plan.subfolder, plan.formats) == ("cos/webrecord-1234589/record/video", ("mp4",))
        assert (plan.width, plan.height, plan.mobile) == (640, 720, Mobile(1, 0))
        plan = accepted.plan
        assert (plan.subfolder, plan.formats, plan.file_prefix) == (
            "vod/9",
            ("hls", "mp4"),
            "x__UserDefine_u_",
        )
        await service.advance(5)
        (job,) = media.jobs.values()
        assert (job.url, job.cdn_urls) == ("https://host/page?token=1", ("rtmp://host/app/key",))

    world.run(earlier)
    with closing(sqlite3.connect(world.data / "emulator.db")) as db:
        assert db.execute("SELECT state FROM task").fetchall() == [("loading",), ("accepted",)]
        # As it was: loading had no name, and no plan was kept; nor was there an outbox.
        db.executescript(
            "UPDATE task SET state = 'accepted'; ALTER TABLE task DROP COLUMN plan; "
            "DROP TABLE message; PRAGMA user_version = 1"
        )
    world.run(later)
    assert world.events == ["file", "ended:crashed"]


def test_the_job_holds_what_was_asked_for(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        task_id = begin(
            service,
            WebRecordVideoParams={"Width": 640, "Height": 0, "MaxMediaFileDuration": 5},
            EmulateMobileParams={"MobileDeviceType": 1},
            ReadyTimeout=7,
            **SECRETS,
        )
        await service.advance(5)
        job = media.jobs[task_id]
        assert (job.width, job.height, job.formats, job.max_file_minutes) == (640, 720, ("mp4",), 5)
        assert job.mobile is not None
        assert (job.mobile.device_type, job.mobile.orientation, job.ready_timeout) == (1, 0, 7)
        assert (job.url, job.cdn_urls) == ("https://host/page?token=1", ("rtmp://host/app/key",))
        folder = job.folder.relative_to(world.data)
        assert folder.parts[:4] == ("cos", "webrecord-1234589", "record", "video")
        assert folder.parts[4:] == (task_id.replace("/", "_").replace("+", "-"),)
        assert "token" not in repr(job)

    world.run(test)


@pytest.mark.parametrize(
    ("media_type", "formats", "minutes"),
    [(0, ("mp4",), 1440), (1, ("hls",), None), (3, ("hls", "mp4"), 1440)],
)
def test_the_job_of_a_vod_recording(
    world: World, media_type: int, formats: tuple[str, ...], minutes: int | None
) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        vod = {"SubAppId": 9, "MediaType": media_type, "UserDefineRecordId": "mine"}
        task_id = begin(service, StorageParams={"CloudVod": {"TencentVod": vod}})
        await service.advance(5)
        job = media.jobs[task_id]
        assert (job.formats, job.max_file_minutes) == (formats, minutes)
        assert job.folder.relative_to(world.data).parts[:2] == ("vod", "9")
        assert job.file_prefix == "mine__UserDefine_u_"

    world.run(test)


def test_its_files_are_complete_some_time_after_the_end(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        task_id = begin(service)
        await service.advance(5)
        service.started(task_id)
        service.cdn(task_id, 0, 2, "")
        service.stop(task_id)
        await settle()
        assert media.stopped == [task_id]
        service.started(task_id)
        service.crashed(task_id, "late")
        service.file(task_id, FILE)
        assert "finished" not in world.events
        media.may_stop.set()
        await settle()
        service.file(task_id, FILE)

    world.run(test)
    assert world.events == ["started", "cdn", "ended:stopped", "file", "finished"]


def test_the_media_can_end_it(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        failed, crashed, silent = (begin(service) for _ in range(3))
        await service.advance(5)
        service.failed(failed, "Page load timeout")
        service.started(crashed)
        service.reloaded(crashed)
        service.crashed(crashed, "gone")
        service.started(silent)
        service.finished(silent)
        await settle()

    world.run(test)
    ends = [event for event in world.events if event.startswith("ended")]
    assert ends == ["ended:failed", "ended:crashed", "ended:crashed"]
    assert world.events.count("finished") == 3


def test_media_that_break_end_one_recording_only(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        begin(service)
        media.breaks = RuntimeError("no browser")
        await service.advance(5)
        media.breaks = None
        other = begin(service)
        await service.advance(5)
        assert list(media.jobs) == [other]

    world.run(test)
    assert world.events[0] == "ended:failed"


def test_a_beginning_that_could_not_be_noted_is_made_again(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        task_id = begin(service)
        media.breaks = sqlite3.OperationalError("database or disk is full")
        with pytest.raises(sqlite3.Error):
            await service.advance(5)
        service.attach(NoMedia(service))
        await service.advance(0)
        assert service.describe(task_id).state is State.RECORDING

    world.run(test, survives=True)
    assert world.events == ["started"]


def test_addresses_that_somebody_took_away_end_one_recording_only(world: World) -> None:
    """A masked address is never opened in their place."""

    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        for _ in range(3):
            begin(service, **SECRETS)
        pending = sorted((world.data / "pending").iterdir())
        pending[0].unlink()
        pending[1].write_text("[]")
        await service.advance(5)
        assert len(media.jobs) == 1

    world.run(test)
    assert world.events.count("ended:failed") == 2


def test_what_a_browser_loaded_goes_on_without_one(world: World) -> None:
    async def first(service: TaskService, _: PlayedMedia) -> None:
        begin(service)
        await service.advance(5)

    async def second(service: TaskService, media: PlayedMedia) -> None:
        (task,) = service._store.live()
        assert (task.state, task.started_ms) == (State.RECORDING, service._clock.now_ms())
        assert media.jobs == {}

    world.run(first)
    world.run(second, survives=True)
    assert world.events == ["started"]


def test_media_without_room_refuse_a_start(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.full = "The disk is full."
        with pytest.raises(ApiError) as caught:
            begin(service)
        assert caught.value.code == "ResourceInsufficient.RequestRejection"
        assert "The disk is full." in caught.value.message

    world.run(test)


def test_the_limit_ends_it_before_its_end_is_told(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        task_id = begin(service)
        await service.advance(5)
        service.started(task_id)
        await service.advance(3600)
        await settle()

    world.run(test)
    assert world.events == ["started", "limit", "ended:limit", "finished"]


def test_a_video_that_is_too_large_is_a_limit_too(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        task_id = begin(service)
        await service.advance(5)
        service.started(task_id)
        service.too_large(task_id)
        await settle()

    world.run(test)
    assert world.events == ["started", "limit", "ended:too large", "finished"]


def test_a_browsers_recordings_end_with_the_process(world: World) -> None:
    async def first(service: TaskService, media: PlayedMedia) -> None:
        begin(service, RecordId="recording")
        await service.advance(5)
        service.started(next(iter(media.jobs)))
        begin(service, RecordId="loading")
        await service.advance(5)
        begin(service, RecordId="waiting")

    async def second(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        await settle()
        assert len(media.stopped) == 2
        await service.advance(5)
        assert len(media.jobs) == 1

    world.run(first)
    assert world.events == ["started"]
    world.run(second)
    assert world.events[1:5] == ["file", "ended:crashed", "file", "ended:crashed"]


def test_a_file_that_was_told_of_before_the_kill_is_told_of_once(world: World) -> None:
    async def first(service: TaskService, media: PlayedMedia) -> None:
        begin(service)
        await service.advance(5)
        task_id = next(iter(media.jobs))
        service.started(task_id)
        (left,) = await media.recover(media.jobs[task_id].folder)
        service.file(task_id, left)

    async def second(_service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        await settle()

    world.run(first)
    world.run(second)
    assert world.events.count("file") == 1


def test_of_however_many_files_none_is_told_of_again_after_a_kill(world: World) -> None:
    world.left = tuple(RecordedFile(f"a_{number}.mp4", 1, number, number + 1) for number in range(121))

    async def first(service: TaskService, _media: PlayedMedia) -> None:
        task_id = begin(service)
        await service.advance(5)
        service.started(task_id)
        for file in world.left[:-1]:
            service.file(task_id, file)

    async def second(_service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        await settle()

    world.run(first)
    world.run(second)
    assert world.events.count("file") == 121


def test_files_that_cannot_be_completed_keep_nothing_else_from_going_on(world: World) -> None:
    async def first(service: TaskService, _media: PlayedMedia) -> None:
        for app in (1, 2):
            vod = {"CloudVod": {"TencentVod": {"SubAppId": app}}}
            task_id = begin(service, StorageParams=vod)
            await service.advance(5)
            service.started(task_id)

    async def second(_service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        await settle()

    world.run(first)
    world.spoilt = "1"
    world.events.clear()
    world.run(second)
    assert world.events == ["ended:crashed", "file", "ended:crashed", "finished", "finished"]


def test_what_was_accepted_under_other_rules_goes_on_after_a_restart(world: World) -> None:
    odd = {"WebRecordVideoParams": {"Width": 641, "Height": 361}}

    async def first(service: TaskService, _media: PlayedMedia) -> None:
        service.started(begin(service, **odd))
        begin(service, **odd)

    async def second(service: TaskService, media: PlayedMedia) -> None:
        await service.advance(5)
        (job,) = media.jobs.values()
        assert (job.width, job.height) == (640, 360)

    world.assumptions = Assumptions(odd_sizes="round")
    world.run(first)
    world.assumptions = Assumptions(odd_sizes="refuse")
    world.run(second)
    assert world.events == ["started", "file", "ended:crashed"]


def test_an_orderly_end_closes_a_browsers_recordings(world: World) -> None:
    async def test(service: TaskService, media: PlayedMedia) -> None:
        media.may_stop.set()
        task_id = begin(service)
        await service.advance(5)
        service.started(task_id)
        begin(service, RecordId="waiting")
        await service.close()
        assert (media.stopped, media.closed) == ([task_id], 1)

    world.run(test)
    assert world.events == ["started", "ended:shutdown", "finished"]


def test_reports_of_a_task_that_is_not_there_are_ignored(world: World) -> None:
    async def test(service: TaskService, _: PlayedMedia) -> None:
        service.screencast("none", "")
        service.started("none")
        service.reloaded("none")
        service.failed("none", "")
        service.crashed("none", "")
        service.file("none", FILE)
        service.cdn("none", 0, 1, "")
        service.finished("none")

    world.run(test)
    assert world.events == []


def test_the_last_events_of_a_task_are_kept(world: World) -> None:
    async def test(service: TaskService, _: PlayedMedia) -> None:
        task_id = begin(service)
        await service.advance(5)
        service.started(task_id)
        service.file(task_id, FILE)
        for index in range(100):
            service.cdn(task_id, index, 2, "again")
        service.stop(task_id)

    world.run(test)
    store = Store(world.data / "emulator.db")
    (task,) = store.newest_tasks(1)
    events = store.events(task.task_id)
    assert [event.seq for event in events] == sorted(event.seq for event in events)
    assert events[-1].reason is EndReason.STOPPED
    assert len(events) == 50
    assert (events[0].kind, events[0].status, events[0].message) == (EventKind.CDN, 2, "again")
    # A file is known however long ago it was.
    assert store.files_told(task.task_id) == {FILE.name}
    store.close()


def test_a_files_event_comes_back_as_it_was(world: World) -> None:
    async def test(service: TaskService, _: PlayedMedia) -> None:
        task_id = begin(service)
        await service.advance(5)
        service.started(task_id)
        service.file(task_id, FILE)

    world.run(test)
    store = Store(world.data / "emulator.db")
    (task,) = store.newest_tasks(1)
    assert store.events(task.task_id)[-1].file == FILE
    store.close()
