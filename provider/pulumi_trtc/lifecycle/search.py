"""Asks for a task or stops one, where "not found" is an answer; and looks where something was left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import attrs

from pulumi_trtc.errors import ApiError, Handling
from pulumi_trtc.lifecycle.known import Place
from pulumi_trtc.service.api import Described, WebRecordApi

_NO_SUCH_APPLICATION = ("FailedOperation.SdkAppIdNotUnderAppId", "FailedOperation.SdkAppIdNotExist")


@attrs.frozen
class Found:
    """A running task that the state does not hold."""

    place: Place
    task_id: str


def search(
    api: WebRecordApi, places: Iterable[Place], is_known: Callable[[str], bool], app: int
) -> Iterator[Found]:
    """Ask for each place.

    Args:
        is_known: Whether a task is one that the state or this process knows.
        app: The declared application; another one may not be the account's any more.

    Raises:
        ApiError: The service could not be asked.
    """
    for place in places:
        task_id = running_task(api, place, may_lack_application=place.app != app)
        if task_id is not None and not is_known(task_id):
            yield Found(place, task_id)


def running_task(api: WebRecordApi, place: Place, *, may_lack_application: bool = False) -> str | None:
    """The TaskId of what runs at a place, None if nothing is found."""
    try:
        return api.describe(sdk_app_id=place.app, record_id=place.record_id).task_id
    except ApiError as failure:
        # Nothing can have been started in an application that the account does not have.
        if failure.kind is Handling.TASK_GONE or (
            may_lack_application and failure.code in _NO_SUCH_APPLICATION
        ):
            return None
        raise


def describe_task(api: WebRecordApi, task_id: str) -> Described | None:
    """What the service says of a task; None if it is not there: it has ended, or has not begun yet."""
    try:
        return api.describe(task_id=task_id)
    except ApiError as failure:
        if failure.kind is Handling.TASK_GONE:
            return None
        raise


def stop_task(api: WebRecordApi, task_id: str) -> bool:
    """Stop a task. False if it is not there: it has ended, or has not begun yet."""
    try:
        api.stop(task_id)
    except ApiError as failure:
        if failure.kind is Handling.TASK_GONE:
            return False
        raise
    return True
