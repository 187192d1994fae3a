"""The schema of stack files refuses what the preview refuses, but for what is listed here and documented."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from project import declarations
from project.schema import DEFAULTS, RECORDINGS, file_schema
from pulumi_trtc.inputs.check import check
from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Kind, ListOf, Record
from tests.support.inputs import PROPERTY, any_props, valid_props, written_props
from tests.support.stack_files import APP, BAD, FOR_THE_PREVIEW, GOOD, ROOM, WHOLE, but, in_cos
from tools.docs.schema import FILE, text

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/recordings.md").read_text()
SCHEMA = jsonschema.Draft7Validator(file_schema())

ONLY_THE_PREVIEW = {
    "two recordings with one name": r"an earlier recording's name",
    "one of two storage keys": r"give both accessKey and secretKey",
    "a bucket and region whose host name is too long": r"makes the host name",
    "`max_media_file_duration` with hls": r"splits mp4 files",
    "a CDN address that is given twice": r"is the same address as",
    "a URL's host and port": r"host name or IP address|look at host and port|needs a port of",
    "invisible characters and halves of surrogate pairs": r"invisible characters|NUL characters or halves",
}
"""What no schema says, as the page has it, and how the preview says it."""
PREVIEW = re.compile("|".join(ONLY_THE_PREVIEW.values()))


def told(recordings: Any, defaults: Any) -> list[str]:
    """All that the preview finds in a file."""
    texts = [None if value is None else json.dumps(value) for value in (recordings, defaults)]
    try:
        declared = declarations.read(texts[0], texts[1])
    except declarations.ConfigError as error:
        return list(error.problems)
    return [str(fault) for inputs in declared.values() for fault in check(written_props(inputs))]


def refused(recordings: Any, defaults: Any = None) -> bool:
    """Whether the schema refuses a file."""
    values = {RECORDINGS: recordings, DEFAULTS: defaults}
    config = {key: value for key, value in values.items() if value is not None}
    return not SCHEMA.is_valid({"config": {"trtc:site": "intl", **config}})


@pytest.mark.parametrize("file", GOOD, ids=str)
def test_both_take_what_is_right(file: tuple[Any, Any]) -> None:
    assert told(*file) == []
    assert not refused(*file)


@pytest.mark.parametrize("file", BAD, ids=str)
def test_both_refuse_what_is_wrong(file: tuple[Any, Any]) -> None:
    assert told(*file)
    assert refused(*file)


@pytest.mark.parametrize("file", FOR_THE_PREVIEW, ids=str)
def test_what_only_the_preview_refuses_is_in_the_list(file: tuple[Any, Any]) -> None:
    problems = told(*file)
    assert [problem for problem in problems if PREVIEW.search(problem)] == problems != []
    assert not refused(*file)


def test_the_list_is_what_the_page_says_and_each_entry_of_it_is_tried() -> None:
    assert [sentence for sentence in ONLY_THE_PREVIEW if f"\n- {sentence}\n" not in PAGE] == []
    problems = "\n".join(problem for file in FOR_THE_PREVIEW for problem in told(*file))
    assert [words for words in ONLY_THE_PREVIEW.values() if not re.search(words, problems)] == []


@PROPERTY
@given(st.one_of(valid_props(), any_props()), st.booleans())
def test_both_judge_any_inputs_alike(props: dict[Any, Any], as_defaults: bool) -> None:
    """Also where the defaults have them all; the schema calls each input by Python's name alone."""
    inputs = {key: value for key, value in written(props).items() if key in declarations.INPUTS}
    given_name = {"name": "a"}
    schema = refused([given_name], inputs) if as_defaults else refused([{**given_name, **inputs}])
    faults = check(written_props(inputs))
    if schema != bool(faults):
        assert not schema
        assert all(PREVIEW.search(str(fault)) for fault in faults), faults


def written(props: Mapping[Any, Any]) -> dict[str, Any]:
    """Props as a person writes them into a file; what no file can hold becomes a text."""
    inputs: dict[str, Any] = json.loads(json.dumps(_renamed(WEB_RECORDING, props), default=str))
    return inputs


def _renamed(kind: Kind, value: Any) -> Any:
    if isinstance(kind, Record) and isinstance(value, Mapping):
        found = {str(key): (kind.named(str(key)), inner) for key, inner in value.items()}
        return {
            field.name if field else key: _renamed(field.kind, inner) if field else _renamed_freely(inner)
            for key, (field, inner) in found.items()
            if field or inner is not None
        }
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_renamed(kind.item, item) for item in value]
    return _renamed_freely(value)


def _renamed_freely(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _renamed_freely(inner) for key, inner in value.items()}
    return [_renamed_freely(inner) for inner in value] if isinstance(value, list) else value


@PROPERTY
@given(
    st.text("htpsrm:/@.[]?#a1-_ \\é\n", max_size=20), st.sampled_from(["http://", "HTTPS://", "rtmp://h", ""])
)
def test_no_url_that_the_preview_takes_is_refused(rest: str, scheme: str) -> None:
    url = f"{scheme}{rest}"
    assert told([but(WHOLE, record_url=url)], None) or not refused([but(WHOLE, record_url=url)])
    cdn = [but(WHOLE, publish_cdn_params=[{"publish_cdn_url": url}])]
    assert told(cdn, None) or not refused(cdn)


def test_secrets_may_stand_where_the_cli_writes_them() -> None:
    secret = {"secure": "v1:abc"}
    keys = in_cos(access_key=secret, secret_key=secret)
    assert not refused([but(WHOLE, record_url=secret, publish_cdn_params=[{"publish_cdn_url": secret}])])
    assert not refused([ROOM], {**APP, **keys})
    assert not refused(secret)
    assert not refused([ROOM], secret), "nobody knows what these defaults hold"
    assert not refused(json.dumps([WHOLE]))
    assert not refused([ROOM], json.dumps({}))
    assert refused([but(WHOLE, sdk_app_id=secret)])
    assert refused([but(WHOLE, record_url={"secret": "x"})])


@pytest.mark.parametrize(
    "example",
    [
        declarations.EXAMPLE,
        *(
            fence
            for document in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
            for fence in re.findall(r"(?s)```yaml\n(.*?)```", document.read_text())
            if RECORDINGS in fence
        ),
    ],
)
def test_the_examples_are_right(example: str) -> None:
    config = yaml.safe_load(example)["config"]
    assert told(config[RECORDINGS], config.get(DEFAULTS)) == []
    assert not refused(config[RECORDINGS], config.get(DEFAULTS))


def test_the_file_is_written_by_make_docs() -> None:
    jsonschema.Draft7Validator.check_schema(json.loads(text()))
    assert FILE.read_text(encoding="utf-8") == text()


def test_an_editor_is_told_what_an_input_is_and_what_it_may_be() -> None:
    recording = file_schema()["properties"]["config"]["properties"][RECORDINGS]["items"]
    assert list(recording["properties"]) == ["name", *declarations.INPUTS]
    assert recording["properties"]["max_duration_limit"] == {
        "description": "When the service ends the recording. It is 1800..86400 seconds. "
        "Default: 86400; 36000 by the page of 2025-11-13.",
        "type": ["integer", "null"],
        "minimum": 1800,
        "maximum": 86400,
        "default": 86400,
    }
    video = recording["properties"]["web_record_video_params"]["properties"]
    assert video["format"]["enum"] == ["hls", "mp4", None]
    assert "even, 0..1920 pixels" in video["width"]["description"]
    assert video["width"]["multipleOf"] == 2
