"""The values of the `trtc:` settings, and what is said of a wrong one."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

import attrs

from pulumi_trtc.inputs.body import StorageKeys
from pulumi_trtc.settings.credentials import bad_key
from pulumi_trtc.settings.table import PRICE, SETTINGS, TIMES


@attrs.frozen
class Site:
    """One of the places where the API is offered; the first region is the default.

    Attributes:
        sts_host: Of its security token service.
    """

    endpoint: str
    regions: tuple[str, ...]
    sts_host: str


_CHINA_REGIONS = ("ap-guangzhou", "ap-beijing", "ap-shanghai")

SITES: Mapping[str, Site] = {
    "intl": Site("https://trtc.intl.tencentcloudapi.com", ("ap-singapore",), "sts.intl.tencentcloudapi.com"),
    "china": Site("https://trtc.tencentcloudapi.com", _CHINA_REGIONS, "sts.tencentcloudapi.com"),
    "emulator": Site("http://127.0.0.1:8647", ("ap-singapore", *_CHINA_REGIONS), ""),
}


KNOWN = tuple(SETTINGS)
"""Every setting, as it is called behind `trtc:`."""

FOREIGN = tuple(
    f"tencentcloud:{name}"
    for name in (
        *(
            "secretId",
            "secretKey",
            "securityToken",
            "region",
            "profile",
            "sharedCredentialsDir",
            "camRoleName",
        ),
        *("assumeRole", "assumeRoleWithWebIdentity", "assumeRoleWithSaml", "mfaCertification"),
    )
)
"""What is read of the configuration of Pulumi's Tencent Cloud provider."""

_PRICE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")

_STORAGE_ENV = ("TRTC_STORAGE_ACCESS_KEY", "TRTC_STORAGE_SECRET_KEY")


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@attrs.define
class ConfigReader:
    """Reads settings one by one and gathers what is wrong; a wrong one reads as its default.

    Attributes:
        config: Full keys and their values.
        problems: So far; each begins with the key, and none holds a key's or a password's value.
    """

    config: Mapping[str, str] = attrs.field(repr=False)
    problems: list[str] = attrs.field(factory=list)

    def refuse_unknown(self) -> None:
        """Every `trtc:` key has to be one of ours."""
        for key in sorted(self.config):
            namespace, _, name = key.partition(":")
            if namespace != "trtc" or name in KNOWN:
                continue
            plain = {known.lower(): known for known in KNOWN}
            near = difflib.get_close_matches(name.lower().replace("_", "").replace("-", ""), plain, n=1)
            best = f"did you mean trtc:{plain[near[0]]}?" if near else f"there are {', '.join(KNOWN)}"
            self.problems.append(f"{key}: there is no such setting; {best}")

    def site(self) -> str:
        """`trtc:site`."""
        return self._one_of("site", tuple(SITES)) or "intl"

    def region(self, site: str) -> str | None:
        """`trtc:region`, one of the site's; None if it is not set."""
        region = self.config.get("trtc:region")
        if region is None or region in SITES[site].regions:
            return region
        theirs = [name for name, other in SITES.items() if region in other.regions and name != "emulator"]
        if theirs and "trtc:site" not in self.config:
            self.problems.append(
                f'trtc:region: "{region}" belongs to the site {theirs[0]}; set trtc:site to {theirs[0]} too'
            )
            return None
        return self._one_of("region", SITES[site].regions, f" on the site {site}")

    def _one_of(self, name: str, allowed: tuple[str, ...], where: str = "") -> str | None:
        value = self.config.get(f"trtc:{name}")
        if value is None or value in allowed:
            return value
        near = difflib.get_close_matches(value.lower(), allowed, n=1)
        text = f"did you mean {near[0]}?" if near and len(allowed) > 1 else f"it is {_or(allowed)}{where}"
        self.problems.append(f'trtc:{name}: "{value}" is no {name}{where}; {text}')
        return None

    def endpoint(self) -> str | None:
        """`trtc:endpoint`: scheme, host and port alone; http for loopback alone. None if it is not set."""
        value = self.config.get("trtc:endpoint")
        if value is None:
            return None
        problem = _endpoint_problem(value)
        if problem:
            self.problems.append(f"trtc:endpoint: {problem}, as in https://trtc.intl.tencentcloudapi.com")
            return None
        parts = urlsplit(value)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    def seconds(self, name: str) -> float:
        """One of TIMES."""
        setting = TIMES[name]
        value = self.config.get(f"trtc:{name}")
        if value is None:
            return setting.default
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if setting.least <= number <= setting.most:
            return number
        self.problems.append(
            f'trtc:{name}: "{value}" is not a number of seconds from {setting.least:g} to {setting.most:g}'
        )
        return setting.default

    def price(self) -> Decimal | None:
        """`trtc:pricePer1000Minutes`, what an account pays for 1000 minutes; None if it is not set."""
        value = self.config.get(f"trtc:{PRICE}")
        if value is None or _PRICE.fullmatch(value):
            return None if value is None else Decimal(value)
        self.problems.append(f'trtc:{PRICE}: "{value}" is not an amount, such as 12.50')
        return None

    def pair(self, first: str, second: str, extra: str | None = None) -> None:
        """Keys come in pairs; `extra` needs both."""
        given = [name for name in (first, second, extra) if name and f"trtc:{name}" in self.config]
        for name in given:
            value = self.config[f"trtc:{name}"]
            problem = bad_key(value) if value else "is empty"
            if problem:
                self.problems.append(f"trtc:{name}: {problem}")
        if given:
            self.problems += [
                f"trtc:{name}: is missing, and trtc:{given[0]} is set"
                for name in (first, second)
                if name not in given
            ]

    def storage_keys(self, environ: Mapping[str, str]) -> StorageKeys | None:
        """`trtc:storageAccessKey` and `trtc:storageSecretKey`, else the environment's."""
        names = ("storageAccessKey", "storageSecretKey")
        if any(f"trtc:{name}" in self.config for name in names):
            self.pair(*names)
            access, secret = (self.config.get(f"trtc:{name}", "") for name in names)
            return StorageKeys(access_key=access, secret_key=secret)
        access, secret = (environ.get(name, "") for name in _STORAGE_ENV)
        if not access and not secret:
            return None
        for name, other, value in zip(_STORAGE_ENV, reversed(_STORAGE_ENV), (access, secret), strict=True):
            if not value:
                self.problems.append(f"environment: {name} is missing, and {other} is set")
            elif problem := bad_key(value):
                self.problems.append(f"environment: {name} {problem}")
        return StorageKeys(access_key=access, secret_key=secret)


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _endpoint_problem(value: str) -> str | None:
    """What is wrong with an endpoint. The value is not repeated: a wrong one may hold a password."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "it is not a URL"
    if parts.scheme not in ("http", "https"):
        return "it has to be a full URL that begins with https://"
    if not host or not value.isascii() or any(char.isspace() for char in value) or port == 0:
        return "it has no proper host"
    if parts.username is not None or parts.query or parts.fragment or parts.path not in ("", "/"):
        return "it has to be scheme, host and port alone"
    if parts.scheme == "http" and not is_loopback(host):
        return "http is allowed for this machine (127.0.0.1, localhost) alone"
    return None
