"""What already runs under the RecordIds of a declared recording, and what is to become of it."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import attrs

from pulumi_trtc.errors import ApiError, Handling, RecordingExists
from pulumi_trtc.lifecycle import record_id as ids
from pulumi_trtc.lifecycle.declared import Wanted
from pulumi_trtc.service.api import WebRecordApi
from pulumi_trtc.stack.state import PendingCreate, StackView, is_ciphertext

# A start is tried under this many RecordIds, so a later process need not look at more.
CANDIDATES = 3
_NOT_RECORDED = frozenset({"whenEnded", "waitUntilRecording", "adopt", "owner", "recordId"})
_NOT_OURS = "FailedOperation.SdkAppIdNotUnderAppId"
_CREDENTIALS = frozenset({"accessKey", "secretKey"})


@attrs.frozen
class Search:
    """What was found.

    Attributes:
        candidates: RecordIds that a start may use, in order.
        spare: More of them, for those that turn out to be used up by tasks which have ended.
        adopt: RecordId and TaskId of a leftover that records just what is wanted.
        stop_first: TaskIds that must end before the new recording starts.
        mine: TaskIds that the state holds of this recording.
        leftovers: RecordIds of running leftovers, to be stopped once the new recording runs; those of
            another application as "<SdkAppId>/<RecordId>".
        sure: False if the state's own recording may be among them: then it runs on where none is started.
    """

    candidates: tuple[str, ...]
    spare: tuple[str, ...] = ()
    adopt: tuple[str, str] | None = None
    stop_first: tuple[str, ...] = ()
    mine: frozenset[str] = frozenset()
    leftovers: tuple[str, ...] = ()
    sure: bool = True

    def left_of(self, task_id: str) -> tuple[str, ...]:
        """The leftovers, and what could have been adopted if another task was."""
        passed = self.adopt is not None and self.adopt[1] != task_id
        return (*self.leftovers, *((self.adopt[0],) if self.adopt and passed else ()))


def find_leftovers(
    api: WebRecordApi, wanted: Wanted, view: StackView, started: Collection[str] = ()
) -> Search:
    """Look at every RecordId under which an earlier process may have started this recording.

    Args:
        started: TaskIds of what this process started: they are no leftovers.

    Raises:
        RecordingExists: A RecordId that a user gave is held by a recording that this stack does not know.
        ApiError: The service could not be asked; nothing was started.
    """
    known = {*view.task_ids(), *started, wanted.spec.adopt}
    given, elsewhere = _given(wanted, view), _elsewhere(wanted, view)
    seen: dict[str, str | None] = {}
    look = functools.partial(_look, api, wanted.spec.sdk_app_id, seen)
    look((*given, *elsewhere))
    if not view.readable:
        look(ids.attempts_from(wanted.derived, 0))
    order = tuple(ids.attempts_from(wanted.derived, _first(wanted, view, seen)))
    free = look(order, CANDIDATES)
    if view.pending_of(wanted.urn):
        # A service that remembered ended tasks when they were killed may have forgotten them since: then a
        # start went further than one would now.
        look(order)
    elif view.failed:
        # An interrupted update that could not read the state began with the very first attempt.
        look(ids.attempts_from(wanted.derived, 0), CANDIDATES)
    running = {record_id: task_id for record_id, task_id in seen.items() if task_id}
    own = dict.fromkeys((*order, *elsewhere))
    left = [one for one in own if one in running and running[one] not in known]
    adopt = _adoptable(wanted, view, running, left, known)
    if adopt:
        return Search(candidates=(), adopt=adopt, leftovers=tuple(one for one in left if one != adopt[0]))
    _refuse_foreign(wanted, view, running, given)
    held = running.get(wanted.spec.record_id or "")
    spare = tuple(one for one in order if one not in running and one not in free)
    return Search(
        candidates=(wanted.spec.record_id,) if wanted.spec.record_id else tuple(free),
        spare=() if wanted.spec.record_id else spare,
        stop_first=(held,) if held else (),
        mine=frozenset(one.task_id for one in view.saved_of(wanted.urn)),
        leftovers=tuple(left),
        sure=view.readable,
    )


def _look(
    api: WebRecordApi,
    sdk_app_id: int,
    seen: dict[str, str | None],
    record_ids: Iterable[str],
    enough: int = ids.ATTEMPTS,
) -> list[str]:
    """Ask for each RecordId, until enough are found under which nothing runs; returns these."""
    free: list[str] = []
    for record_id in record_ids:
        if len(free) == enough:
            break
        if record_id not in seen:
            seen[record_id] = running_task(api, sdk_app_id, record_id)
        if seen[record_id] is None:
            free.append(record_id)
    return free


def used_by(pending: PendingCreate) -> tuple[str, ...]:
    """Every derived RecordId that a killed create may have used, as "<SdkAppId>/<RecordId>"."""
    app, owner = pending.inputs.get("sdkAppId"), pending.inputs.get("owner")
    derived = owner.get("recordId") if isinstance(owner, Mapping) else None
    if not isinstance(app, (int, float)) or not isinstance(derived, str):
        return ()
    return tuple(f"{app:.0f}/{one}" for one in ids.attempts_from(derived, 0))


def running_task(api: WebRecordApi, sdk_app_id: int, record_id: str) -> str | None:
    """The TaskId of what runs under a RecordId, None if nothing is found.

    Args:
        sdk_app_id: The application, where `record_id` does not name one ("<SdkAppId>/<RecordId>").
    """
    other, _, name = record_id.rpartition("/")
    try:
        return api.describe(sdk_app_id=int(other or sdk_app_id), record_id=name).task_id
    except ApiError as failure:
        # Nothing can have been started in an application of another account.
        if failure.kind is Handling.TASK_GONE or (other and failure.code == _NOT_OURS):
            return None
        raise


def _first(wanted: Wanted, view: StackView, seen: Mapping[str, str | None]) -> int:
    """The attempt that a start begins with: the one after the state's, where the next update looks first."""
    # What runs is the best guess at what a state holds that cannot be read.
    running = [record_id for record_id, task_id in seen.items() if task_id]
    used = [one.record_id for one in view.saved_of(wanted.urn)] if view.readable else running
    return max((ids.digit_of(one) + 1 for one in used if ids.is_attempt_of(one, wanted.derived)), default=0)


def _given(wanted: Wanted, view: StackView) -> tuple[str, ...]:
    """RecordIds that a user gave, now or in an update that was killed."""
    names = [wanted.spec.record_id] if wanted.spec.record_id else []
    for one in view.pending_of(wanted.urn):
        record_id = one.inputs.get("recordId")
        if isinstance(record_id, str):
            names.append(_prefix(one, wanted) + record_id)
    return tuple(dict.fromkeys(names))


def _elsewhere(wanted: Wanted, view: StackView) -> tuple[str, ...]:
    """Where to look besides this recording's next attempts: what earlier updates could not stop, and what
    killed creates may have used when the program named another application, or when the backend's address,
    of which the RecordId is derived, could not be told.
    """
    names = [name for one in view.saved_of(wanted.urn) for name in one.unsettled]
    names += _under_other_names(wanted, view)
    for one in view.pending_of(wanted.urn):
        owner = one.inputs.get("owner")
        derived = owner.get("recordId") if isinstance(owner, Mapping) else None
        if not isinstance(derived, str):
            continue
        prefix = _prefix(one, wanted)
        if prefix or not ids.is_attempt_of(derived, wanted.derived):
            names += [prefix + record_id for record_id in ids.attempts_from(derived, 0)]
    return tuple(dict.fromkeys(names))


def _under_other_names(wanted: Wanted, view: StackView) -> Iterator[str]:
    """The next attempts of the RecordIds that it has, or would have, under another name: a replacement of a
    renamed recording derives its RecordId anew.
    """
    saved = view.saved_of(wanted.urn)
    owners = [one.inputs.get("owner") for one in saved]
    named = [owner.get("recordId") for owner in owners if isinstance(owner, Mapping)]
    for other in dict.fromkeys((wanted.fresh, *filter(None, named))):
        if not ids.is_attempt_of(other, wanted.derived):
            used = [one.record_id for one in saved if ids.is_attempt_of(one.record_id, other)]
            first = max((ids.digit_of(one) + 1 for one in used), default=0)
            yield from islice(ids.attempts_from(other, first), CANDIDATES)


def _prefix(pending: PendingCreate, wanted: Wanted) -> str:
    app = pending.inputs.get("sdkAppId")
    other = isinstance(app, (int, float)) and app != wanted.spec.sdk_app_id
    return f"{app:.0f}/" if other else ""


def _adoptable(
    wanted: Wanted,
    view: StackView,
    running: Mapping[str, str],
    left: list[str],
    known: Collection[str | None],
) -> tuple[str, str] | None:
    """A leftover can be adopted if every create that may have started it asked for what is wanted now.

    An update that failed, or one whose pending create was cleared, may have left one and no trace of what it
    asked for. Under a RecordId that a user gave, clearing does not count: a task that is not adopted there
    would have to be stopped by hand.
    """
    pending = view.pending_of(wanted.urn)
    if view.failed or not pending or (view.cleared and wanted.spec.record_id is None):
        return None
    if not all(same_recording(one.inputs, wanted.inputs) for one in pending):
        return None
    # A secret one is a dict here.
    if any(one.inputs.get("recordId") != wanted.spec.record_id for one in pending):
        return None
    if wanted.spec.record_id is None:
        return (left[0], running[left[0]]) if left else None
    held = running.get(wanted.spec.record_id)
    return (wanted.spec.record_id, held) if held and held not in known else None


def _refuse_foreign(
    wanted: Wanted, view: StackView, running: Mapping[str, str], given: tuple[str, ...]
) -> None:
    """Under a RecordId that a user gave, a task may be anybody's, unless this resource's state holds it."""
    mine = {wanted.spec.adopt, *(one.task_id for one in view.saved_of(wanted.urn))}
    for record_id in given:
        task_id = running.get(record_id)
        if task_id and task_id not in mine:
            raise RecordingExists(record_id=record_id.rpartition("/")[2], task_id=task_id)


def same_recording(pending: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a pending create's inputs, read from an exported state, ask for the same recording.

    Storage keys do not count: they open the store, and say nothing of what is recorded. Any other encrypted
    value cannot be compared, and counts as different.
    """
    keys = {one for one in (*pending, *wanted) if not one.startswith("__")} - _NOT_RECORDED
    return all(_same(pending.get(key), wanted.get(key)) for key in keys)


def _same(pending: Any, wanted: Any) -> bool:
    if is_ciphertext(pending):
        return False
    if isinstance(pending, Mapping) and isinstance(wanted, Mapping):
        return pending.keys() == wanted.keys() and all(
            key in _CREDENTIALS or _same(value, wanted[key]) for key, value in pending.items()
        )
    if isinstance(pending, list) and isinstance(wanted, list):
        return len(pending) == len(wanted) and all(map(_same, pending, wanted))
    return bool(pending == wanted)
