"""The places on this machine that hold API credentials, and the region that some of them name beside it."""

from __future__ import annotations

import configparser
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.settings.credentials import Found, Place

# The emulator's defaults are agreed by value: the provider does not import it.
_EMULATOR_ID = "AKIDtrtcEmulatorDefault0000000000000"
_EMULATOR_KEY = "trtc-emulator-default-secret-key"

_PROFILE = re.compile(r"[A-Za-z0-9_.-]+")


def config_place(config: Mapping[str, str], namespace: str) -> Place:
    """The stack's configuration under one namespace: `trtc`, or `tencentcloud` as Pulumi's own provider."""
    names = tuple(f"{namespace}:{name}" for name in ("secretId", "secretKey", "securityToken"))
    return Place("stack configuration", (names[0], names[1]), lambda: _found(config, *names))


def machine_places(environ: Mapping[str, str], home: Path, etc: Path = Path("/etc")) -> tuple[Place, ...]:
    """The environment, tccli's profile, and the files that the SDK reads, in this order."""
    profile = profile_of(environ)
    ini = {"~/.tencentcloud": home / ".tencentcloud", "/etc/tencentcloud": etc / "tencentcloud"}
    return (
        Place(
            "environment",
            ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
            lambda: Found(
                environ.get("TENCENTCLOUD_SECRET_ID", ""),
                environ.get("TENCENTCLOUD_SECRET_KEY", ""),
                # Terraform and Pulumi use the first name, tccli the second.
                environ.get("TENCENTCLOUD_SECURITY_TOKEN") or environ.get("TENCENTCLOUD_TOKEN", ""),
            ),
        ),
        Place(
            f"tccli profile (~/.tccli/{profile}.credential)",
            ("secretId", "secretKey"),
            functools.partial(_read_tccli, home / ".tccli" / f"{profile}.credential"),
        ),
        *(
            Place(f"{shown}/credentials", ("secret_id", "secret_key"), functools.partial(_read_ini, folder))
            for shown, folder in ini.items()
        ),
    )


def emulator_places(config: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Place, ...]:
    """What the emulator may run with. A real account's keys are not sent to it by themselves."""
    names = ("TRTC_EMULATOR_SECRET_ID", "TRTC_EMULATOR_SECRET_KEY")
    return (
        config_place(config, "trtc"),
        Place("environment", names, lambda: _found(environ, *names)),
        Place("emulator's defaults", ("id", "key"), lambda: Found(_EMULATOR_ID, _EMULATOR_KEY)),
    )


def profile_of(environ: Mapping[str, str]) -> str:
    """The tccli profile to read: TENCENTCLOUD_PROFILE, TCCLI_PROFILE, or default.

    Raises:
        ConfigError: The name could lead out of tccli's folder.
    """
    for name in ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"):
        if profile := environ.get(name, ""):
            if not _PROFILE.fullmatch(profile) or profile.startswith("."):
                raise ConfigError((f"environment: {name} is not the name of a tccli profile",))
            return profile
    return "default"


def tccli_region(environ: Mapping[str, str], home: Path) -> str | None:
    """The region of tccli's profile; None if it names none. A convenience: no problem is reported."""
    try:
        values = json.loads((home / ".tccli" / f"{profile_of(environ)}.configure").read_text("utf-8"))
        region = values["_sys_param"]["region"]
    except (OSError, ValueError, KeyError, TypeError, ConfigError):
        return None
    return region if isinstance(region, str) else None


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path}: cannot be read ({type(error).__name__})",)) from None


def _read_tccli(path: Path) -> Found | str:
    text = _text(path)
    if text is None:
        return "no such file"
    try:
        values: Any = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ConfigError((f"{path}: is not JSON as tccli writes it",))
    return _found(values, "secretId", "secretKey", "token")


def _read_ini(folder: Path) -> Found | str:
    path = folder / "credentials"
    text = _text(path)
    if text is None:
        return "no such file"
    # Raw: a key may hold a percent sign.
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        raise ConfigError((f"{path}: is not an INI file",)) from None
    if not parser.has_section("default"):
        return "no section [default]"
    values = {name: value.strip().strip("\"'") for name, value in parser.items("default")}
    return _found(values, "secret_id", "secret_key", "token")


def _found(values: Mapping[str, Any], secret_id: str, secret_key: str, token: str = "") -> Found:
    return Found(
        secret_id=str(values.get(secret_id) or ""),
        secret_key=str(values.get(secret_key) or ""),
        token=str(values.get(token) or ""),
    )
