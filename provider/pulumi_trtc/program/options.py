"""Pulumi's options that cannot do for a recording what they promise."""

from __future__ import annotations

from typing import Final

import pulumi

_REFUSED: Final = {
    "import_": "a dynamic provider cannot import: give the TaskId as the input adopt=… instead",
    "deleted_with": "Pulumi would forget the recording without stopping it, and it would run on: "
    "leave it out, or say retain_on_delete=True if that is meant",
}
_WITHOUT_EFFECT: Final = {
    "replace_on_changes": "every input of the API replaces the recording already; "
    "replacement_trigger and replace_with do work",
    "custom_timeouts": "Pulumi does not hand it to a dynamic provider; "
    "wait_until_recording and the settings trtc:requestTimeout and trtc:maxRetryTime limit the waiting",
}


def refuse(name: str, opts: pulumi.ResourceOptions | None) -> None:
    """Refuse options with which a recording would be lost.

    Raises:
        pulumi.RunError: Says all that is wrong, and what to do instead.
    """
    found = _lines(name, opts, "cannot be used", _REFUSED)
    if found:
        raise pulumi.RunError("\n".join(found))


def warn(name: str, opts: pulumi.ResourceOptions | None, recording: pulumi.Resource) -> None:
    """Warn of options without an effect, beside the recording."""
    for line in _lines(name, opts, "has no effect", _WITHOUT_EFFECT):
        pulumi.log.warn(line, recording)


def _lines(name: str, opts: pulumi.ResourceOptions | None, fault: str, table: dict[str, str]) -> list[str]:
    given = [option for option in table if getattr(opts, option, None)]
    return [f"{name}: the option {option} {fault} here: {table[option]}" for option in given]
