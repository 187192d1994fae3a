"""The package's schema against the tables that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Integer, ListOf, Record, Text
from pulumi_trtc.lifecycle.props import planned
from pulumi_trtc.plugin.schema import OUTPUTS, schema
from pulumi_trtc.settings.roles import ROLE_SOURCES, named_role
from pulumi_trtc.settings.table import SETTINGS, TIMES
from pulumi_trtc.stack.state import PLUGIN_TYPE, TYPE

SCHEMA = schema("1.2.3")
RESOURCE = SCHEMA["resources"][PLUGIN_TYPE]


def records(record: Record = WEB_RECORDING) -> Iterator[Record]:
    yield record
    for field in record.fields:
        kind = field.kind.item if isinstance(field.kind, ListOf) else field.kind
        if isinstance(kind, Record):
            yield from records(kind)


def properties_of(record: Record) -> dict[str, Any]:
    if record is WEB_RECORDING:
        return dict(RESOURCE["inputProperties"])
    return dict(SCHEMA["types"][f"trtc:index:{record.name}"]["properties"])


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.name)
def test_every_input_is_there_with_its_type_limits_and_secrecy(record: Record) -> None:
    properties = properties_of(record)
    assert list(properties) == [field.key for field in record.fields]
    for field in record.fields:
        one = properties[field.key]
        assert field.about in one["description"]
        assert field.default in one["description"]
        if field.secret:
            assert one["secret"]
        match field.kind:
            case Integer(choices=()):
                assert one["type"] == "integer"
                assert field.kind.rule[1:] in one["description"]
            case Integer(choices=choices):
                enum = SCHEMA["types"][one["$ref"].removeprefix("#/types/")]
                assert [each["value"] for each in enum["enum"]] == [value for value, _ in choices]
            case Text(choices=()):
                assert one["type"] == "string"
            case Text(choices=texts):
                enum = SCHEMA["types"][one["$ref"].removeprefix("#/types/")]
                assert [each["value"] for each in enum["enum"]] == list(texts)
            case ListOf():
                assert one["type"] == "array"
            case Record():
                assert one["$ref"] == f"#/types/trtc:index:{field.kind.name}"


def test_addresses_that_carry_a_key_are_secret_as_a_whole() -> None:
    assert RESOURCE["properties"]["publishCdnParams"]["secret"]


def test_what_is_required_and_what_comes_out() -> None:
    assert RESOURCE["requiredInputs"] == ["recordUrl", "sdkAppId", "storageParams"]
    assert set(RESOURCE["required"]) == {*RESOURCE["requiredInputs"], *OUTPUTS}
    assert OUTPUTS.keys() == planned({}).keys()


def test_no_sdk_has_the_name_of_this_package_or_the_look_of_pulumi_s_own() -> None:
    python = f"{SCHEMA['namespace'].replace('-', '_')}_{SCHEMA['name']}"
    assert python != "pulumi_trtc"
    assert SCHEMA["namespace"] != "pulumi"


def test_a_stack_moves_over_from_the_dynamic_provider() -> None:
    assert RESOURCE["aliases"] == [{"type": TYPE}]


def test_every_setting_is_there() -> None:
    settings = SCHEMA["provider"]["inputProperties"]
    assert settings == SCHEMA["config"]["variables"]
    assert settings.keys() == SETTINGS.keys()
    for name, setting in SETTINGS.items():
        assert setting.about in settings[name]["description"]
        assert settings[name].get("secret", False) == setting.secret
    for name, seconds in TIMES.items():
        assert f"{seconds.least:g}..{seconds.most:g}" in settings[name]["description"]


@pytest.mark.parametrize(("name", "takes"), [("assumeRole", False), ("assumeRoleWithWebIdentity", True)])
def test_a_role_has_all_that_is_taken_of_it(name: str, takes: bool) -> None:
    one = SCHEMA["types"][SCHEMA["config"]["variables"][name]["$ref"].removeprefix("#/types/")]
    given = {key: 900 if kind["type"] == "integer" else "xx" for key, kind in one["properties"].items()}
    assert named_role(name, given, web=takes).arn == "xx"
    with pytest.raises(ConfigError) as wrong:
        named_role(name, {"noSuch": "x"}, web=takes)
    assert set(one["properties"]) == set(str(wrong.value).split("there are ")[1].split("\n")[0].split(", "))
    about = next(source.about for source in ROLE_SOURCES if source.name == f"trtc:{name}")
    assert [key for key in one["properties"] if f"`{key}`" not in about] == []
    assert one["required"] == ["roleArn"]


def test_every_reference_has_its_type() -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from ([value["$ref"]] if "$ref" in value else [])
            for one in value.values():
                yield from references(one)
        elif isinstance(value, list):
            for one in value:
                yield from references(one)

    named = {one.removeprefix("#/types/") for one in references(SCHEMA)}
    assert named == SCHEMA["types"].keys()


def test_the_version_is_the_plugin_s() -> None:
    assert SCHEMA["version"] == "1.2.3"
