"""The calls of a rehearsal's preview: they write down what is declared, and ask, check and start nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from pulumi_trtc.errors import Rehearsed
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle import props as p

if TYPE_CHECKING:
    from pulumi_trtc.lifecycle.calls import Difference

VARIABLE = "TRTC_REHEARSAL"
"""Names the file to write to. Where it is set, a program can neither start nor stop a recording."""

PICTURED = ("recordUrl", "webRecordVideoParams", "emulateMobileParams", "readyTimeout")
"""The inputs that say what is seen. All others, storage keys and CDN addresses with them, stay unread."""

Props = Mapping[str, Any]


@attrs.frozen
class RehearsalCalls:
    """In place of `Calls`, whatever the configuration and the explicit provider of a recording say.

    Args:
        file: Gets a line of JSON for each declared recording: "urn", "inputs", and "unknown", the inputs that
            only an update will know. Readable by its owner alone: an address may hold a token.
    """

    file: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> RehearsalCalls | None:
        """Those of this process, None if it is not for a rehearsal."""
        return cls(Path(environ[VARIABLE])) if environ.get(VARIABLE) else None

    def owner(self, urn: str) -> dict[str, Any]:
        """See `Calls.owner`; nobody is asked whose the stack is."""
        return {"urn": urn}

    def check(self, _olds: Props, news: Props) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Write a recording down. What is wrong with it is for `pulumi preview` to say."""
        given = {key: news[key] for key in PICTURED if news.get(key) is not None}
        unknown = [key for key, value in given.items() if _holds_unknown(value)]
        inputs = {key: value for key, value in given.items() if key not in unknown}
        line = json.dumps({"urn": p.urn_of(news), "inputs": inputs, "unknown": unknown})
        # One write, since several processes may have the file.
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{line}\n".encode())
        finally:
            os.close(handle)
        return (), dict(p.owner_of(news))

    def read(self, task_id: str, props: Props) -> dict[str, Any]:
        """What a program gets of a recording that it only reads, without a look at it."""
        return {**props, "taskId": task_id, "status": p.RUNNING}

    def find(self, task_id: str, _urn: str) -> dict[str, Any]:
        """The same of one of which the engine knows nothing."""
        return self.read(task_id, {})

    def planned(self, inputs: Props) -> dict[str, Any]:
        """See `Calls.planned`."""
        return p.planned(inputs)

    def create(self, _props: Props, _limit: float = 0) -> tuple[str, dict[str, Any]]:
        """Refused, like all that the preview of a new stack does not ask for.

        Raises:
            Rehearsed: Always.
        """
        raise Rehearsed(VARIABLE)

    def diff(self, _task_id: str, _olds: Props, _news: Props) -> Difference:
        """See `create`."""
        raise Rehearsed(VARIABLE)

    def update(self, _task_id: str, _olds: Props, _news: Props) -> dict[str, Any]:
        """See `create`."""
        raise Rehearsed(VARIABLE)

    def delete(self, _task_id: str, _props: Props) -> None:
        """See `create`."""
        raise Rehearsed(VARIABLE)


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_unknown, value))
    return value is UNKNOWN
