"""Secrets of tasks that have not begun: the one place on disk where they lie, and only until they begin."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path

import attrs


@attrs.frozen
class Addresses:
    """What of a recording is secret, and needed until it begins.

    Attributes:
        url: The page's.
        cdn_urls: Those that it is relayed to.
    """

    url: str = attrs.field(repr=False)
    cdn_urls: tuple[str, ...] = attrs.field(default=(), repr=False)


@attrs.frozen
class Pending:
    """A folder with one file a task, readable by its owner alone. The page's address and the relay
    addresses are needed once more if the emulator is killed between Start and the beginning.
    """

    folder: Path

    def put(self, name: str, addresses: Addresses) -> None:
        """Keep a task's addresses; on disk when this returns."""
        relays = [{"PublishCdnUrl": url} for url in addresses.cdn_urls]
        kept = {"RecordUrl": addresses.url, "PublishCdnParams": relays}
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(file, json.dumps(kept).encode())
            os.fsync(file)
        finally:
            os.close(file)
        self._sync_folder()

    def get(self, name: str) -> Addresses:
        """What was kept. Raises OSError, ValueError or KeyError where somebody has changed that."""
        found = json.loads((self.folder / name).read_bytes())
        relays = found.get("PublishCdnParams", [])
        return Addresses(found["RecordUrl"], tuple(relay["PublishCdnUrl"] for relay in relays))

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
