"""Every `trtc:` setting, declared once: what it is for, its type, whether it is secret."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

import attrs


class Shape(enum.Enum):
    """What a setting's value is."""

    TEXT = "text"
    SECONDS = "seconds"
    OBJECT = "an object"


@attrs.frozen
class Setting:
    """One setting.

    Attributes:
        about: One line for the documentation.
        secret: Whether its value is never shown.
        keys: Of an object: what it holds; the first is required.
    """

    about: str
    shape: Shape = Shape.TEXT
    secret: bool = False
    keys: tuple[str, ...] = ()


@attrs.frozen
class Seconds:
    """A setting in seconds: its default and range, both ends included."""

    default: float
    least: float
    most: float

    @property
    def rule(self) -> str:
        """The limits in words."""
        return f"Seconds, {self.least:g}..{self.most:g}; {self.default:g} by default."


TIMES: Mapping[str, Seconds] = {
    "requestTimeout": Seconds(15, 1, 300),
    "maxRetryTime": Seconds(300, 0, 7200),
    # About 5 s, and as long as a page loads: the service's words speak for "not found" until it records.
    "startWindow": Seconds(40, 0, 60),
}

PRICE = "pricePer1000Minutes"

# By what Terraform and Pulumi call a value of a role: STS's own name for it.
_OF_ANY_ROLE = {"roleArn": "RoleArn", "sessionName": "RoleSessionName", "sessionDuration": "DurationSeconds"}
ROLE_BY_KEYS: Final[Mapping[str, str]] = {
    **_OF_ANY_ROLE,
    "externalId": "ExternalId",
    "policy": "Policy",
    "sourceIdentity": "SourceIdentity",
    "serialNumber": "SerialNumber",
    "tokenCode": "TokenCode",
}
TOKEN_FILE: Final = "webIdentityTokenFile"  # noqa: S105  a file's name
ROLE_BY_TOKEN: Final[Mapping[str, str]] = {
    **_OF_ANY_ROLE,
    "providerId": "ProviderId",
    "webIdentityToken": "WebIdentityToken",
    TOKEN_FILE: "WebIdentityToken",
}

SETTINGS: Mapping[str, Setting] = {
    "site": Setting('Where the API is offered: "intl" (default), "china", or "emulator".'),
    "region": Setting("One of the site's regions; the site's first by default."),
    "endpoint": Setting("A full URL in place of the site's; http for this machine alone."),
    "secretId": Setting("SecretId of the API credentials.", secret=True),
    "secretKey": Setting("SecretKey of the API credentials.", secret=True),
    "securityToken": Setting("Token of temporary API credentials.", secret=True),
    "storageAccessKey": Setting("SecretId for COS, for programs that leave it out.", secret=True),
    "storageSecretKey": Setting("SecretKey for COS, for programs that leave it out.", secret=True),
    "assumeRole": Setting(
        "A role that the API credentials assume.",
        Shape.OBJECT,
        keys=tuple(ROLE_BY_KEYS),
    ),
    "assumeRoleWithWebIdentity": Setting(
        "A role that an identity provider's token assumes; no keys are needed.",
        Shape.OBJECT,
        secret=True,
        keys=tuple(ROLE_BY_TOKEN),
    ),
    "caBundle": Setting("A file with the certificates that are trusted."),
    "requestTimeout": Setting("For one request.", Shape.SECONDS),
    "maxRetryTime": Setting("For one call with all its repetitions.", Shape.SECONDS),
    "startWindow": Setting(
        "After a start, in which the service may not find the task: until its page has loaded. Twice its "
        "ReadyTimeout is added.",
        Shape.SECONDS,
    ),
    PRICE: Setting("What the account pays for 1000 minutes, such as 12.50; for reviews alone."),
}
"""As they are called behind `trtc:`."""
