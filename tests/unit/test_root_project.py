"""Reading the stack's config into recordings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from project import declarations

COS = {"cloud_storage": {"vendor": 0, "region": "ap-singapore", "bucket": "records-1250000000"}}
PAGE = "https://example.com/page"


def read(recordings: Any, defaults: Any = None) -> dict[str, dict[str, Any]]:
    return declarations.read(json.dumps(recordings), None if defaults is None else json.dumps(defaults))


def problems_of(recordings: Any, defaults: Any = None) -> list[str]:
    with pytest.raises(declarations.ConfigError) as caught:
        read(recordings, defaults)
    return list(caught.value.problems)


def test_each_entry_is_laid_over_the_defaults() -> None:
    defaults = {"sdk_app_id": 1400000000, "storage_params": COS, "max_duration_limit": 3600}
    entries = [
        {"name": "a", "record_url": PAGE},
        {"name": "b", "record_url": PAGE, "storage_params": {"cloud_storage": {"bucket": "b-1"}}},
        {"name": "c", "record_url": PAGE, "max_duration_limit": 1800},
    ]
    read_in = read(entries, defaults)
    common = {"record_url": PAGE, "sdk_app_id": 1400000000}
    assert read_in == {
        "a": {**common, "storage_params": COS, "max_duration_limit": 3600},
        "b": {
            **common,
            "storage_params": {"cloud_storage": {**COS["cloud_storage"], "bucket": "b-1"}},
            "max_duration_limit": 3600,
        },
        "c": {**common, "storage_params": COS, "max_duration_limit": 1800},
    }


def test_null_takes_a_default_away() -> None:
    vod = {"cloud_storage": None, "cloud_vod": {"tencent_vod": {"sub_app_id": 1}}}
    read_in = read([{"name": "a", "storage_params": vod, "ready_timeout": None}], {"storage_params": COS})
    assert read_in["a"]["storage_params"] == {"cloud_vod": {"tencent_vod": {"sub_app_id": 1}}}
    assert "ready_timeout" not in read_in["a"]


@pytest.mark.parametrize("key", ["sdk_app_id", "sdkAppId", "SdkAppId"])
def test_every_spelling_of_an_input_is_taken(key: str) -> None:
    assert read([{"name": "a", key: 1400000000}])["a"]["sdk_app_id"] == 1400000000


def test_required_inputs_that_are_left_out_are_left_to_the_provider() -> None:
    assert read([{"name": "a"}])["a"] == dict.fromkeys(("record_url", "sdk_app_id", "storage_params"))


def test_no_entry_declares_nothing() -> None:
    assert read([]) == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "recordings: is missing; an example:"),
        ("a text", "recordings: must be a list, is a text; an example:"),
        ("{}", "recordings: must be a list, is an object; an example:"),
    ],
)
def test_what_is_no_list_gets_an_example(text: str | None, problem: str) -> None:
    with pytest.raises(declarations.ConfigError) as caught:
        declarations.read(text, None)
    assert [found.splitlines()[0] for found in caught.value.problems] == [problem]
    assert declarations.EXAMPLE in caught.value.report("Pulumi.dev.yaml")


def test_all_problems_are_told_at_once_with_their_paths() -> None:
    entries = [
        {"name": "a", "recrod_url": PAGE},
        7,
        {"name": "a", "recordUrl": PAGE, "record_url": PAGE},
        {"name": 3, "zzz": 1},
    ]
    assert problems_of(entries, {"name": "x", "max_duration": 3600}) == [
        "defaults.name: there is no such input; did you mean name?",
        "defaults.max_duration: there is no such input; did you mean max_duration_limit?",
        "recordings[0].recrod_url: there is no such input; did you mean record_url?",
        "recordings[1]: must be an object with a name and inputs, is a number",
        'recordings[2].name: "a" is an earlier recording\'s name',
        "recordings[2].record_url: record_url is given twice",
        "recordings[3].name: must be a text that names the recording, is a number",
        f"recordings[3].zzz: there is no such input; there are {', '.join(declarations.INPUTS)}",
    ]


def test_no_value_is_repeated_that_could_be_a_secret() -> None:
    told = problems_of(
        ["secret-marker", {"name": ["secret-marker"], "key": "secret-marker"}], "secret-marker"
    )
    assert not any("secret-marker" in problem for problem in told)
