"""When and in which order messages are sent, in a time that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import attrs
import pytest

from trtc_emulator.callbacks.messages import Message
from trtc_emulator.callbacks.queue import CallbackQueue
from trtc_emulator.callbacks.sender import Sender, next_wait
from trtc_emulator.settings.receivers import Receiver, Receivers
from trtc_emulator.tasks.store import Store

BEGIN = 1_700_000_000.0


async def settle() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


@attrs.define
class World:
    """A sender whose posts succeed as the test says, and whose time stands still until it is moved."""

    queue: CallbackQueue
    now: float = BEGIN
    working: set[int] = attrs.field(factory=set)
    sent: list[tuple[float, str, int]] = attrs.field(factory=list)
    sleepers: list[tuple[float, asyncio.Future[None]]] = attrs.field(factory=list)

    def run(self, test: Callable[[Sender], Awaitable[None]]) -> None:
        async def go() -> None:
            receivers = Receivers({1: "http://one.invalid", 2: "http://two.invalid"})
            sender = Sender(
                self.queue,
                receivers,
                self._post,
                address="http://a",
                event_time="EventMsTs",
                wall=lambda: self.now,
                sleep=self._sleep,
            )
            await test(sender)
            await settle()
            sender.forget()

        asyncio.run(go())

    def put(self, task_id: str, app: int, *types: int) -> None:
        for number in types:
            self.queue.put(Message(task_id, app, number, 5, {"Status": 1}), self.now)

    async def advance(self, seconds: float) -> None:
        target = self.now + seconds
        await settle()
        while self.sleepers and min(until for until, _ in self.sleepers) <= target:
            self.sleepers.sort(key=lambda sleeper: sleeper[0])
            self.now, waiting = self.sleepers.pop(0)
            waiting.set_result(None)
            await settle()
        self.now = target

    def times(self, task_id: str, number: int) -> list[float]:
        return [at - BEGIN for at, task, kind in self.sent if (task, kind) == (task_id, number)]

    async def _post(self, receiver: Receiver, app: int, body: bytes) -> bool:
        del receiver
        message = body.decode()
        task_id = message.split('"TaskId": "')[1].split('"')[0]
        number = int(message.split('"EventType": ')[1].split(",")[0])
        self.sent.append((self.now, task_id, number))
        await asyncio.sleep(0)
        return app in self.working

    async def _sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.now + seconds, waiting))
        await waiting


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = Store(tmp_path / "emulator.db")
    yield World(CallbackQueue(store))
    store.close()


def test_once_more_at_once_then_every_ten_seconds_for_a_minute(world: World) -> None:
    async def test(sender: Sender) -> None:
        world.put("a", 1, 801)
        sender.wake("a")
        await world.advance(600)
        assert world.times("a", 801) == [0, 0, 10, 20, 30, 40, 50, 60]
        assert world.queue.tasks() == []

    world.run(test)


def test_a_slow_receiver_is_given_up_after_the_same_minute() -> None:
    assert next_wait(1, 5.0) == 0
    assert next_wait(2, 10.0) == 10
    assert next_wait(5, 50.0) == 10
    assert next_wait(5, 50.1) is None


def test_a_clock_that_is_set_back_does_not_make_it_go_on_for_ever() -> None:
    attempts = 1
    while next_wait(attempts, -86400.0) is not None:
        attempts += 1
        assert attempts < 20


def test_a_task_keeps_its_order_and_the_next_message_waits(world: World) -> None:
    async def test(sender: Sender) -> None:
        world.put("a", 1, 801, 802)
        sender.wake("a")
        await world.advance(25)
        assert world.times("a", 802) == []
        world.working.add(1)
        world.put("a", 1, 312)
        sender.wake("a")
        await world.advance(10)
        assert [number for _, _, number in world.sent[-3:]] == [801, 802, 312]
        assert world.queue.tasks() == []

    world.run(test)


def test_what_waited_behind_a_message_that_was_given_up_is_tried_too(world: World) -> None:
    async def test(sender: Sender) -> None:
        world.put("a", 1, 801, 802)
        sender.wake("a")
        await world.advance(600)
        assert world.times("a", 802) == [60, 60]
        assert world.queue.tasks() == []

    world.run(test)


def test_other_tasks_and_applications_do_not_wait(world: World) -> None:
    async def test(sender: Sender) -> None:
        world.working.add(2)
        for number in range(50):
            world.put(f"a{number}", 1, 801)
            sender.wake(f"a{number}")
        world.put("b", 2, 801, 802)
        sender.wake("b")
        await world.advance(0)
        assert world.times("b", 801) == world.times("b", 802) == [0]
        assert all(world.times(f"a{number}", 801) == [0, 0] for number in range(50))

    world.run(test)


def test_messages_of_an_application_without_a_receiver_are_dropped(world: World) -> None:
    async def test(sender: Sender) -> None:
        world.put("c", 3, 801)
        sender.wake("c")
        await world.advance(0)
        assert world.sent == []
        assert world.queue.tasks() == []

    world.run(test)


def test_what_was_queued_long_ago_is_still_tried(world: World) -> None:
    async def test(sender: Sender) -> None:
        world.put("a", 1, 801)
        world.now += 3600
        sender.wake("a")
        await world.advance(600)
        assert world.times("a", 801) == [3600, 3600]

    world.run(test)


def test_closing_leaves_the_rest_in_the_queue(world: World) -> None:
    async def test(sender: Sender) -> None:
        world.put("a", 1, 801, 802)
        sender.wake("a")
        await settle()
        await sender.close()
        first = world.queue.first("a")
        assert first is not None
        assert first.message.type == 801

    world.run(test)
