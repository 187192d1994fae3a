"""What a change of a recording's inputs asks of the engine. The API cannot change a running task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.inputs.urls import target


@attrs.frozen
class Changes:
    """What differs, as top-level state keys in the table's order.

    Attributes:
        replaces: Inputs that need a new recording.
        updates: Settings that only the provider reads.
        delete_before_replace: Whether the old recording must stop before the new one can start. Otherwise the
            new one starts first, so that no footage is missed.
    """

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    delete_before_replace: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything differs."""
        return bool(self.replaces or self.updates)


def compare(old_props: Mapping[str, Any], new_props: Mapping[str, Any]) -> Changes:
    """The changes from one state's props to the next.

    A value equal to the service's default is not the same as none: defaults differ between sites and change.
    A new value that a preview does not know counts as changed.

    Args:
        old_props: Inputs, and the output `taskId`. `recordId` only where the user gave it.
        new_props: Inputs, checked. `recordId` only where the user gives it.
    """
    replaces: list[str] = []
    updates: list[str] = []
    adopts = _adopts_another(old_props, new_props)
    for field in WEB_RECORDING.fields:
        if _plain(old_props.get(field.key)) == _plain(new_props.get(field.key)):
            continue
        stays = field.provider_only and not (field.name == "adopt" and adopts)
        (updates if stays else replaces).append(field.key)
    # A recording that is taken over runs already: nothing has to make room for it.
    first_stop = bool(replaces) and not adopts and _cannot_both_run(old_props, new_props)
    return Changes(tuple(replaces), tuple(updates), first_stop)


def _adopts_another(old_props: Mapping[str, Any], new_props: Mapping[str, Any]) -> bool:
    adopt = new_props.get("adopt")
    return adopt is not None and adopt not in (old_props.get("adopt"), old_props.get("taskId"))


def _cannot_both_run(old_props: Mapping[str, Any], new_props: Mapping[str, Any]) -> bool:
    record_id = new_props.get("recordId")
    if record_id is not None and record_id is not UNKNOWN and record_id == old_props.get("recordId"):
        return True
    return not _streams(old_props).isdisjoint(_streams(new_props))


def _streams(props: Mapping[str, Any]) -> frozenset[str]:
    """The streams that a recording pushes to. Signatures in a query change while the stream is the same."""
    params = props.get("publishCdnParams")
    items = params if isinstance(params, (list, tuple)) else ()
    urls = (item.get("publishCdnUrl") for item in items if isinstance(item, Mapping))
    return frozenset(target(url).stream for url in urls if isinstance(url, str))


def _plain(value: Any) -> Any:
    """A value in the one spelling that equality can be asked of: the engine makes integers floats."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    # For Python, True equals 1.
    return (bool, value) if isinstance(value, bool) else value
