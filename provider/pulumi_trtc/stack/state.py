"""What the stack's own state says of a recording, read with the CLI that runs the update.

The engine tells a dynamic provider's `create` neither why it is called nor what an earlier update left. Its
saved state does: resources with their TaskIds, and the pending creates of updates that were killed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

import attrs

from pulumi_trtc.stack.history import RECENT_S, Failure, History, epoch

# How the engine marks a special value, such as a secret, in a state.
_SIGNATURE = "4dabf18193072939515e22adb298388d"


@attrs.frozen
class SavedRecording:
    """A recording that the state holds, the one that waits for its deletion in a replacement included.

    Attributes:
        unsettled: RecordIds under which something may run beside it.
    """

    urn: str
    task_id: str
    record_id: str
    inputs: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    unsettled: tuple[str, ...] = ()


@attrs.frozen
class PendingCreate:
    """A create that was under way when its update was killed."""

    urn: str
    inputs: Mapping[str, Any] = attrs.field(repr=False)


@attrs.frozen
class StackView:
    """A stack's state as it was before this process created anything.

    Attributes:
        readable: False when the state could not be read; then nothing is known.
        recent: An update ended within the last minute (or that cannot be told), so a task may have been
            started by another process and yet be too young for a Describe to find it.
        failed: One of the newest updates failed that start something (or that cannot be told), so a task may
            run of which there is no trace.
        failures: Those of the newest updates that failed, newest first. None where that cannot be told: else
            each update would look for leftovers, and show itself in each preview.
        unanswered: How many of them came after the last update that succeeded.
        cleared: A refresh has ended since the last update that succeeded, so pending creates may have been
            taken away: those that are left do not tell all that was asked for.
        touched: The state was written within the last minute (or that cannot be told). A killed update is
            not in the history, and `pulumi refresh --clear-pending-creates` takes its pending creates away
            before it asks for anything: when the state was written is all that is left of it.
        stopping: TaskIds whose deletion was under way when an update was killed.
    """

    readable: bool = True
    saved: tuple[SavedRecording, ...] = ()
    pending: tuple[PendingCreate, ...] = ()
    recent: bool = False
    failed: bool = False
    failures: tuple[Failure, ...] = ()
    unanswered: int = 0
    cleared: bool = False
    touched: bool = False
    stopping: frozenset[str] = frozenset()

    @property
    def newest_failure(self) -> str:
        """What a recording remembers once it was made sure that nothing else of it runs; "" if none failed,
        or if that cannot be told: then the next update that can tell looks once more than it must.
        """
        return self.failures[0].stamp if self.failures else ""

    @property
    def young(self) -> bool:
        """Whether a task of the state may be too young for the service to find it."""
        return self.recent or self.touched

    def is_suspect(self, last_failure: str | None) -> bool:
        """Whether an update failed since it was last made sure that nothing else of a recording runs.

        Args:
            last_failure: The `newest_failure` of that time; None if the recording does not remember one.
        """
        return bool(self._since(last_failure))

    def may_be_stopped(self, task_id: str, last_failure: str | None) -> bool:
        """Whether a task of the state may have been stopped by a deletion that was not carried through."""
        undone = any(one.kind == "destroy" for one in self._since(last_failure))
        return undone or task_id in self.stopping

    def _since(self, last_failure: str | None) -> tuple[Failure, ...]:
        # An update may succeed that left this recording out (`--target`), so success alone says nothing.
        if last_failure is None:
            return self.failures[: self.unanswered]
        return tuple(takewhile(lambda one: one.stamp != last_failure, self.failures))

    def task_ids(self) -> frozenset[str]:
        """Every TaskId in the state."""
        return frozenset(one.task_id for one in self.saved)

    def saved_of(self, urn: str) -> tuple[SavedRecording, ...]:
        """What the state holds of one declared recording: two entries in the middle of a replacement."""
        return tuple(one for one in self.saved if one.urn == urn)

    def pending_of(self, urn: str) -> tuple[PendingCreate, ...]:
        """The creates of one declared recording that earlier updates did not finish."""
        return tuple(one for one in self.pending if one.urn == urn)

    def trace_of(self, urn: str) -> str:
        """A fingerprint of the pending creates, so that they are cleared up once; "" for none."""
        entries = sorted(json.dumps(_plain(one.inputs), sort_keys=True) for one in self.pending_of(urn))
        return hashlib.sha256("\n".join(entries).encode()).hexdigest()[:16] if entries else ""


UNREADABLE = StackView(readable=False, recent=True, failed=True, cleared=True, touched=True)


def parse_export(text: str) -> tuple[tuple[SavedRecording, ...], tuple[PendingCreate, ...]]:
    """Read the recordings out of what `pulumi stack export` prints, or of a checkpoint file of a backend.

    Raises:
        ValueError: The text is no deployment.
    """
    try:
        read = json.loads(text)
        deployment = read["deployment"] if "deployment" in read else read["checkpoint"]["latest"]
        saved = tuple(
            SavedRecording(
                _urn(one),
                str(one["id"]),
                str((one.get("outputs") or {}).get("recordId") or ""),
                one.get("inputs") or {},
                tuple(map(str, (one.get("outputs") or {}).get("unsettled") or ())),
            )
            for one in deployment.get("resources") or ()
            if is_recording(one) and one.get("id")
        )
        pending = tuple(
            PendingCreate(_urn(one["resource"]), one["resource"].get("inputs") or {})
            for one in deployment.get("pending_operations") or ()
            if one.get("type") == "creating" and is_recording(one["resource"])
        )
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"no deployment: {type(wrong).__name__}") from wrong
    return saved, pending


def parse_stopping(text: str) -> frozenset[str]:
    """The TaskIds whose deletion was under way when the update was killed that wrote an exported state.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        operations = json.loads(text)["deployment"].get("pending_operations") or ()
        return frozenset(
            str(one["resource"].get("id"))
            for one in operations
            if one.get("type") == "deleting" and is_recording(one["resource"])
        )
    except (KeyError, TypeError, AttributeError):
        return frozenset()


def is_touched(text: str, now: float) -> bool:
    """Whether an exported state was written within the last minute, or does not say when.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        written = epoch(json.loads(text)["deployment"]["manifest"]["time"])
    except (KeyError, TypeError):
        written = None
    return written is None or abs(now - written) < RECENT_S


def is_recording(resource: Mapping[str, Any]) -> bool:
    """Whether a resource of a deployment is one of ours."""
    return str(resource.get("type", "")) == "pulumi-python:dynamic/trtc:WebRecording"


def _urn(resource: Mapping[str, Any]) -> str:
    # The program computed the owner's URN. Should it ever differ from the engine's, its own spelling is
    # what counts.
    owner = (resource.get("inputs") or {}).get("owner")
    return str(owner["urn"]) if isinstance(owner, Mapping) and owner.get("urn") else str(resource["urn"])


def view_of(export: str, history: History, now: float) -> StackView:
    """All that an exported state and the newest updates say.

    Raises:
        ValueError: The text is no deployment.
    """
    saved, pending = parse_export(export)
    return StackView(
        saved=saved,
        pending=pending,
        recent=history.recent,
        failed=history.failed,
        failures=history.failures,
        unanswered=history.unanswered,
        cleared=history.cleared,
        touched=is_touched(export, now),
        stopping=parse_stopping(export),
    )


def is_ciphertext(value: object) -> bool:
    """Whether a value of an exported state is encrypted, so that it cannot be compared."""
    return isinstance(value, Mapping) and _SIGNATURE in value


def _plain(value: Any) -> Any:
    """A value of an exported state without what is encrypted: each update encrypts it anew."""
    if is_ciphertext(value):
        return {}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
