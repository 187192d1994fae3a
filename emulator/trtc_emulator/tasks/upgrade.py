"""From the database of version 0.1 to today's."""

from __future__ import annotations

import json
import sqlite3

from trtc_emulator.request.storage import read_storage
from trtc_emulator.settings.assumptions import Assumptions

FROM = 1


def upgrade(db: sqlite3.Connection) -> None:
    """Fill the columns that are new: loading was an accepted task without a time, and folder and formats
    were read from the request each time.
    """
    db.execute("ALTER TABLE task ADD COLUMN subfolder TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE task ADD COLUMN formats TEXT NOT NULL DEFAULT ''")
    db.execute("UPDATE task SET state = 'loading' WHERE state = 'accepted' AND due_ms IS NULL")
    for task_id, text in db.execute("SELECT task_id, params FROM task").fetchall():
        params = json.loads(text)
        # Masked StorageParams keep all rules that the real ones keep.
        storage = read_storage(params, params.get("WebRecordVideoParams", {}), Assumptions())
        db.execute(
            "UPDATE task SET subfolder = ?, formats = ? WHERE task_id = ?",
            (str(storage.folder), ",".join(storage.formats), task_id),
        )
