"""`--media none`."""

from __future__ import annotations

from pathlib import Path

from trtc_emulator.media.contract import Job, Listener, RecordedFile


class NoMedia:
    """Tasks live and end as in the real service, and no page is opened."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def capacity(self, waiting: int) -> str | None:
        """There is always room."""
        del waiting
        return None

    async def start(self, job: Job) -> None:
        """Report the start at once."""
        self._listener.started(job.task_id)

    async def stop(self, task_id: str) -> None:
        """Report the end at once."""
        self._listener.finished(task_id)

    async def recover(self, folder: Path) -> tuple[RecordedFile, ...]:
        """Nothing was left."""
        del folder
        return ()

    async def close(self) -> None:
        """Nothing to end."""
