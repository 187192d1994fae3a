"""Where, and as whom, each recording of a stack is asked for: its provider's configuration tells."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import attrs

from pulumi_trtc.errors import ConfigError, TrtcError
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.process import open_calls
from pulumi_trtc.lifecycle.props import is_ended
from pulumi_trtc.service.sts import SdkSts
from pulumi_trtc.settings.read import read_settings
from pulumi_trtc.stack.cli import why_not
from pulumi_trtc.stack.state import State, in_clear, is_ciphertext, name_in, parse_export
from pulumi_trtc.terminal.given import Given, is_needed, refuse_encrypted

DEFAULT = "default"
_PLACE = ("trtc:site", "trtc:endpoint", "trtc:region", "tencentcloud:region")


@attrs.frozen
class Account:
    """One provider's.

    Attributes:
        provider: Its name; "default" where the program gives none.
        place: The one that its configuration names.
        saved_place: The one that it named when the state was written.
        credentials: Where they were found.
    """

    provider: str
    site: str
    place: str
    saved_place: str
    credentials: str
    lifecycle: Lifecycle = attrs.field(repr=False)


Accounts = Mapping[str, Account | TrtcError]
"""By a recording's provider, as the state names it; a failure tells why nothing can be asked there."""


def open_accounts(given: Given, state: State, tell: Callable[[str], None]) -> Accounts:
    """The accounts of all recordings that are to be asked for.

    Raises:
        ValueError, OSError, subprocess.SubprocessError: A configuration cannot be read.
    """
    needed = dict.fromkeys(one.provider for one in state.saved if not is_ended(one.outputs))
    today = {one for one in needed if given.file is None and _name(one) == DEFAULT}
    # What the stack is configured with may have changed since the state was written: keys are renewed.
    config = given.config(state) if today else {}
    saved = _saved_configs(given, state, [one for one in needed if one not in today])
    return {
        one: _open(_name(one), config if one in today else saved[one], state.providers.get(one), tell)
        for one in needed
    }


def _saved_configs(given: Given, state: State, needed: Collection[str]) -> dict[str, Mapping[str, str]]:
    providers = state.providers
    if given.file is None and any(_encrypted(providers.get(one, {})) for one in needed):
        try:
            providers = given.state(parse_export, show_secrets=True).providers
        except subprocess.CalledProcessError as failure:
            raise ValueError(
                f"the configuration of a provider is encrypted in the state: {why_not(failure)}"
            ) from None
    found: dict[str, Mapping[str, str]] = {}
    for one in needed:
        config = {key: in_clear(value) for key, value in providers.get(one, {}).items() if is_needed(key)}
        config |= given.settings if _name(one) == DEFAULT else {}
        if hidden := _encrypted(config):
            refuse_encrypted(hidden, "Export it with `pulumi stack export --show-secrets`")
        found[one] = {key: str(value) for key, value in config.items()}
    return found


def _encrypted(config: Mapping[str, Any]) -> list[str]:
    return [key for key, value in config.items() if is_needed(key) and is_ciphertext(value)]


def _open(
    provider: str,
    config: Mapping[str, str],
    saved: Mapping[str, Any] | None,
    tell: Callable[[str], None],
) -> Account | TrtcError:
    calls = open_calls(config, os.environ, Path.home(), "", tell)
    try:
        if calls.settings is None:
            raise ConfigError(calls.problems)
        settings = calls.settings
        source = settings.credentials(SdkSts(settings)).source
        saved_place = settings.place if saved is None else _place(saved) or settings.place
    except TrtcError as failure:
        return failure
    return Account(provider, settings.site, settings.place, saved_place, source, calls.lifecycle)


def _place(saved: Mapping[str, Any]) -> str | None:
    """The place that a saved configuration names; None if it is encrypted."""
    config = {key: value for key, value in saved.items() if key in _PLACE}
    if any(map(is_ciphertext, config.values())):
        return None
    return read_settings(config, os.environ, Path.home()).place


def _name(provider: str) -> str:
    """A provider's name, of "<its URN>::<its id>". The engine makes default ones, one for each version."""
    name = name_in(provider.rpartition("::")[0])
    return DEFAULT if name in ("", DEFAULT) or name.startswith(f"{DEFAULT}_") else name
