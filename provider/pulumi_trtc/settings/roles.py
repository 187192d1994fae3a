"""The roles that configuration and environment name: assumed or refused, never passed over.

Sources: Terraform's provider of Tencent Cloud (its `assume_role` blocks and variables, which Pulumi's has
too), and tccli 3.1.189 (TENCENTCLOUD_ROLE_ARN), read in 2026-11; STS API 2018-08-13.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.settings.credentials import Role, bad_key, written
from pulumi_trtc.settings.table import ROLE_BY_KEYS, ROLE_BY_TOKEN, TOKEN_FILE

SESSION_NAME: Final = "pulumi-trtc"
DURATION_S: Final = 7200
_LONGEST_S = 43200
_ARN = re.compile(r"[!-~]+")
_SESSION = re.compile(r"[\w+=,.@-]{2,128}", re.ASCII)
_ASSUME = "TENCENTCLOUD_ASSUME_ROLE_"


Values = Callable[[Mapping[str, str], Mapping[str, str]], Mapping[str, Any] | None]


@attrs.frozen
class RoleSource:
    """Where a role can be named.

    Attributes:
        name: For people.
        about: For the documentation.
        web: Whether an identity provider's token assumes it, instead of keys.
        values: What is set there, by the names that Terraform and Pulumi use; None if nothing is.
    """

    name: str
    about: str
    web: bool
    values: Values = attrs.field(repr=False)


def _config(key: str) -> Values:
    def read(config: Mapping[str, str], _environ: Mapping[str, str]) -> Mapping[str, Any] | None:
        text = config.get(key)
        if text is None:
            return None
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        # A block of Terraform's is a list of one.
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(value, dict):
            raise ConfigError((f"{key}: must be an object with roleArn",))
        return value

    return read


def _environment(names: Mapping[str, str], telling: Collection[str] = ()) -> Values:
    """What these variables hold.

    Args:
        telling: Those of the names that say that this source is meant; all, if none is given: a role that is
            half named is not passed over.
    """

    def read(_config: Mapping[str, str], environ: Mapping[str, str]) -> Mapping[str, Any] | None:
        found = {key: environ[name] for key, name in names.items() if environ.get(name)}
        return found if any(key in found for key in telling or names) else None

    return read


_ENVIRON = {
    "roleArn": f"{_ASSUME}ARN",
    "sessionName": f"{_ASSUME}SESSION_NAME",
    "sessionDuration": f"{_ASSUME}SESSION_DURATION",
}
_ENVIRON_WEB = {
    **_ENVIRON,
    "providerId": f"{_ASSUME}PROVIDER_ID",
    "webIdentityToken": f"{_ASSUME}WEB_IDENTITY_TOKEN",
    TOKEN_FILE: f"{_ASSUME}WEB_IDENTITY_TOKEN_FILE",
}
_ENVIRON_KEYS = {
    **_ENVIRON,
    "externalId": f"{_ASSUME}EXTERNAL_ID",
    "sourceIdentity": f"{_ASSUME}SOURCE_IDENTITY",
    "serialNumber": f"{_ASSUME}SERIAL_NUMBER",
    "tokenCode": f"{_ASSUME}TOKEN_CODE",
}
_TCCLI = {"roleArn": "TENCENTCLOUD_ROLE_ARN", "sessionName": "TENCENTCLOUD_ROLE_SESSION_NAME"}

ROLE_SOURCES: Final = (
    RoleSource(
        "trtc:assumeRole",
        "an object: `roleArn`, and if wanted "
        + ", ".join(f"`{key}`" for key in ROLE_BY_KEYS if key != "roleArn")
        + "; the duration in seconds",
        False,
        _config("trtc:assumeRole"),
    ),
    RoleSource(
        "trtc:assumeRoleWithWebIdentity",
        f"an object: `roleArn`, `webIdentityToken` or `{TOKEN_FILE}`, and if wanted `providerId` (OIDC by "
        "default), `sessionName`, `sessionDuration`; no keys are needed",
        True,
        _config("trtc:assumeRoleWithWebIdentity"),
    ),
    RoleSource(
        "tencentcloud:assumeRole", "the same of Pulumi's provider", False, _config("tencentcloud:assumeRole")
    ),
    RoleSource(
        "tencentcloud:assumeRoleWithWebIdentity",
        "the same of Pulumi's provider",
        True,
        _config("tencentcloud:assumeRoleWithWebIdentity"),
    ),
    RoleSource(
        "environment (OIDC)",
        f"`{_ASSUME}ARN` with `{_ASSUME}WEB_IDENTITY_TOKEN` or `{_ASSUME}WEB_IDENTITY_TOKEN_FILE`, "
        f"`{_ASSUME}PROVIDER_ID` (OIDC by default); no keys are needed",
        True,
        _environment(_ENVIRON_WEB, _ENVIRON_WEB.keys() - _ENVIRON.keys()),
    ),
    RoleSource(
        "environment",
        f"`{_ENVIRON_KEYS['roleArn']}`, and if wanted "
        + ", ".join(f"`{name}`" for key, name in _ENVIRON_KEYS.items() if key != "roleArn"),
        False,
        _environment(_ENVIRON_KEYS),
    ),
    RoleSource(
        "environment (tccli)",
        "`TENCENTCLOUD_ROLE_ARN`, and if wanted `TENCENTCLOUD_ROLE_SESSION_NAME`",
        False,
        _environment(_TCCLI),
    ),
)
"""In this order; the first that is set counts."""

_REFUSED = {
    "config": ("tencentcloud:assumeRoleWithSaml", "tencentcloud:mfaCertification"),
    "environ": (f"{_ASSUME}SAML_ASSERTION", "TENCENTCLOUD_MFA_CERTIFICATION_SERIAL_NUMBER"),
}


def role_of(config: Mapping[str, str], environ: Mapping[str, str]) -> Role | None:
    """The role that configuration or environment names.

    Raises:
        ConfigError: It is named in a way that cannot be used, or is not complete.
    """
    for source in ROLE_SOURCES:
        values = source.values(config, environ)
        if values is not None:
            return named_role(source.name, values, web=source.web)
    refused = [
        *(f"{key}" for key in _REFUSED["config"] if config.get(key)),
        *(f"environment: {name}" for name in _REFUSED["environ"] if environ.get(name)),
    ]
    if refused:
        raise ConfigError(
            tuple(
                f"{one}: this provider cannot log in so, and does not act as somebody else instead; take it "
                "out of its environment, or hand it the temporary keys"
                for one in refused
            )
        )
    return None


def named_role(source: str, values: Mapping[str, Any], *, web: bool) -> Role:
    """A role of values as Terraform and Pulumi name them.

    Raises:
        ConfigError: With all that is wrong.
    """
    known = ROLE_BY_TOKEN if web else ROLE_BY_KEYS
    problems = [
        f"{source}: {key}: there is no such value; there are {', '.join(known)}"
        for key in values
        if key not in known
    ]
    texts = {key: _plain(value) for key, value in values.items() if key in known and value not in (None, "")}
    problems += [f"{source}: {key} must be a text" for key, text in texts.items() if text is None]
    given = {key: text or "" for key, text in texts.items()}
    problems += [f"{source}: {text}" for text in _problems(given, web=web)]
    if problems:
        raise ConfigError(tuple(problems))
    defaults = {
        "sessionName": SESSION_NAME,
        "sessionDuration": str(DURATION_S),
        **({"providerId": "OIDC"} if web else {}),
    }
    given = {**defaults, **given}
    file = given.pop(TOKEN_FILE, None)

    def params() -> Mapping[str, Any]:
        token = {"webIdentityToken": _token(source, Path(file))} if file else {}
        sent: dict[str, Any] = {known[key]: value for key, value in {**given, **token}.items()}
        return {**sent, known["sessionDuration"]: int(given["sessionDuration"])}

    action = "AssumeRoleWithWebIdentity" if web else "AssumeRole"
    return Role(source, given["roleArn"], action, params)


def _plain(value: Any) -> str | None:
    """A value as a text: `pulumi config set --path` makes numbers of digits. None for what is neither."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _problems(given: Mapping[str, str], *, web: bool) -> list[str]:
    found = []
    if not _ARN.fullmatch(given.get("roleArn", "")):
        found.append("roleArn is missing" if "roleArn" not in given else "roleArn is no role's name")
    if not _SESSION.fullmatch(given.get("sessionName", SESSION_NAME)):
        found.append("sessionName must be 2..128 of letters, digits and +=,.@_-")
    duration = given.get("sessionDuration", str(DURATION_S))
    if not re.fullmatch(r"\d{1,6}", duration, re.ASCII) or int(duration) > _LONGEST_S:
        found.append(f"sessionDuration must be 0..{_LONGEST_S} seconds")
    if web and "webIdentityToken" not in given and TOKEN_FILE not in given:
        found.append(f"webIdentityToken and {TOKEN_FILE} are missing: give one of them")
    if problem := bad_key(given.get("webIdentityToken", "-")):
        found.append(f"webIdentityToken {problem}")
    return found


def _token(source: str, path: Path) -> str:
    try:
        token = written(path.expanduser()).strip()
    except (OSError, ValueError) as error:
        raise ConfigError((f"{source}: {path}: cannot be read ({type(error).__name__})",)) from None
    if problem := bad_key(token) if token else "is empty":
        raise ConfigError((f"{source}: {path}: the token in it {problem}",))
    return token
