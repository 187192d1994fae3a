"""From the database of version 0.1 to today's."""

from __future__ import annotations

import json
import sqlite3

from trtc_emulator.request.plan import read_plan
from trtc_emulator.settings.assumptions import Assumptions

FROM = 1


def upgrade(db: sqlite3.Connection) -> None:
    """Fill the column that is new: loading was an accepted task without a time, and how a recording is made
    was read from the request each time.
    """
    db.execute("ALTER TABLE task ADD COLUMN plan TEXT NOT NULL DEFAULT ''")
    db.execute("UPDATE task SET state = 'loading' WHERE state = 'accepted' AND due_ms IS NULL")
    for task_id, text in db.execute("SELECT task_id, params FROM task").fetchall():
        # What is masked of a body is not part of a plan. An odd size was accepted.
        plan = read_plan(json.loads(text), Assumptions(odd_sizes="round"))
        db.execute("UPDATE task SET plan = ? WHERE task_id = ?", (json.dumps(plan.to_json()), task_id))
