"""Which profile of tccli is meant, and where it lies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.settings.credentials import written

DEFAULT_PROFILE = "default"
_PROFILE = re.compile(r"[A-Za-z0-9_.-]+")


def profile_of(config: Mapping[str, str], environ: Mapping[str, str]) -> str:
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


def profile_file(config: Mapping[str, str], environ: Mapping[str, str], home: Path) -> Path:
    """Where the chosen tccli profile keeps its keys."""
    shared = config.get("tencentcloud:sharedCredentialsDir") or environ.get(
        "TENCENTCLOUD_SHARED_CREDENTIALS_DIR"
    )
    folder = home / ".tccli"
    if shared:
        folder = home / shared[2:] if shared.startswith("~/") else Path(shared)
    return folder / f"{profile_of(config, environ)}.credential"


def tccli_region(config: Mapping[str, str], environ: Mapping[str, str], home: Path) -> str | None:
    """The region of tccli's profile; None if it names none. A convenience: no problem is reported."""
    try:
        file = profile_file(config, environ, home).with_suffix(".configure")
        region = json.loads(written(file))["_sys_param"]["region"]
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None
    return region if isinstance(region, str) else None
