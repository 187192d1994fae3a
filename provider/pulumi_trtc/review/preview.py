"""What `pulumi preview --json` printed, as values; what cannot be one is refused in a line for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from typing import Any, Final

import attrs

from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.marks import UNKNOWNS
from pulumi_trtc.stack.state import is_ciphertext, is_recording, name_in, with_owner

SECRET: Final = "[secret]"  # noqa: S105  it stands for one
"""What the CLI prints in place of a secret."""

COMMAND: Final = "pulumi preview --json --show-replacement-steps"


class NoPreviewError(Exception):
    """The text is not what `pulumi preview --json` prints; the message says what it is."""


@attrs.frozen
class Side:
    """A resource before or after.

    Attributes:
        read: The stack only reads it.
        retained: Its deletion leaves it running.
        deleted_with: The URN of a resource with whose deletion it is not asked to stop.
        parent: The parent's URN.
        provider: The name of its provider, "" for the default one.
    """

    inputs: Mapping[str, Any] = attrs.field(repr=False)
    outputs: Mapping[str, Any] = attrs.field(repr=False)
    read: bool = False
    retained: bool = False
    deleted_with: str = ""
    parent: str = ""
    provider: str = ""

    @property
    def props(self) -> Mapping[str, Any]:
        """What the provider compares: the outputs, which hold each input, too."""
        return self.outputs or self.inputs

    def let_go(self, deleted: Set[str]) -> str:
        """The option of Pulumi's that keeps a deletion from stopping it; "" if none does.

        Args:
            deleted: The URNs of all resources that are deleted.
        """
        if self.retained:
            return "retain_on_delete"
        return "deleted_with" if self.deleted_with in deleted else ""


@attrs.frozen
class Step:
    """One step of a preview.

    Attributes:
        keys: The inputs that ask for a replacement, as the engine names them.
    """

    op: str
    urn: str
    type: str
    old: Side | None = None
    new: Side | None = None
    keys: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_in(self.urn)

    @property
    def is_recording(self) -> bool:
        """Whether it is one of ours."""
        return is_recording({"type": self.type})


@attrs.frozen
class Preview:
    """A whole preview.

    Attributes:
        stack: "project/stack", "" if nothing tells it.
        config: The stack's configuration, secrets hidden.
        errors: Why it failed; empty if it did not.
        told: The other lines that were printed.
    """

    stack: str
    config: Mapping[str, str]
    steps: tuple[Step, ...]
    errors: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def read_preview(raw: bytes) -> Preview:
    """Read what the CLI printed.

    Raises:
        NoPreviewError: It is something else.
    """
    try:
        found = json.loads(raw)
    except UnicodeDecodeError:
        raise NoPreviewError("is not UTF-8 text") from None
    except json.JSONDecodeError as wrong:
        raise NoPreviewError(_why_not(wrong)) from None
    except (RecursionError, ValueError):
        raise NoPreviewError(
            "is no preview: it is nested too deeply, or holds a number that is too long"
        ) from None
    if not isinstance(found, dict) or not ({"steps", "diagnostics", "changeSummary"} & found.keys()):
        raise NoPreviewError(f"is JSON, but not what `{COMMAND}` prints")
    try:
        return _preview(_plain(found))
    except (TypeError, AttributeError, LookupError, ValueError, RecursionError) as wrong:
        raise NoPreviewError(f"is not what `{COMMAND}` prints ({type(wrong).__name__})") from None


def _why_not(wrong: json.JSONDecodeError) -> str:
    if not wrong.doc.strip("\ufeff \r\n\t"):
        return f"is empty: `{COMMAND}` printed nothing"
    if wrong.msg == "Extra data":
        return (
            "holds more than one JSON value: is PULUMI_ENABLE_STREAMING_JSON_PREVIEW set, "
            "or was something else written into it?"
        )
    rest = wrong.doc[wrong.pos :].strip()
    if not rest or wrong.msg.startswith("Unterminated string"):
        return "is JSON that ends in the middle: it was cut off"
    where = f"line {wrong.lineno}, column {wrong.colno}"
    return f"is not JSON ({where}); write the CLI's stdout alone into it: `{COMMAND} > FILE`"


def _preview(found: Mapping[str, Any]) -> Preview:
    steps = tuple(map(_step, found.get("steps") or ()))
    diagnostics = [(str(one.get("severity")), str(one["message"])) for one in found.get("diagnostics") or ()]
    return Preview(
        next((_stack_of(one.urn) for one in steps), ""),
        {str(key): str(value) for key, value in (found.get("config") or {}).items()},
        steps,
        tuple(text.strip() for severity, text in diagnostics if severity == "error"),
        tuple(line for severity, text in diagnostics if severity != "error" for line in text.splitlines()),
    )


def _step(one: Mapping[str, Any]) -> Step:
    urn, old, new = str(one["urn"]), one.get("oldState"), one.get("newState")
    kind = (new or old or {}).get("type") or urn.split("::")[2].rpartition("$")[2]
    keys = tuple(map(str, one.get("replaceReasons") or ()))
    return Step(str(one["op"]), urn, str(kind), _side(old), _side(new), keys)


def _side(state: Mapping[str, Any] | None) -> Side | None:
    if state is None:
        return None
    provider = str(state.get("provider") or "").split("::")
    name = provider[-2] if len(provider) > 2 else ""
    return Side(
        with_owner(state.get("inputs") or {}),
        with_owner(state.get("outputs") or {}),
        read=bool(state.get("external")),
        retained=bool(state.get("retainOnDelete")),
        deleted_with=str(state.get("deletedWith") or ""),
        parent=str(state.get("parent") or ""),
        provider="" if name.startswith("default") else name,
    )


def _stack_of(urn: str) -> str:
    """ "project/stack" of a URN."""
    stack, _, rest = urn.removeprefix("urn:pulumi:").partition("::")
    return f"{rest.partition('::')[0]}/{stack}"


def _plain(value: Any) -> Any:
    """A value with one mark for what is not known, and one for what is secret."""
    if is_ciphertext(value):
        return SECRET
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return UNKNOWN if isinstance(value, str) and value in UNKNOWNS else value
