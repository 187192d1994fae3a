"""What `recover` reads of a state, in clear where the CLI gave it so."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pulumi_trtc.stack.state import State, in_clear, is_ciphertext, parse_export

_NEEDED = ("sdkAppId", "recordId")


def parse_state(text: str | bytes) -> State:
    """Read what `pulumi stack export` prints, with `--show-secrets` or without, or a backend's checkpoint.

    Raises:
        ValueError: The text is no deployment.
    """
    return parse_export(json.dumps(json.loads(text, object_hook=in_clear)))


def is_encrypted(state: State) -> bool:
    """Whether an input that is needed to ask for a recording cannot be read: the program made it a secret."""
    named = [one.inputs for one in state.saved] + [one.inputs for one in state.pending]
    return any(is_ciphertext(inputs.get(key)) for inputs in named for key in _NEEDED)


def has_begun_since(now: State, earlier: State) -> bool:
    """Whether creates are under way that were not when an earlier state was read."""
    counts = [Counter(one.urn for one in state.pending) for state in (now, earlier)]
    return bool(counts[0] - counts[1])


def needed(urn: str, inputs: Mapping[str, Any], key: str, otherwise: object = None) -> Any:
    """An input that it takes to ask for a recording, or what was given in place of an encrypted one.

    Raises:
        ValueError: It is encrypted, and nothing was given.
    """
    value = inputs.get(key)
    if not is_ciphertext(value):
        return value
    if otherwise:
        return otherwise
    raise ValueError(
        f"{urn}: {key} is encrypted in this state. Export it with `pulumi stack export --show-secrets`"
        + (", or give --sdk-app-id." if key == "sdkAppId" else ".")
    )
