"""What a change of a recording's inputs asks of the engine. The API cannot change a running task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import UNKNOWN, Field, Kind, ListOf, Record
from pulumi_trtc.inputs.urls import target


@attrs.frozen
class Changes:
    """What differs, in the table's order.

    Attributes:
        replaces: Top-level state keys of inputs that need a new recording.
        paths: The same, each difference by its path in Python names, such as
            `storage_params.cloud_storage.bucket`.
        updates: Paths of settings that only the provider reads.
        share_record_id: The new recording has the RecordId that was given to the old one.
        share_stream: The new recording pushes to a stream of the old one.
        unknown: Those of `paths` whose new value a preview does not know.
    """

    replaces: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    share_record_id: bool = False
    share_stream: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def stop_first(self) -> bool:
        """Whether the old recording must stop before the new one can start."""
        return self.share_record_id or self.share_stream


def compare(old_props: Mapping[str, Any], new_props: Mapping[str, Any]) -> Changes:
    """The changes from one state's props to the next.

    A value equal to the service's default is not the same as none: defaults differ between sites and change.
    A new value that a preview does not know counts as changed.

    Args:
        old_props: Inputs, and the output `taskId`. `recordId` only where the user gave it.
        new_props: Inputs, checked. `recordId` only where the user gives it.
    """
    replaces: list[str] = []
    paths: list[str] = []
    unknown: list[str] = []
    updates: list[str] = []
    adopts = _adopts_another(old_props, new_props)
    for field in WEB_RECORDING.fields:
        old, new = old_props.get(field.key), new_props.get(field.key)
        if old is new:
            continue
        differing = list(_differences(field, old, new))
        found = [path for path, _ in differing]
        if field.provider_only and not (field.name == "adopt" and adopts):
            updates += found
        elif found:
            replaces.append(field.key)
            paths += found
            unknown += [path for path, value in differing if value is UNKNOWN]
    changes = Changes(tuple(replaces), tuple(paths), tuple(updates), unknown=tuple(unknown))
    if adopts:
        # A recording that is taken over runs already: nothing has to make room for it.
        return changes
    record_id = new_props.get("recordId")
    shares = record_id not in (None, UNKNOWN) and record_id == old_props.get("recordId")
    streams = _streams(old_props) & _streams(new_props)
    return attrs.evolve(changes, share_record_id=shares, share_stream=bool(streams))


def _adopts_another(old_props: Mapping[str, Any], new_props: Mapping[str, Any]) -> bool:
    adopt = new_props.get("adopt")
    return adopt is not None and adopt not in (old_props.get("adopt"), old_props.get("taskId"))


def _differences(field: Field, old: Any, new: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """The paths at which two values of a field differ, as deep as both have something there, and the new
    value of each.
    """
    path = f"{before}{field.name}"
    yield from _within(field.kind, old, new, path)


def _within(kind: Kind, old: Any, new: Any, path: str) -> Iterator[tuple[str, Any]]:
    if plain(old) == plain(new):
        return
    if isinstance(kind, Record) and isinstance(old, Mapping) and isinstance(new, Mapping):
        for field in kind.fields:
            yield from _differences(field, old.get(field.key), new.get(field.key), f"{path}.")
    elif isinstance(kind, ListOf) and _are_lists(old, new) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _within(kind.item, one, other, f"{path}[{index}]")
    else:
        yield path, new


def _are_lists(*values: Any) -> bool:
    return all(isinstance(value, (list, tuple)) for value in values)


def _streams(props: Mapping[str, Any]) -> frozenset[str]:
    """The streams that a recording pushes to. Signatures in a query change while the stream is the same."""
    params = props.get("publishCdnParams")
    items = params if isinstance(params, (list, tuple)) else ()
    urls = (item.get("publishCdnUrl") for item in items if isinstance(item, Mapping))
    return frozenset(target(url).stream for url in urls if isinstance(url, str))


def plain(value: Any) -> Any:
    """A value in the one spelling that equality can be asked of: the engine makes integers floats."""
    if isinstance(value, (str, int, float)):
        # For Python, True equals 1.
        return (bool, value) if isinstance(value, bool) else value
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items() if inner is not None}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
