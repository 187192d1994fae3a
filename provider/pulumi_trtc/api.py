"""The web-record API behind a Protocol, and the official SDK as its one implementation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

RECORDING = 1
"""DescribeWebRecord's Status of a running recording, the only value that is documented."""


@attrs.frozen
class Started:
    """StartWebRecord's answer."""

    task_id: str
    request_id: str | None


@attrs.frozen
class Described:
    """DescribeWebRecord's answer, with the id that was asked by filled in.

    Attributes:
        status: 1 is recording.
        task_id: Always there.
        record_id: None if the task was started without one.
    """

    status: int
    task_id: str
    record_id: str | None
    request_id: str | None


class WebRecordApi(Protocol):
    """The three calls there are, version 2019-07-22. Each raises ApiError, whose kind says what to do."""

    def start(self, body: Mapping[str, Any]) -> Started:
        """StartWebRecord with exactly this body."""

    def describe(
        self, *, task_id: str | None = None, sdk_app_id: int | None = None, record_id: str | None = None
    ) -> Described:
        """DescribeWebRecord, by TaskId or by SdkAppId and RecordId.

        Kind.TASK_GONE: the task has ended, or has not started yet.
        """

    def stop(self, task_id: str) -> str | None:
        """StopWebRecord; returns the RequestId. Kind.TASK_GONE: it has ended already."""
