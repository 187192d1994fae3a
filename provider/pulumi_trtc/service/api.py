"""The web-record API behind a Protocol, and the official SDK as its one implementation."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import attrs

from pulumi_trtc.errors import ApiError
from pulumi_trtc.service.answers import Call
from pulumi_trtc.service.redact import secrets_of
from pulumi_trtc.service.sdk import SdkClient
from pulumi_trtc.service.sts import SdkSts
from pulumi_trtc.settings.read import Settings

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

        Handling.TASK_GONE: the task has ended, or has not started yet.
        """

    def stop(self, task_id: str) -> str | None:
        """StopWebRecord; returns the RequestId. Handling.TASK_GONE: it has ended already."""


def load_sdk() -> None:
    """Import the SDK. It takes a tenth of a second: for a moment in which something else is waited for."""
    importlib.import_module("tencentcloud.trtc.v20190722.trtc_client")


class SdkApi:
    """The official SDK, set up so that it sends each request once and says nothing of it.

    Safe for threads: each call has a client to itself. The SDK is imported, and credentials are looked for,
    at the first call.

    Args:
        settings: Where to send to, and as whom.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sts = SdkSts(settings)
        self._local = threading.local()
        self._idle: list[SdkClient] = []
        self._making = threading.Lock()

    def start(self, body: Mapping[str, Any]) -> Started:
        """See `WebRecordApi.start`. Not through the SDK's models, which leave out what they do not know."""
        call = self._new("StartWebRecord", body, record_id=body.get("RecordId"))
        answer = self._send(call, body)
        return Started(call.text(answer, "TaskId"), answer.get("RequestId"))

    def describe(
        self, *, task_id: str | None = None, sdk_app_id: int | None = None, record_id: str | None = None
    ) -> Described:
        """See `WebRecordApi.describe`."""
        asked = {"TaskId": task_id, "SdkAppId": sdk_app_id, "RecordId": record_id}
        body = {name: value for name, value in asked.items() if value is not None}
        call = self._new("DescribeWebRecord", body, record_id=record_id, task_id=task_id)
        answer = self._send(call, body)
        return Described(
            status=call.integer(answer, "Status"),
            task_id=task_id or call.text(answer, "TaskId"),
            record_id=record_id or answer.get("RecordId") or None,
            request_id=answer.get("RequestId"),
        )

    def stop(self, task_id: str) -> str | None:
        """See `WebRecordApi.stop`."""
        body = {"TaskId": task_id}
        request_id: str | None = self._send(self._new("StopWebRecord", body, task_id=task_id), body).get(
            "RequestId"
        )
        return request_id

    def _new(
        self, action: str, body: Mapping[str, Any], record_id: str | None = None, task_id: str | None = None
    ) -> Call:
        return Call(action, record_id, task_id, secrets_of(body), self._settings)

    def _send(self, call: Call, body: Mapping[str, Any]) -> Mapping[str, Any]:
        keys = self._settings.credentials(self._sts)
        with self.ready() as client:
            answer = client.ask(call, body, keys)
        if isinstance(answer, ApiError):
            raise answer
        return answer

    @contextmanager
    def ready(self) -> Iterator[SdkClient]:
        """Keep a client for this thread's requests. It is the one that was used last of those that are idle:
        its connection stands, and a new one takes longer than a request's turn.

        Raises:
            ConfigError: The proxy that is set for the way there cannot be used.
        """
        if hasattr(self._local, "client"):
            yield self._local.client
            return
        with self._making:
            # One after the other: made all at once, each would be ready as late as the last.
            client = self._idle.pop() if self._idle else self._client()
        self._local.client = client
        try:
            yield client
        finally:
            del self._local.client
            self._idle.append(client)

    def _client(self) -> SdkClient:
        from tencentcloud.trtc.v20190722.trtc_client import TrtcClient  # noqa: PLC0415

        settings = self._settings
        return SdkClient(
            TrtcClient, settings, settings.host, protocol=settings.protocol, local=settings.is_local
        )
