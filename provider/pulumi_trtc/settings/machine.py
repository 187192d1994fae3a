"""What the sources of credentials are read from: the stack's configuration, and the machine."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.settings.cloud_roles import Cvm
from pulumi_trtc.settings.credentials import written

DEFAULT_PROFILE = "default"
_PROFILE = re.compile(r"[A-Za-z0-9_.-]+")


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


def profile_of(environ: Mapping[str, str], config: Mapping[str, str]) -> str:
    """The tccli profile to read: as configured, or default.

    Raises:
        ConfigError: The name could lead out of tccli's folder.
    """
    named = {
        "tencentcloud:profile": config.get("tencentcloud:profile"),
        "environment: TENCENTCLOUD_PROFILE": environ.get("TENCENTCLOUD_PROFILE"),
        "environment: TCCLI_PROFILE": environ.get("TCCLI_PROFILE"),
    }
    for name, profile in named.items():
        if profile:
            if not _PROFILE.fullmatch(profile) or profile.startswith("."):
                raise ConfigError((f"{name} is not the name of a tccli profile",))
            return profile
    return DEFAULT_PROFILE


def tccli_region(machine: Machine) -> str | None:
    """The region of tccli's profile; None if it names none. A convenience: no problem is reported."""
    try:
        file = Path(profile_file(machine)).with_suffix(".configure")
        region = json.loads(written(file))["_sys_param"]["region"]
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None
    return region if isinstance(region, str) else None


def profile_file(machine: Machine) -> str:
    """Where the chosen tccli profile keeps its keys."""
    shared = machine.config.get("tencentcloud:sharedCredentialsDir") or machine.environ.get(
        "TENCENTCLOUD_SHARED_CREDENTIALS_DIR"
    )
    folder = machine.home / ".tccli"
    if shared:
        folder = machine.home / shared[2:] if shared.startswith("~/") else Path(shared)
    return str(folder / f"{profile_of(machine.environ, machine.config)}.credential")
