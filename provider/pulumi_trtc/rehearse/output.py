"""The folder that is left: the contact sheet, a video of each recording, and a list of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs

from pulumi_trtc.rehearse.failure import CannotRehearse

SHEET = "contact-sheet.png"
LISTING = "rehearsal.json"
_LONGEST_STEM = 60


@attrs.frozen
class Output:
    """A folder that holds one rehearsal and nothing else."""

    folder: Path

    @classmethod
    def prepare(cls, folder: Path) -> Output:
        """Make the folder, or take what an earlier rehearsal left out of it.

        Raises:
            CannotRehearse: There are other files in it, or it cannot be made.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            names = {path.name for path in folder.iterdir()}
            if names and LISTING not in names:
                raise CannotRehearse(f"{folder}: holds other files; name a folder of its own with --output")
            for name in names & _written_before(folder / LISTING):
                (folder / name).unlink()
            (folder / LISTING).write_text("{}\n")
        except OSError as failure:
            raise CannotRehearse(f"{folder}: cannot be written to ({failure.strerror})") from None
        return cls(folder)

    def write(self, name: str, content: bytes) -> None:
        """Write a file; raises CannotRehearse."""
        try:
            (self.folder / name).write_bytes(content)
        except OSError as failure:
            raise CannotRehearse(f"{self.folder / name}: cannot be written ({failure.strerror})") from None

    def list(self, about: dict[str, Any]) -> None:
        """Say what is in the folder, and what is not."""
        self.write(LISTING, (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode())


def stems(names: Iterable[str]) -> Sequence[str]:
    """A file's name for each recording's, all different, which any file system and archive takes."""
    taken: set[str] = set()
    found = []
    for name in names:
        plain = re.sub(r"[^\w-]+", "-", name)[:_LONGEST_STEM].strip("-") or "recording"
        tries = (plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3)))
        stem = next(one for one in tries if one.casefold() not in taken)
        taken.add(stem.casefold())
        found.append(stem)
    return found


def _written_before(listing: Path) -> set[str]:
    try:
        told = json.loads(listing.read_text())
        return {SHEET} | {str(one.get("video")) for one in told.get("recordings", ())}
    except (OSError, ValueError, AttributeError, TypeError):
        return {SHEET}
