"""Messages that were not delivered yet: they survive the emulator."""

from __future__ import annotations

import json

import attrs

from trtc_emulator.callbacks.messages import Message
from trtc_emulator.tasks.store import Store


@attrs.frozen
class Queued:
    """A message with its place in the queue and the machine's time at which it came there."""

    id: int
    queued_at: float
    message: Message


@attrs.frozen
class CallbackQueue:
    """The outbox in the emulator's database. Holds no secrets: neither keys nor receivers' addresses."""

    store: Store

    def put(self, message: Message, now: float) -> None:
        """Queue a message."""
        self.store.execute(
            "INSERT INTO message (task_id, sdk_app_id, type, at_ms, payload, queued_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            *(message.task_id, message.sdk_app_id, message.type, message.at_ms),
            *(json.dumps(message.payload), now),
        )

    def first(self, task_id: str) -> Queued | None:
        """A task's oldest message."""
        row = self.store.execute(
            "SELECT id, queued_at, task_id, sdk_app_id, type, at_ms, payload FROM message WHERE task_id = ? "
            "ORDER BY id LIMIT 1",
            task_id,
        ).fetchone()
        if row is None:
            return None
        number, queued_at, task, app, kind, at_ms, payload = row
        return Queued(number, queued_at, Message(task, app, kind, at_ms, json.loads(payload)))

    def drop(self, queued: Queued) -> None:
        """A message was delivered, or is given up."""
        self.store.execute("DELETE FROM message WHERE id = ?", queued.id)

    def tasks(self) -> list[str]:
        """The tasks that have messages, the one with the oldest first."""
        rows = self.store.execute("SELECT task_id FROM message GROUP BY task_id ORDER BY MIN(id)")
        return [row[0] for row in rows]
