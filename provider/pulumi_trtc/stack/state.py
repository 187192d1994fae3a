"""What a stack's own state says of its recordings: what is saved, and what killed updates had begun."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from pulumi_trtc.marks import SIGNATURE

TYPE = "pulumi-python:dynamic/trtc:WebRecording"
PLUGIN_TYPE = "trtc:index:WebRecording"
_DYNAMIC_PROVIDER = "pulumi:providers:pulumi-python"
PROVIDERS = (_DYNAMIC_PROVIDER, "pulumi:providers:trtc")
NO_SETTINGS = frozenset({"version", "pluginDownloadURL"})
"""What the engine adds to a plugin's configuration."""
OWNER, HIDDEN_OWNER = "owner", "__owner"
"""Where inputs and outputs say who declares a recording. The plugin's are hidden: the engine shows no key
that begins so.
"""
HIDDEN = "__trtc"
"""Output with what only the provider reads."""


def name_in(urn: str) -> str:
    """The resource's name in the program."""
    return urn.rpartition("::")[2]


def is_dynamic(provider: str) -> bool:
    """Whether a key of `State.providers` names the dynamic provider, as states of old may leave out."""
    return not provider or f"::{_DYNAMIC_PROVIDER}::" in provider


def with_owner(props: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of either provider, as the dynamic one's."""
    return {OWNER if key == HIDDEN_OWNER else key: value for key, value in props.items()}


def hide_owner(props: Mapping[str, Any]) -> dict[str, Any]:
    """The same, as the plugin's."""
    return {HIDDEN_OWNER if key == OWNER else key: value for key, value in props.items()}


@attrs.frozen
class SavedRecording:
    """A recording that the state holds.

    Attributes:
        urn: The engine's.
        going: It waits for its deletion: an update replaced it.
        stopped: It was stopped to make room for its replacement, which does not run yet.
        read: The stack only reads it (`WebRecording.get`), or no program has declared it yet.
        imported: No program has declared it yet, but it is the stack's.
        provider: What configures it, a key of `State.providers`.
    """

    urn: str
    task_id: str
    inputs: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    outputs: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    going: bool = False
    stopped: bool = False
    read: bool = False
    imported: bool = False
    provider: str = ""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_in(self.urn)

    @property
    def record_id(self) -> str:
        """The RecordId that was sent."""
        record_id = self.outputs.get("recordId")
        return record_id if isinstance(record_id, str) else ""

    @property
    def may_run(self) -> bool:
        """Whether the state does not say that it has ended."""
        return not self.stopped and self.outputs.get("status") != "ended"


@attrs.frozen
class PendingCreate:
    """A create that was under way when its update was killed.

    Attributes:
        provider: What configures it, a key of `State.providers`.
    """

    urn: str
    inputs: Mapping[str, Any] = attrs.field(repr=False)
    provider: str = ""


@attrs.frozen
class State:
    """A stack's saved state.

    Attributes:
        deleting: TaskIds whose deletion was under way when an update was killed.
        stacks: The stacks and projects that its resources name: its own alone.
        providers: The saved configuration of each provider, secrets encrypted or in clear as it was exported.
        written: When it was last written, in seconds since 1970; None if it does not say.
    """

    saved: tuple[SavedRecording, ...] = ()
    pending: tuple[PendingCreate, ...] = ()
    deleting: frozenset[str] = frozenset()
    written: float | None = None
    stacks: frozenset[str] = frozenset()
    providers: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict, repr=False)

    @functools.cached_property
    def _by_task(self) -> Mapping[str, SavedRecording]:
        # Where one is declared and read as well, it is the declared one.
        return {one.task_id: one for one in sorted(self.saved, key=lambda one: not one.read)}

    def stack(self, once: str) -> str:
        """Whose it is, "organization/project/stack".

        Args:
            once: What it, or a stack that a resource came from, was called once.
        """
        if len(self.stacks) != 1:
            return once  # it is empty
        (name, project), organization = next(iter(self.stacks)).split("::"), once.split("/", 1)[0]
        return f"{organization}/{project}/{name}"

    def holder(self, task_id: str) -> SavedRecording | None:
        """The recording that is this task; one that is only read holds nothing."""
        found = self._by_task.get(task_id)
        return None if found is None or (found.read and not found.imported) else found

    def knows(self, task_id: str) -> bool:
        """Whether the state names a task."""
        return task_id in self._by_task


def parse_export(text: str | bytes) -> State:
    """Read the recordings out of what `pulumi stack export` prints, or of a checkpoint file of a backend.

    Raises:
        ValueError: The text is no deployment.
    """
    try:
        read = json.loads(text)
        deployment = read["deployment"] if "deployment" in read else read["checkpoint"]["latest"]
        operations = [
            one for one in deployment.get("pending_operations") or () if is_recording(one["resource"])
        ]
        return State(
            tuple(
                _saved(one)
                for one in deployment.get("resources") or ()
                if is_recording(one) and one.get("id")
            ),
            tuple(
                PendingCreate(
                    str(one["resource"]["urn"]),
                    with_owner(one["resource"].get("inputs") or {}),
                    str(one["resource"].get("provider", "")),
                )
                for one in operations
                if one.get("type") == "creating"
            ),
            frozenset(str(one["resource"].get("id")) for one in operations if one.get("type") == "deleting"),
            epoch((deployment.get("manifest") or {}).get("time")),
            frozenset(_stack_of(str(one["urn"])) for one in deployment.get("resources") or ()),
            {
                f"{one['urn']}::{one.get('id')}": settings_of(one["type"], one.get("inputs") or {})
                for one in deployment.get("resources") or ()
                if one.get("type") in PROVIDERS
            },
        )
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"no deployment: {type(wrong).__name__}") from wrong


def is_recording(resource: Mapping[str, Any]) -> bool:
    """Whether a resource of a deployment is one of ours."""
    return str(resource.get("type", "")) in (TYPE, PLUGIN_TYPE)


def is_ciphertext(value: object) -> bool:
    """Whether a value of an exported state is encrypted, so that it cannot be compared."""
    return isinstance(value, Mapping) and SIGNATURE in value


def in_clear(value: Any) -> Any:
    """A value of a state that was exported with `--show-secrets`."""
    shown = value.get("plaintext") if is_ciphertext(value) else None
    return json.loads(shown, object_hook=in_clear) if isinstance(shown, str) else value


def settings_of(provider_type: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """A provider's configuration under full keys, as the dynamic one has it."""
    if provider_type == _DYNAMIC_PROVIDER:
        return inputs
    return {
        f"trtc:{key}": value
        for key, value in inputs.items()
        if key not in NO_SETTINGS and not key.startswith("__")
    }


def epoch(stamp: object) -> float | None:
    """Seconds since 1970 of a time as the engine writes it; None if it is none."""
    try:
        # Up to Python 3.10 a fraction has 3 or 6 digits; a manifest's has 9.
        return datetime.fromisoformat(re.sub(r"\.\d+", "", str(stamp)).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None


def _stack_of(urn: str) -> str:
    """ "stack::project" of a URN."""
    return "::".join(urn.removeprefix("urn:pulumi:").split("::", 2)[:2])


def _saved(resource: Mapping[str, Any]) -> SavedRecording:
    inputs, outputs = (with_owner(resource.get(key) or {}) for key in ("inputs", "outputs"))
    kept = outputs.get(HIDDEN)
    external = bool(resource.get("external"))
    imported = not external and isinstance(kept, Mapping) and bool(kept.get("imported"))
    return SavedRecording(
        str(resource["urn"]),
        str(resource["id"]),
        {OWNER: outputs.get(OWNER)} if imported else inputs,
        outputs,
        going=bool(resource.get("delete")),
        stopped=bool(resource.get("pendingReplacement")),
        read=external or "sdkAppId" not in inputs,
        imported=imported,
        provider=str(resource.get("provider", "")),
    )
