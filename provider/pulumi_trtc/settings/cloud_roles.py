"""Credentials that a machine of the vendor's cloud has by its role: CVM instances and TKE pods.

The SDK's own chain does the same with traps: no time limit where there is no such machine, and an OSError.
"""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import attrs

from pulumi_trtc.settings.credentials import Found, Place

_METADATA = "169.254.0.23"
"""metadata.tencentyun.com, by its link-local address: nobody else's DNS is to name it."""

_ROLE_PATH = "/latest/meta-data/cam/security-credentials/"
_METADATA_TIMEOUT_S = 2.0

_STS_HOST = "sts.tencentcloudapi.com"
_STS_TIMEOUT_S = 10.0
_LIFE_S = 7200

_TKE = ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN")


class Transport(Protocol):
    """The two requests; replaced in tests."""

    def metadata(self, path: str) -> str:
        """GET from the instance's metadata service; OSError if it does not answer with success."""

    def assume_role(self, headers: Mapping[str, str], body: bytes) -> str:
        """POST to STS; OSError if it does not answer."""


class NetworkTransport:
    """The real requests, each with a time limit."""

    def metadata(self, path: str) -> str:
        """See `Transport.metadata`. Never through a proxy."""
        connection = http.client.HTTPConnection(_METADATA, timeout=_METADATA_TIMEOUT_S)
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

    def assume_role(self, headers: Mapping[str, str], body: bytes) -> str:
        """See `Transport.assume_role`."""
        request = urllib.request.Request(f"https://{_STS_HOST}/", body, dict(headers))
        with urllib.request.urlopen(request, timeout=_STS_TIMEOUT_S) as response:  # noqa: S310  it is https
            text: str = response.read().decode()
            return text


def role_places(
    environ: Mapping[str, str], transport: Transport | None = None, dmi: Path = Path("/sys/class/dmi/id")
) -> tuple[Place, ...]:
    """The CVM instance's role, then the TKE pod's."""
    roles = _Roles(environ, transport or NetworkTransport(), dmi)
    return (
        Place("role of the CVM instance", ("TmpSecretId", "TmpSecretKey"), roles.cvm),
        Place("role of the TKE pod", ("TmpSecretId", "TmpSecretKey"), roles.tke),
    )


@attrs.frozen
class _Roles:
    environ: Mapping[str, str] = attrs.field(repr=False)
    transport: Transport
    dmi: Path

    def cvm(self) -> Found | str:
        """From the metadata service. Asked on the vendor's machines alone: elsewhere anyone may answer."""
        if not self._is_vendors_machine():
            return "this machine is not one of Tencent Cloud"
        try:
            role = self.transport.metadata(_ROLE_PATH).strip()
            return _found(json.loads(self.transport.metadata(_ROLE_PATH + role)))
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

    def tke(self) -> Found | str:
        """From STS, for the pod's OIDC token; the request needs no signature."""
        missing = [name for name in _TKE if not self.environ.get(name)]
        if missing:
            return f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} not set"
        region, provider, token_file, role = (self.environ[name] for name in _TKE)
        try:
            body = {
                "ProviderId": provider,
                "WebIdentityToken": Path(token_file).read_text("utf-8"),
                "RoleArn": role,
                "RoleSessionName": "pulumi-trtc",
                "DurationSeconds": _LIFE_S,
            }
            headers = {
                "Authorization": "SKIP",
                "Content-Type": "application/json",
                "X-TC-Action": "AssumeRoleWithWebIdentity",
                "X-TC-Region": region,
                "X-TC-Version": "2018-08-13",
            }
            answer = json.loads(self.transport.assume_role(headers, json.dumps(body).encode()))["Response"]
            if "Error" in answer:
                return f"STS refused with {answer['Error']['Code']}"
            return _found({**answer["Credentials"], "ExpiredTime": answer["ExpiredTime"]})
        except (OSError, ValueError, KeyError, TypeError) as error:
            return f"STS gave no credentials ({type(error).__name__})"


def _found(values: Mapping[str, Any]) -> Found:
    return Found(values["TmpSecretId"], values["TmpSecretKey"], values["Token"], float(values["ExpiredTime"]))
