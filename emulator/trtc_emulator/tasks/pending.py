"""Secrets of tasks that have not begun: the one place on disk where they lie, and only until they begin."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class Pending:
    """A folder with one file a task, readable by its owner alone. The page's address and the relay
    addresses are needed once more if the emulator is killed between Start and the beginning.
    """

    folder: Path

    def put(self, name: str, params: dict[str, Any]) -> None:
        """Keep what START's body holds of addresses; on disk when this returns."""
        kept = {name: params[name] for name in ("RecordUrl", "PublishCdnParams") if name in params}
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, json.dumps(kept).encode())
            os.fsync(file)
        finally:
            os.close(file)
        self._sync_folder()

    def get(self, name: str) -> dict[str, Any]:
        """What was kept; empty if nothing was, or the file was taken away."""
        try:
            found = json.loads((self.folder / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def drop(self, name: str) -> None:
        """Forget a task's secrets."""
        (self.folder / name).unlink(missing_ok=True)

    def keep_only(self, names: Collection[str]) -> None:
        """Forget those of all other tasks."""
        for path in self.folder.glob("*"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
