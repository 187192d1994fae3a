"""Credentials that a machine of the vendor's cloud has by its role: CVM instances and TKE pods.

The SDK's own classes do the same with traps: no time limit where there is no such machine, and an OSError.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import attrs

from pulumi_trtc.settings.credentials import Found, Role, moment
from pulumi_trtc.settings.roles import named_role

_METADATA = "169.254.0.23"
"""metadata.tencentyun.com, by its link-local address: nobody else's DNS is to name it."""

_ROLE_PATH = "/latest/meta-data/cam/security-credentials/"
_METADATA_TIMEOUT_S = 2.0
_ROLE_NAME = re.compile(r"[\w.@+=,-]+", re.ASCII)

_TKE = {
    "providerId": "TKE_PROVIDER_ID",
    "webIdentityTokenFile": "TKE_WEB_IDENTITY_TOKEN_FILE",
    "roleArn": "TKE_ROLE_ARN",
}


class Metadata(Protocol):
    """The instance's metadata service."""

    def get(self, path: str) -> str:
        """GET; OSError if it does not answer with success."""


@attrs.frozen
class MetadataService:
    """The real one, with a time limit, and never through a proxy."""

    host: str = _METADATA
    port: int = 80

    def get(self, path: str) -> str:
        """See `Metadata.get`."""
        import http.client  # noqa: PLC0415  few machines have such a service

        connection = http.client.HTTPConnection(self.host, self.port, timeout=_METADATA_TIMEOUT_S)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise OSError(f"HTTP status {response.status}")
            return response.read().decode()
        except http.client.HTTPException as error:
            raise OSError(type(error).__name__) from None
        finally:
            connection.close()


@attrs.frozen
class Cvm:
    """The role of a CVM instance. Asked for on the vendor's machines alone: elsewhere anyone may answer.

    Args:
        dmi: Where the machine says who made it.
    """

    metadata: Metadata = MetadataService()
    dmi: Path = Path("/sys/class/dmi/id")

    def find(self, name: str = "") -> Found | str:
        """Its temporary keys; a text says why there are none.

        Args:
            name: Of the role; the instance's own by default.
        """
        if not self._is_vendors_machine():
            return "this machine is not one of Tencent Cloud"
        try:
            role = name or self.metadata.get(_ROLE_PATH).strip()
            if not _ROLE_NAME.fullmatch(role):
                return "the instance has no role"
            return _found(json.loads(self.metadata.get(_ROLE_PATH + role)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            return (
                f"the instance has no role, or the metadata service does not answer ({type(error).__name__})"
            )

    def _is_vendors_machine(self) -> bool:
        for name in ("sys_vendor", "product_name", "chassis_vendor", "bios_vendor"):
            try:
                if "tencent" in (self.dmi / name).read_text("utf-8", "replace").lower():
                    return True
            except OSError:
                continue
        return False


def tke(environ: Mapping[str, str]) -> Found | str:
    """The role of a TKE pod: STS gives its keys for the pod's OIDC token."""
    missing = [name for name in _TKE.values() if not environ.get(name)]
    if missing:
        return f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} not set"
    values = {key: environ[name] for key, name in _TKE.items()}
    role: Role = named_role("role of the TKE pod", values, web=True)
    return Found(role=role)


def _found(values: Mapping[str, Any]) -> Found:
    return Found(
        str(values["TmpSecretId"]),
        str(values["TmpSecretKey"]),
        str(values["Token"]),
        moment(values["ExpiredTime"]),
    )
