"""The files that hold credentials: tccli's profiles, and the SDK's INI files."""

from __future__ import annotations

import configparser
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.settings.credentials import Found, Role, moment, written
from pulumi_trtc.settings.machine import Machine
from pulumi_trtc.settings.profile import profile_file
from pulumi_trtc.settings.roles import named_role

_LOGINS = {"oauth": "tccli auth login", "sso": "tccli sso login"}
"""Kinds of tccli's profiles that hold temporary keys, and what renews them."""


def _text(path: Path) -> str | None:
    try:
        return written(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path}: cannot be read ({type(error).__name__})",)) from None


def read_tccli(machine: Machine) -> Found | str:
    """What the chosen tccli profile holds.

    Raises:
        ConfigError: It cannot be read, or its login has expired.
    """
    path = profile_file(machine.config, machine.environ, machine.home)
    text = _text(path)
    if text is None:
        return "no such file"
    try:
        values: Any = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise ConfigError((f"{path}: is not JSON as tccli writes it",))
    kind = str(values.get("type") or "default")
    if kind == "cvm-role":
        return required(str(path), machine.cvm.find())
    found = attrs.evolve(
        found_in(values, "secretId", "secretKey", "token"),
        role=_role(str(path), values, "role-arn", "role-session-name"),
    )
    if kind in _LOGINS:
        return _logged_in(path, kind, values.get("expiresAt"), found, machine.now())
    if kind != "default":
        raise ConfigError((f"{path}: is of the type {kind:.40}, which this provider cannot log in with",))
    return found


def _logged_in(path: Path, kind: str, until: Any, found: Found, now: float) -> Found:
    try:
        until = moment(until)
    except (ValueError, TypeError):
        raise ConfigError(
            (f"{path}: the {kind} login does not say until when it is valid: `{_LOGINS[kind]}`",)
        ) from None
    if until <= now:
        day = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(min(max(until, 0), 2**33)))
        raise ConfigError(
            (f"{path}: the {kind} login expired at {day}: log in again with `{_LOGINS[kind]}`",)
        )
    return attrs.evolve(found, expires=until)


def _role(source: str, values: Mapping[str, Any], arn: str, session: str) -> Role | None:
    if not values.get(arn):
        return None
    return named_role(source, {"roleArn": values[arn], "sessionName": values.get(session)}, web=False)


def read_ini(shown: str, folder: Path) -> Found | str:
    """What the SDK's INI file in a folder holds.

    Args:
        shown: The file's name for people.

    Raises:
        ConfigError: It cannot be read.
    """
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
    return attrs.evolve(
        found_in(values, "secret_id", "secret_key", "token"),
        role=_role(shown, values, "role_arn", "role_session_name"),
    )


def required(who: str, found: Found | str) -> Found:
    """What somebody asked for by name: nobody else acts instead."""
    if isinstance(found, str):
        raise ConfigError((f"{who}: names the role of a CVM instance, and {found}",))
    return found


def found_in(values: Mapping[str, Any], secret_id: str, secret_key: str, token: str = "") -> Found:
    """A pair of values with these names."""
    return Found(
        secret_id=str(values.get(secret_id) or ""),
        secret_key=str(values.get(secret_key) or ""),
        token=str(values.get(token) or ""),
    )
