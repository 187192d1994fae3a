"""The stack's config values `recordings` and `defaults`, read into the arguments of recordings. Pure."""

from __future__ import annotations

import difflib
import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from project.secrets import Secret
from pulumi_trtc import WebRecording

EXAMPLE = """\
# yaml-language-server: $schema=docs/recordings.schema.json
config:
  web-recordings:recordings:
    - name: lecture
      record_url: https://example.com/room/1
      sdk_app_id: 1400000000
      storage_params: {cloud_storage: {vendor: 0, region: ap-singapore, bucket: records-1250000000}}"""

Mark = Callable[[str, Any], Any]
NAME = "name"
_PARAMETERS = {
    name: parameter
    for name, parameter in inspect.signature(WebRecording.__init__).parameters.items()
    if name not in ("self", "resource_name", "opts")
}
INPUTS = tuple(_PARAMETERS)
"""What an entry may hold beside its name; the provider itself checks the values."""
REQUIRED = tuple(name for name, one in _PARAMETERS.items() if one.default is one.empty)


@attrs.frozen
class ConfigError(Exception):
    """Config values that declare no recordings; `problems` holds all that is wrong, each with its path."""

    problems: Sequence[str]

    def report(self, file: str) -> str:
        """All problems for a person, with the file where they can be mended."""
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        return f"the recordings in {file} cannot be declared:{lines}"


def read(
    recordings: str | None, defaults: str | None, secret: Mark = lambda _name, value: value
) -> dict[str, dict[str, Any]]:
    """The recordings by name, each with its inputs laid over the defaults.

    Objects are laid over objects key by key; anything else replaces the default, and a null takes it away.
    Keys are taken in snake_case or as the API spells them.

    Args:
        recordings: JSON of a list of objects, each with a `name` and inputs of WebRecording.
        defaults: JSON of an object of inputs that every recording has.
        secret: Puts what is secret of "recordings" or "defaults" into `Secret`s.

    Raises:
        ConfigError: with every problem of both values.
    """
    problems: list[str] = []
    entries = secret("recordings", _list(recordings, problems))
    common = _inputs("defaults", secret("defaults", _object(defaults, problems)), problems)
    declared: dict[str, dict[str, Any]] = {}
    for place, entry in enumerate(entries):
        path = f"recordings[{place}]"
        if not isinstance(entry, dict):
            problems.append(f"{path}: must be an object with a {NAME} and inputs, is {_shown(entry)}")
            continue
        name = entry.get(NAME)
        name = name.value if isinstance(name, Secret) else name
        if not isinstance(name, str) or not name.strip():
            problems.append(f"{path}.{NAME}: must be a text that names the recording, is {_shown(name)}")
        elif name in declared:
            problems.append(f"{path}.{NAME}: {json.dumps(name)} is an earlier recording's name")
        inputs = _inputs(path, {key: value for key, value in entry.items() if key != NAME}, problems)
        # Required inputs that are left out are the provider's to report, together with its other failures.
        required = dict.fromkeys(REQUIRED)
        declared[str(name)] = {**required, **_laid_over(common, inputs)}
    if problems:
        raise ConfigError(problems)
    return declared


def _list(text: str | None, problems: list[str]) -> list[Any]:
    if text is None:
        problems.append(f"recordings: is missing; an example:\n{EXAMPLE}")
        return []
    value = _parsed(text)
    if not isinstance(value, list):
        problems.append(f"recordings: must be a list, is {_shown(value)}; an example:\n{EXAMPLE}")
        return []
    return value


def _object(text: str | None, problems: list[str]) -> dict[str, Any]:
    value = {} if text is None else _parsed(text)
    if not isinstance(value, dict):
        problems.append(f"defaults: must be an object with inputs of a recording, is {_shown(value)}")
        return {}
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # the CLI hands a plain text over as it is


def _inputs(path: str, entry: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for key, value in entry.items():
        name = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()
        if name not in INPUTS:
            problems.append(f"{path}.{key}: there is no such input{_nearest(name)}")
        elif name in inputs:
            problems.append(f"{path}.{key}: {name} is given twice")
        else:
            inputs[name] = value
    return inputs


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, (*INPUTS, NAME), n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(INPUTS)}"


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    laid = dict(below)
    for key, value in above.items():
        under = laid.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            laid[key] = _laid_over(under, value)
        else:
            laid[key] = value
    return {key: value for key, value in laid.items() if value is not None}


def _shown(value: Any) -> str:
    """What a value is, without what is in it: a secret may stand in a wrong place."""
    if isinstance(value, Secret):
        return "a secret"
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list"}
    return "missing" if value is None else kinds.get(type(value), "an object")
