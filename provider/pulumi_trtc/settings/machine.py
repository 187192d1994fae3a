"""What the sources of credentials are read from: the stack's configuration, and the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from pulumi_trtc.settings.cloud_roles import Cvm


@attrs.frozen
class Machine:
    """What the sources are read from.

    Attributes:
        config: The stack's, full keys.
        home, etc: Where the dot folders of tccli and the SDK are.
        now: Seconds since 1970.
    """

    config: Mapping[str, str] = attrs.field(repr=False)
    environ: Mapping[str, str] = attrs.field(repr=False)
    home: Path
    etc: Path = Path("/etc")
    cvm: Cvm = attrs.field(factory=Cvm)
    now: Callable[[], float] = time.time
