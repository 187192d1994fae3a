"""What a create is asked for, and what it made: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pulumi_trtc.inputs.body import StorageKeys, WebRecordingSpec


@attrs.frozen
class Wanted:
    """A declared recording.

    Attributes:
        urn: Who declares it.
        derived: The derived RecordId of its first attempt.
        fresh: The same as a recording would have it that is new under this name: another one if this was
            renamed.
        spec: Its inputs, resolved; `spec.record_id` is set only if the user gave one.
        inputs: The same as state properties, to compare them with a pending create's.
        keys: Storage keys from the provider's configuration, for a program that leaves them out.
    """

    urn: str
    derived: str
    fresh: str
    spec: WebRecordingSpec
    inputs: Mapping[str, Any] = attrs.field(repr=False)
    keys: StorageKeys | None = attrs.field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@attrs.frozen
class Recording:
    """A recording that was started or taken over.

    Attributes:
        request_id: Of the call that started or found it.
        unsettled: RecordIds under which something may still run beside it; the next update looks at them.
    """

    task_id: str
    record_id: str
    request_id: str = ""
    unsettled: tuple[str, ...] = ()
