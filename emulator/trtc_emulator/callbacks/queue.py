"""Messages that were not delivered yet, in SQLite: they survive the emulator."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import attrs

from trtc_emulator.callbacks.messages import Message
from trtc_emulator.tasks.store import StoreError

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, sdk_app_id INTEGER NOT NULL,
    type INTEGER NOT NULL, at_ms INTEGER NOT NULL, payload TEXT NOT NULL, queued_at REAL NOT NULL
) STRICT;
CREATE INDEX message_task ON message (task_id, id);
CREATE TABLE seen (seq INTEGER NOT NULL) STRICT;
INSERT INTO seen VALUES (0);
PRAGMA user_version = 1;
"""


@attrs.frozen
class Queued:
    """A message with its place in the queue and the machine's time at which it came there."""

    id: int
    queued_at: float
    message: Message


class CallbackQueue:
    """The queue of one data folder. Holds no secrets: neither keys nor receivers' addresses.

    Attributes:
        seen: The number of the last event whose messages are in the queue, or were.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            # What a power cut may take from here is made again from the events.
            self._db.execute("PRAGMA synchronous = NORMAL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._db.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            elif version != SCHEMA_VERSION:
                raise StoreError(f"{path} has version {version}, this emulator reads {SCHEMA_VERSION}")
            self.seen: int = self._db.execute("SELECT seq FROM seen").fetchone()[0]
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}") from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def put(self, seq: int, messages: Sequence[Message], now: float) -> None:
        """Queue an event's messages, all or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(
                "INSERT INTO message (task_id, sdk_app_id, type, at_ms, payload, queued_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [(m.task_id, m.sdk_app_id, m.type, m.at_ms, json.dumps(m.payload), now) for m in messages],
            )
            self._db.execute("UPDATE seen SET seq = ?", (seq,))
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        self.seen = seq

    def first(self, task_id: str) -> Queued | None:
        """A task's oldest message."""
        row = self._db.execute(
            "SELECT id, queued_at, task_id, sdk_app_id, type, at_ms, payload FROM message WHERE task_id = ? "
            "ORDER BY id LIMIT 1",
            (task_id,),
        ).fetchone()
        if row is None:
            return None
        number, queued_at, task, app, kind, at_ms, payload = row
        return Queued(number, queued_at, Message(task, app, kind, at_ms, json.loads(payload)))

    def drop(self, queued: Queued) -> None:
        """A message was delivered, or is given up."""
        self._db.execute("DELETE FROM message WHERE id = ?", (queued.id,))

    def tasks(self) -> list[str]:
        """The tasks that have messages, the one with the oldest first."""
        rows = self._db.execute("SELECT task_id FROM message GROUP BY task_id ORDER BY MIN(id)")
        return [row[0] for row in rows]

    def clear(self) -> None:
        """Forget everything but what was seen."""
        self._db.execute("DELETE FROM message")
