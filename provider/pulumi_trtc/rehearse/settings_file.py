"""The stack's configuration as a rehearsal uses it: the file's text, without what is secret in it."""

from __future__ import annotations

import attrs
import yaml

from pulumi_trtc.rehearse.failure import CannotRehearse

_SECRETS_PROVIDER = {"encryptionsalt", "encryptedkey", "secretsprovider"}
# Pulumi Cloud opens environments, which a backend of files cannot.
_ENVIRONMENT = "environment"


@attrs.frozen
class SettingsFile:
    """What the preview gets.

    Attributes:
        text: YAML.
        replaced: The keys, "project:key", of values that were secret as a whole or in part.
        left_out: Whether it names environments, whose values are not there.
    """

    text: str = ""
    replaced: tuple[str, ...] = ()
    left_out: bool = False


def rehearsed(text: str, where: str, placeholder: str, *, with_secrets: bool) -> SettingsFile:
    """The configuration with a placeholder for each secret value, or with these as they are, encrypted.

    Numbers, dates and the like keep their spelling: nothing is read but the structure.

    Args:
        where: The file's name.

    Raises:
        CannotRehearse: The text is no configuration.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        raise CannotRehearse(f"{where}: is not YAML") from None
    if root is None:
        return SettingsFile()
    if not isinstance(root, yaml.MappingNode):
        raise CannotRehearse(f"{where}: is no configuration of a stack")
    names = {key.value for key, _ in root.value}
    unwanted = {_ENVIRONMENT} if with_secrets else {_ENVIRONMENT, *_SECRETS_PROVIDER}
    root.value = [pair for pair in root.value if pair[0].value not in unwanted]
    replaced: list[str] = []
    for key, values in root.value:
        if with_secrets or key.value != "config" or not isinstance(values, yaml.MappingNode):
            continue
        values.value = [(name, _cleaned(value, placeholder)) for name, value in values.value]
        replaced += [name.value for name, value in values.value if placeholder in _text(value)]
    return SettingsFile(_text(root), tuple(replaced), _ENVIRONMENT in names)


def _cleaned(node: yaml.Node, placeholder: str) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        # What the CLI writes for an encrypted value.
        if [key.value for key, _ in node.value] == ["secure"]:
            return yaml.ScalarNode("tag:yaml.org,2002:str", placeholder, style='"')
        node.value = [(key, _cleaned(value, placeholder)) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        node.value = [_cleaned(item, placeholder) for item in node.value]
    return node


def _text(node: yaml.Node) -> str:
    return str(yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True))
