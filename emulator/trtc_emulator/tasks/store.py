"""Tasks and their events in SQLite: what was committed here survives any kill. Holds no secrets."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from trtc_emulator.request.plan import Plan
from trtc_emulator.tasks import upgrade
from trtc_emulator.tasks.events import EndReason, Event, State
from trtc_emulator.tasks.task import Task

SCHEMA_VERSION = 3
EVENTS_KEPT = 50
_SCHEMA = """
CREATE TABLE task (
    task_id TEXT PRIMARY KEY, sdk_app_id INTEGER NOT NULL, record_id TEXT, record_url TEXT NOT NULL,
    params TEXT NOT NULL, max_duration_s INTEGER NOT NULL, created_ms INTEGER NOT NULL, due_ms INTEGER,
    state TEXT NOT NULL, started_ms INTEGER, ended_ms INTEGER, finished_ms INTEGER, reason TEXT,
    message TEXT NOT NULL, plan TEXT NOT NULL
);
CREATE INDEX task_due ON task (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX task_record_id ON task (sdk_app_id, record_id, created_ms);
CREATE INDEX task_live ON task (sdk_app_id) WHERE state <> 'ended';
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, kind TEXT NOT NULL, at_ms INTEGER NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX event_task ON event (task_id, seq);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_OUTBOX = f"""
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL, sdk_app_id INTEGER NOT NULL,
    type INTEGER NOT NULL, at_ms INTEGER NOT NULL, payload TEXT NOT NULL, queued_at REAL NOT NULL
);
CREATE INDEX message_task ON message (task_id, id);
PRAGMA user_version = {SCHEMA_VERSION};
"""
_COLUMNS = [field.name for field in attrs.fields(Task)]
_PUT_TASK = (
    f"INSERT INTO task ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)}) "  # noqa: S608
    f"ON CONFLICT (task_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS)}"
)


class StoreError(Exception):
    """The database cannot be used."""


class Store:
    """The database of one data folder. Every change stands in a `transaction`, durable when it is left."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._db.executescript(f"BEGIN; {_SCHEMA} {_OUTBOX} COMMIT;")
            elif version == upgrade.FROM:
                with self.transaction():
                    upgrade.upgrade(self._db)
                    for statement in filter(str.strip, _OUTBOX.split(";")):
                        self._db.execute(statement)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}") from error
        if version not in (0, upgrade.FROM, SCHEMA_VERSION):
            raise StoreError(
                f"{path} has version {version} of the database, this emulator reads {SCHEMA_VERSION}"
            )

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does as one, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        """For what others keep in this database: the outbox."""
        return self._db.execute(statement, values)

    def put(self, task: Task) -> None:
        """Insert a task, or replace it."""
        row = attrs.asdict(task, recurse=False)
        row["params"] = json.dumps(task.params, ensure_ascii=False)
        row["plan"] = json.dumps(task.plan.to_json())
        row["state"] = task.state.value
        row["reason"] = task.reason.value if task.reason else None
        self._db.execute(_PUT_TASK, row)

    def get(self, task_id: str) -> Task | None:
        """The task of this id."""
        return self._one("task_id = ?", task_id)

    def newest(self, sdk_app_id: int, record_id: str) -> Task | None:
        """The task that was last accepted under this RecordId."""
        return self._one(
            "sdk_app_id = ? AND record_id = ? ORDER BY created_ms DESC, rowid DESC", sdk_app_id, record_id
        )

    def due(self, now_ms: int) -> Task | None:
        """The task to which something is to happen first, if that time has come."""
        return self._one("due_ms <= ? ORDER BY due_ms, rowid", now_ms)

    def next_due_ms(self) -> int | None:
        """When something is to happen next."""
        found: int | None = self._db.execute(
            "SELECT MIN(due_ms) FROM task WHERE due_ms IS NOT NULL"
        ).fetchone()[0]
        return found

    def live(self) -> list[Task]:
        """All tasks that have not ended."""
        return self._many("state <> 'ended' ORDER BY created_ms, rowid")

    def unfinished(self) -> list[Task]:
        """All tasks that have ended and whose files may be incomplete."""
        return self._many("state = 'ended' AND finished_ms IS NULL ORDER BY created_ms, rowid")

    def newest_tasks(self, limit: int, state: str | None = None) -> list[Task]:
        """The tasks that were accepted last, newest first; of one state or of all."""
        return self._many(
            "?1 IN (state, '') ORDER BY created_ms DESC, rowid DESC LIMIT ?2", state or "", limit
        )

    def count_live(self, sdk_app_id: int) -> int:
        """How many tasks of an application have not ended."""
        found: int = self._db.execute(
            "SELECT COUNT(*) FROM task WHERE state <> 'ended' AND sdk_app_id = ?", (sdk_app_id,)
        ).fetchone()[0]
        return found

    def count_waiting(self) -> int:
        """How many tasks are accepted and have not begun."""
        found: int = self._db.execute("SELECT COUNT(*) FROM task WHERE state = 'accepted'").fetchone()[0]
        return found

    def count(self) -> dict[str, int]:
        """How many tasks there are in each state."""
        rows = self._db.execute("SELECT state, COUNT(*) FROM task GROUP BY state").fetchall()
        return {state.value: 0 for state in State} | {row[0]: row[1] for row in rows}

    def add_event(self, event: Event) -> Event:
        """Store an event and drop the oldest of its task beyond EVENTS_KEPT; returns it with its `seq`.

        Those of files stay: after a kill they tell which files were reported.
        """
        details = json.dumps(event.details(), ensure_ascii=False)
        cursor = self._db.execute(
            "INSERT INTO event (task_id, kind, at_ms, details) VALUES (?, ?, ?, ?)",
            (event.task_id, event.kind.value, event.at_ms, details),
        )
        self._db.execute(
            "DELETE FROM event WHERE task_id = ?1 AND kind <> 'file' AND seq <= "
            "(SELECT seq FROM event WHERE task_id = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
            (event.task_id, EVENTS_KEPT),
        )
        return attrs.evolve(event, seq=cursor.lastrowid or 0)

    def events(self, task_id: str) -> list[Event]:
        """A task's last EVENTS_KEPT events, oldest first."""
        return self._events("task_id = ? ORDER BY seq DESC LIMIT ?", task_id, EVENTS_KEPT)[::-1]

    def files_told(self, task_id: str) -> set[str]:
        """The names of all files of a task that were reported."""
        events = self._events("task_id = ? AND kind = 'file'", task_id)
        return {event.file.name for event in events if event.file is not None}

    def meta(self, name: str) -> str | None:
        """A value that is no task's."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Keep a value that is no task's."""
        self._db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def clear(self) -> None:
        """Forget everything."""
        for table in ("task", "event", "meta", "message"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608

    def _events(self, where: str, *values: object) -> list[Event]:
        rows = self._db.execute(f"SELECT * FROM event WHERE {where}", values)  # noqa: S608
        return [
            Event.from_details(
                row["seq"], row["kind"], row["task_id"], row["at_ms"], json.loads(row["details"])
            )
            for row in rows
        ]

    def _one(self, where: str, *values: object) -> Task | None:
        found = self._many(f"{where} LIMIT 1", *values)
        return found[0] if found else None

    def _many(self, where: str, *values: object) -> list[Task]:
        rows = self._db.execute(f"SELECT * FROM task WHERE {where}", values)  # noqa: S608
        return [_task(dict(row)) for row in rows]


def _task(row: dict[str, Any]) -> Task:
    row["params"] = json.loads(row["params"])
    row["plan"] = Plan.from_json(json.loads(row["plan"]))
    row["state"] = State(row["state"])
    row["reason"] = EndReason(row["reason"]) if row["reason"] else None
    return Task(**row)
