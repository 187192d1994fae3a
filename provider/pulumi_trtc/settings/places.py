"""The sources of API credentials, in the order in which they are looked through, and how each is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from pulumi_trtc.settings.cloud_roles import tke
from pulumi_trtc.settings.credentials import Found, Place
from pulumi_trtc.settings.files import found_in, read_ini, read_tccli, required
from pulumi_trtc.settings.machine import Machine
from pulumi_trtc.settings.profile import DEFAULT_PROFILE, profile_file, profile_of

# The emulator's defaults are agreed by value: the provider does not import it.
_EMULATOR_ID = "AKIDtrtcEmulatorDefault0000000000000"
_EMULATOR_KEY = "trtc-emulator-default-secret-key"

_CAM_ROLE = "tencentcloud:camRoleName", "TENCENTCLOUD_CAM_ROLE_NAME"


@attrs.frozen
class Source:
    """Where credentials can be.

    Attributes:
        name: For people; `{profile}` stands for the chosen tccli profile.
        keys: What the two values are called there.
        about: More of it, for the documentation.
        read: Gives what it holds; a text says why there is nothing to read.
    """

    name: str
    keys: tuple[str, str]
    about: str
    read: Callable[[Machine], Found | str] = attrs.field(repr=False)


def _cam_role(machine: Machine) -> Found | str:
    key, variable = _CAM_ROLE
    name = machine.config.get(key) or machine.environ.get(variable)
    return required(f"{key} or {variable}", machine.cvm.find(name)) if name else "no role is named"


def _config(namespace: str) -> Callable[[Machine], Found | str]:
    names = tuple(f"{namespace}:{name}" for name in ("secretId", "secretKey", "securityToken"))
    return lambda machine: found_in(machine.config, *names)


_OWN: Final = Source(
    "stack configuration",
    ("trtc:secretId", "trtc:secretKey"),
    "`trtc:securityToken` beside temporary ones",
    _config("trtc"),
)
SOURCES: Final = (
    _OWN,
    Source(
        "role of the CVM instance, by name",
        _CAM_ROLE,
        "one of them names the role",
        _cam_role,
    ),
    Source(
        "stack configuration",
        ("tencentcloud:secretId", "tencentcloud:secretKey"),
        "those of Pulumi's Tencent Cloud provider, with `tencentcloud:securityToken`",
        _config("tencentcloud"),
    ),
    Source(
        "environment",
        ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        "`TENCENTCLOUD_SECURITY_TOKEN` or `TENCENTCLOUD_TOKEN` beside temporary ones",
        # Terraform and Pulumi use the first name of a token, tccli the second.
        lambda machine: Found(
            machine.environ.get("TENCENTCLOUD_SECRET_ID", ""),
            machine.environ.get("TENCENTCLOUD_SECRET_KEY", ""),
            machine.environ.get("TENCENTCLOUD_SECURITY_TOKEN")
            or machine.environ.get("TENCENTCLOUD_TOKEN", ""),
        ),
    ),
    Source(
        "tccli profile ({profile})",
        ("secretId", "secretKey"),
        "the profile that TENCENTCLOUD_PROFILE or TCCLI_PROFILE names, with its `role-arn` or `type`; in "
        "TENCENTCLOUD_SHARED_CREDENTIALS_DIR or ~/.tccli",
        read_tccli,
    ),
    Source(
        "~/.tencentcloud/credentials",
        ("secret_id", "secret_key"),
        "the SDK's INI file, section [default]; with its `role_arn`",
        lambda machine: read_ini("~/.tencentcloud/credentials", machine.home / ".tencentcloud"),
    ),
    Source(
        "/etc/tencentcloud/credentials",
        ("secret_id", "secret_key"),
        "the same for the whole machine",
        lambda machine: read_ini("/etc/tencentcloud/credentials", machine.etc / "tencentcloud"),
    ),
    Source(
        "role of the CVM instance",
        ("TmpSecretId", "TmpSecretKey"),
        "from the instance's metadata service",
        lambda machine: machine.cvm.find(),
    ),
    Source(
        "role of the TKE pod",
        ("TmpSecretId", "TmpSecretKey"),
        "`TKE_ROLE_ARN`, `TKE_PROVIDER_ID` and `TKE_WEB_IDENTITY_TOKEN_FILE`, as TKE sets them",
        lambda machine: tke(machine.environ),
    ),
)
"""In this order; the first one that holds a complete pair counts."""


def places(machine: Machine) -> tuple[Place, ...]:
    """The sources on a machine. Where a tccli profile is named, nobody behind it acts instead."""
    named = profile_of(machine.config, machine.environ) != DEFAULT_PROFILE
    last = next(number for number, one in enumerate(SOURCES, 1) if one.read is read_tccli)
    file = profile_file(machine.config, machine.environ, machine.home)
    profile = str(file).replace(str(machine.home), "~", 1)
    return tuple(_place(source, machine, profile) for source in SOURCES[: last if named else None])


def emulator_places(machine: Machine) -> tuple[Place, ...]:
    """What the emulator may run with. A real account's keys are not sent to it by themselves."""
    names = ("TRTC_EMULATOR_SECRET_ID", "TRTC_EMULATOR_SECRET_KEY")
    return (
        _place(_OWN, machine),
        Place("environment", names, lambda: found_in(machine.environ, *names)),
        Place("emulator's defaults", ("id", "key"), lambda: Found(_EMULATOR_ID, _EMULATOR_KEY)),
    )


def _place(source: Source, machine: Machine, profile: str = "") -> Place:
    return Place(source.name.format(profile=profile), source.keys, lambda: source.read(machine))
