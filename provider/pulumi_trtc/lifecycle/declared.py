"""What is declared and what was made: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pulumi_trtc.inputs.body import StorageKeys
from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.stack.state import name_in


@attrs.frozen
class Declared:
    """A declared recording.

    Attributes:
        urn: Who declares it.
        stack: "organization/project/stack".
        identity: Which recording it is.
        attempt: The number of the attempt that a create begins with.
        given: The RecordId that the user gave, None to have one derived.
        inputs: Its inputs, checked and known, under their state keys.
        keys: Storage keys from the provider's configuration, for a program that leaves them out.
        limit: Seconds that its create may wait for it at most; 0 for as long as the inputs say.
    """

    urn: str
    stack: str
    identity: Identity
    attempt: int
    given: str | None
    inputs: Mapping[str, Any] = attrs.field(repr=False)
    keys: StorageKeys | None = attrs.field(default=None, repr=False)
    limit: float = 0

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_in(self.urn)

    @property
    def app(self) -> int:
        """The SdkAppId."""
        return whole(self.inputs["sdkAppId"]) or 0

    @property
    def adopt(self) -> str | None:
        """TaskId of a running recording to take over, or None."""
        return self.inputs.get("adopt")

    @property
    def wait(self) -> int:
        """Seconds that the program wants to wait until it records; 0 for none."""
        return whole(self.inputs.get("waitUntilRecording")) or 0

    @property
    def ready_timeout(self) -> int:
        """See the function."""
        return ready_timeout(self.inputs)

    @property
    def pushes(self) -> bool:
        """Whether it is relayed to CDN addresses."""
        return bool(self.inputs.get("publishCdnParams"))

    def record_id(self, number: int) -> str:
        """The RecordId of an attempt: always the given one, if there is one."""
        return self.given or self.identity.attempt(number)


def ready_timeout(inputs: Mapping[str, Any]) -> int:
    """Seconds that a recording's page has to report that it is ready; 0 if it need not."""
    return whole(inputs.get("readyTimeout")) or 0


@attrs.frozen
class Recording:
    """A recording that was started or taken over.

    Attributes:
        attempt: Number of the attempt under which it was started.
        request_id: Of the call that started or found it.
        unsettled: Places, "<SdkAppId>/<RecordId>", under which a leftover may still run beside it; the next
            update looks at them.
        foreign: It was adopted by its TaskId: its RecordId is none of this recording's.
    """

    task_id: str
    record_id: str
    attempt: int
    request_id: str = ""
    unsettled: tuple[str, ...] = ()
    foreign: bool = False
