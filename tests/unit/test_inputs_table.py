"""The table of inputs, against the official SDK's own models, the resource and the classes that repeat it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator

import attrs
import pytest
from tencentcloud.trtc.v20190722 import models

import pulumi_trtc
from pulumi_trtc.inputs.docs_table import markdown_table
from pulumi_trtc.inputs.table import WEB_RECORDING, walk
from pulumi_trtc.inputs.types import Integer, ListOf, Record, Text, holds_secret


def records(record: Record = WEB_RECORDING) -> Iterator[Record]:
    yield record
    for field in record.fields:
        inner = field.kind.item if isinstance(field.kind, ListOf) else field.kind
        if isinstance(inner, Record):
            yield from records(inner)


NESTED = [record for record in records() if record is not WEB_RECORDING]


def sdk_names(model: type) -> set[str]:
    return {name.removeprefix("_") for name in vars(model()) if name != "_headers"}


@pytest.mark.parametrize("record", list(records()), ids=lambda record: record.name)
def test_names_are_those_of_the_sdk(record: Record) -> None:
    name = "StartWebRecordRequest" if record is WEB_RECORDING else record.name
    ours = {field.api for field in record.fields if not field.provider_only}
    assert ours == sdk_names(getattr(models, name))


@pytest.mark.parametrize("record", NESTED, ids=lambda record: record.name)
def test_input_classes_have_the_fields_of_the_table(record: Record) -> None:
    cls = getattr(pulumi_trtc, f"{record.name}Args")
    typed_dict = getattr(sys.modules[cls.__module__], f"{record.name}ArgsDict")
    names = [field.name for field in record.fields]
    assert [field.name for field in attrs.fields(cls)] == names
    assert list(typed_dict.__annotations__) == names
    required = {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING}
    assert required == {field.name for field in record.fields if field.required}


@pytest.mark.parametrize("record", NESTED, ids=lambda record: record.name)
def test_every_field_is_documented_where_an_editor_shows_it(record: Record) -> None:
    doc = inspect.getdoc(getattr(pulumi_trtc, f"{record.name}Args")) or ""
    assert [field.name for field in record.fields if f"\n    {field.name}: " not in doc] == []


def test_the_resource_has_a_parameter_and_an_output_for_each_input() -> None:
    names = [field.name for field in WEB_RECORDING.fields]
    parameters = inspect.signature(pulumi_trtc.WebRecording.__init__).parameters
    given = {name: one for name, one in parameters.items() if name not in ("self", "resource_name", "opts")}
    assert list(given) == names
    required = [name for name, one in given.items() if one.default is one.empty]
    assert required == [field.name for field in WEB_RECORDING.fields if field.required]
    # The declarations are for type checkers alone: at run time they would cost each recording milliseconds.
    declared = re.findall(r"(?m)^        (\w+): Output\[", inspect.getsource(pulumi_trtc.WebRecording))
    assert set(names) < set(declared)
    doc = inspect.getdoc(pulumi_trtc.WebRecording.__init__) or ""
    assert [name for name in names if f"\n    {name}: " not in doc] == []


@pytest.mark.parametrize("record", NESTED, ids=lambda record: record.name)
def test_no_class_shows_a_secret(record: Record) -> None:
    cls = getattr(pulumi_trtc, f"{record.name}Args")
    shown = {field.name for field in attrs.fields(cls) if field.repr}
    assert not shown & {field.name for field in record.fields if field.secret}


def test_secrets_are_the_storage_keys_and_the_cdn_addresses() -> None:
    assert [path for path, field in walk() if field.secret] == [
        "storage_params.cloud_storage.access_key",
        "storage_params.cloud_storage.secret_key",
        "publish_cdn_params[].publish_cdn_url",
    ]
    holders = {field.name for _, field in walk() if holds_secret(field.kind)}
    assert holders == {"storage_params", "cloud_storage", "publish_cdn_params"}


def test_constants_are_the_values_that_the_table_allows() -> None:
    enums = {
        "vendor": pulumi_trtc.CloudStorageVendor,
        "media_type": pulumi_trtc.MediaType,
        "is_tencent_cdn": pulumi_trtc.CdnProvider,
        "mobile_device_type": pulumi_trtc.MobileDeviceType,
        "screen_orientation": pulumi_trtc.ScreenOrientation,
    }
    allowed = {
        field.name: {value for value, _ in field.kind.choices}
        for _, field in walk()
        if isinstance(field.kind, Integer) and field.kind.choices
    }
    assert allowed == {name: {int(value) for value in enum} for name, enum in enums.items()}


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (Integer(1800, 86400, "seconds"), "1800..86400 seconds"),
        (Integer(0, 1920, "pixels", even=True), "even, 0..1920 pixels"),
        (Integer(5), "5 or more"),
        (Integer(choices=((0, "mp4"), (1, "hls"))), "0 (mp4) or 1 (hls)"),
        (Text(choices=("hls", "mp4")), '"hls" or "mp4"'),
        (Text(longest=31), "1..31 characters"),
        (ListOf(Text(), most=10), "at most 10 text"),
    ],
)
def test_limits_in_words(kind: Integer | Text | ListOf, rule: str) -> None:
    assert kind.rule == rule


def test_names_in_three_spellings() -> None:
    field = WEB_RECORDING.named("sdkAppId")
    assert field is not None
    assert field.spellings == ("sdk_app_id", "sdkAppId", "SdkAppId")
    assert WEB_RECORDING.named("sdkappid") is None


def test_the_documentation_has_one_line_for_each_input() -> None:
    heading, rule, *rows = markdown_table().splitlines()
    assert heading.startswith("| Input | Type and range | Default ")
    assert set(rule) <= set("|- ")
    assert [row.split("`")[1] for row in rows] == [path for path, _ in walk()]
    assert all(row.count(" | ") == 4 for row in rows)
    by_path = {row.split("`")[1]: row for row in rows}
    assert "integer, 1..4294967295 | required |" in by_path["sdk_app_id"]
    assert "an rtmp URL with a path; secret | required |" in by_path["publish_cdn_params[].publish_cdn_url"]
