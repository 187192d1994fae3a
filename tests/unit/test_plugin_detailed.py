"""What a preview shows of a change."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto.provider_pb2 import PropertyDiff

from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.plugin.detailed import detailed, keys

CDN = [{"publishCdnUrl": "rtmp://a/b/c"}]


def kinds(old: dict[str, Any], new: dict[str, Any], *replaces: str) -> dict[str, str]:
    return {path: PropertyDiff.Kind.Name(one.kind) for path, one in detailed(old, new, replaces).items()}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"recordUrl": "a"}, {"recordUrl": "b"}, {"recordUrl": "UPDATE_REPLACE"}),
        ({"recordUrl": "a"}, {"recordUrl": UNKNOWN}, {"recordUrl": "UPDATE_REPLACE"}),
        ({}, {"readyTimeout": 3}, {"readyTimeout": "ADD_REPLACE"}),
        ({"readyTimeout": 3.0}, {}, {"readyTimeout": "DELETE_REPLACE"}),
        ({"readyTimeout": 3.0}, {"readyTimeout": 3}, {}),
        (
            {"storageParams": {"cloudStorage": {"bucket": "a", "region": "x"}}},
            {"storageParams": {"cloudStorage": {"bucket": "b", "region": "x"}}},
            {"storageParams.cloudStorage.bucket": "UPDATE_REPLACE"},
        ),
        (
            {"publishCdnParams": CDN},
            {"publishCdnParams": [{"publishCdnUrl": "rtmp://a/b/d"}]},
            {"publishCdnParams[0].publishCdnUrl": "UPDATE_REPLACE"},
        ),
        ({"publishCdnParams": CDN}, {"publishCdnParams": CDN * 2}, {"publishCdnParams[1]": "ADD_REPLACE"}),
        ({"publishCdnParams": CDN * 2}, {"publishCdnParams": CDN}, {"publishCdnParams[1]": "DELETE_REPLACE"}),
        ({"owner": {"attempt": 1}}, {"owner": {"attempt": 2}}, {}),
    ],
)
def test_each_difference_has_its_path(
    old: dict[str, Any], new: dict[str, Any], found: dict[str, str]
) -> None:
    replaces = dict.fromkeys(path.partition(".")[0].partition("[")[0] for path in found)
    assert kinds(old, new, *replaces) == found
    assert keys(detailed(old, new, [*replaces])) == [*replaces]


def test_a_setting_of_the_provider_replaces_nothing() -> None:
    assert kinds({}, {"whenEnded": "restart"}) == {"whenEnded": "ADD"}


def test_a_replacement_without_a_changed_input_has_a_path_too() -> None:
    assert kinds({"recordUrl": "a"}, {"recordUrl": "a"}, "recordId") == {"recordId": "UPDATE_REPLACE"}
