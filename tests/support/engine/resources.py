"""Resources as a state holds them: their names, and how the CLI shows what is secret."""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any

from pulumi.dynamic.dynamic import serialize_provider

from pulumi_trtc.dynamic import WebRecordingProvider

TYPE = "pulumi-python:dynamic/trtc:WebRecording"
GROUP = "demo:index:Group"
"""The type of the components that recordings may have for a parent."""
PROVIDER = serialize_provider(WebRecordingProvider())
"""What a state holds as `__provider`."""
SECRETS = frozenset({"accessKey", "secretKey", "publishCdnParams"})
_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
_SEALED = {
    **_SECRET,
    "ciphertext": "v1:c2VhbGVkIGluIHRlc3Rz",
}

Resource = dict[str, Any]
Props = dict[str, Any]


def urn_of(stack: str, name: str, parent: str | None = None) -> str:
    """The URN of a recording of "organization/project/stack".

    Args:
        parent: Name of the component that it belongs to.
    """
    _, project, own = stack.split("/")
    kind = f"{GROUP}${TYPE}" if parent else TYPE
    return f"urn:pulumi:{own}::{project}::{kind}::{name}"


def group_urn(stack: str, name: str) -> str:
    """The URN of a component."""
    _, project, own = stack.split("/")
    return f"urn:pulumi:{own}::{project}::{GROUP}::{name}"


def name_of(urn: str) -> str:
    """A resource's name in the program."""
    return urn.rpartition("::")[2]


def in_stack(urn: str, stack: str) -> str:
    """The same URN in another stack."""
    _, _, rest = urn.removeprefix("urn:pulumi:").split("::", 2)
    _, project, own = stack.split("/")
    return f"urn:pulumi:{own}::{project}::{rest}"


def stands_for_a_task(resource: Resource) -> bool:
    """Whether a resource is one that the stack owns and that was not stopped to make room."""
    return not resource.get("external") and not resource.get("pendingReplacement")


def sealed(value: Any, secrets: Collection[str] = SECRETS) -> Any:
    """The value as an exported state shows it: what these keys hold is encrypted."""
    if isinstance(value, dict):
        return {
            key: deepcopy(_SEALED) if key in secrets else sealed(inner, secrets)
            for key, inner in value.items()
        }
    return [sealed(one, secrets) for one in value] if isinstance(value, list) else value


def in_clear(value: Any) -> Any:
    """What a provider has marked as secret, as the engine hands it over again."""
    if isinstance(value, dict):
        if _SECRET.items() <= value.items():
            return value["value"]
        return {key: in_clear(inner) for key, inner in value.items()}
    return [in_clear(one) for one in value] if isinstance(value, list) else value


def stamp(at: float) -> str:
    """A time as the CLI shows it."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
