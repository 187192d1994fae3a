"""What programs read of a recording: the engine's numbers are floats, the inputs are integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.inputs.types import Integer, Kind, ListOf, Record


def from_props(kind: Kind, value: Any) -> Any:
    """An output's value in the types of its input, at any depth.

    Args:
        kind: The input's.
        value: What the engine hands back, under keys of any spelling. What is not of the kind, as mocks of
            Pulumi may hand it back, stays as it is; so does what a preview does not know.
    """
    match kind:
        case Record() if isinstance(value, Mapping):
            return {
                key: from_props(field.kind, inner) if (field := kind.named(key)) else inner
                for key, inner in value.items()
            }
        case ListOf() if isinstance(value, list):
            return [from_props(kind.item, item) for item in value]
        case Integer():
            number = whole(value)
            return value if number is None else number
        case _:
            return value
