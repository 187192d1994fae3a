"""The rules of the policy pack in examples/policy, without Pulumi."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from examples.policy import rules
from examples.policy.rules import UNKNOWN, Fault
from tests.support.inputs import MARKER, PROPERTY, engine_props, marked_props, page_props

CONFIG = Path(rules.__file__).with_name("policy-config.json")
CLOUD: dict[str, Any] = dict(page_props()["storageParams"]["cloudStorage"])


def cos(**changed: Any) -> dict[str, Any]:
    found = {key: value for key, value in {**CLOUD, **changed}.items() if value is not None}
    return page_props(storageParams={"cloudStorage": found})


def vod(**given: Any) -> dict[str, Any]:
    return page_props(storageParams={"cloudVod": {"tencentVod": given}})


def relayed(*urls: Any) -> dict[str, Any]:
    return page_props(publishCdnParams=[{"publishCdnUrl": url} for url in urls])


def told(rule: rules.OfOne, props: Mapping[str, Any], config: Any = None) -> list[str]:
    """What is wrong, as a person reads it; "? path" for what is not known yet. Numbers come as floats."""
    found = rule(engine_props(props), engine_props(config or {}))
    return [str(fault) if fault.reason else f"? {fault.path}" for fault in found]


BUCKETS = {"buckets": ["webrecord-1234589", "b-1"]}
REGIONS = {"regions": ["ap-singapore"]}
HOSTS = {"hosts": ["Live.example.com"]}
STORAGE = page_props(storageParams=UNKNOWN)
ALLOWED: list[tuple[rules.OfOne, Mapping[str, Any], Any]] = [
    (rules.allowed_buckets, cos(), BUCKETS),
    (rules.allowed_buckets, vod(subAppId=1500000000), {"vodApplications": [1500000000]}),
    (rules.allowed_regions, cos(), REGIONS),
    (rules.allowed_regions, vod(storageRegion="ap-singapore"), REGIONS),
    (rules.longest_duration, page_props(maxDurationLimit=3600), {"seconds": 3600}),
    (rules.longest_duration, page_props(maxDurationLimit=None), {"seconds": 86400}),
    (rules.allowed_cdn_hosts, page_props(), {"hosts": []}),
    (rules.allowed_cdn_hosts, relayed("rtmp://LIVE.example.com.:1935/a/key"), HOSTS),
    (rules.prefix_required, cos(), None),
    (rules.prefix_required, vod(), None),
    (rules.keys_outside_program, cos(accessKey=None, secretKey=None), None),
    (rules.keys_outside_program, vod(), None),
]
REFUSED: list[tuple[rules.OfOne, Mapping[str, Any], Any, list[str]]] = [
    (
        rules.allowed_buckets,
        cos(bucket="other-1"),
        BUCKETS,
        ["storageParams.cloudStorage.bucket: must be webrecord-1234589 or b-1"],
    ),
    (rules.allowed_buckets, vod(subAppId=1), BUCKETS, ["storageParams.cloudVod: must be left out"]),
    (
        rules.allowed_buckets,
        cos(),
        {"vodApplications": [1]},
        ["storageParams.cloudStorage: must be left out"],
    ),
    (
        rules.allowed_buckets,
        vod(),
        {"vodApplications": [1500000000, 2]},
        ["storageParams.cloudVod.tencentVod.subAppId: must be 1500000000 or 2"],
    ),
    (
        rules.allowed_regions,
        cos(region="ap-seoul"),
        REGIONS,
        ["storageParams.cloudStorage.region: must be ap-singapore"],
    ),
    (
        rules.allowed_regions,
        vod(),
        REGIONS,
        ["storageParams.cloudVod.tencentVod.storageRegion: must be ap-singapore"],
    ),
    (
        rules.longest_duration,
        page_props(maxDurationLimit=None),
        {"seconds": 7200},
        ["maxDurationLimit: must be at most 7200 seconds; left out it is 86400"],
    ),
    (
        rules.allowed_cdn_hosts,
        relayed("rtmp://live.example.com/a/b", "rtmp://live.example.com@evil.example/a/b"),
        HOSTS,
        ["publishCdnParams[1].publishCdnUrl: its host must be Live.example.com"],
    ),
    (
        rules.allowed_cdn_hosts,
        relayed("rtmp://[::1/a"),
        HOSTS,
        ["publishCdnParams[0].publishCdnUrl: its host must be Live.example.com"],
    ),
    (rules.allowed_cdn_hosts, relayed("rtmp://h/a"), {"hosts": []}, ["publishCdnParams: must be left out"]),
    (
        rules.prefix_required,
        cos(fileNamePrefix=None),
        None,
        ["storageParams.cloudStorage.fileNamePrefix: must name a folder"],
    ),
    (
        rules.keys_outside_program,
        cos(),
        None,
        [
            f"storageParams.cloudStorage.{key}: must be left out: {name} of the environment gives it"
            for key, name in (
                ("accessKey", "TRTC_STORAGE_ACCESS_KEY"),
                ("secretKey", "TRTC_STORAGE_SECRET_KEY"),
            )
        ],
    ),
    # The provider refuses what is of a wrong type; a rule must not fail on it.
    (
        rules.longest_duration,
        page_props(maxDurationLimit={}),
        {"seconds": 7200},
        ["maxDurationLimit: must be at most 7200 seconds; left out it is 86400"],
    ),
    (
        rules.allowed_cdn_hosts,
        page_props(publishCdnParams=7),
        {"hosts": []},
        ["publishCdnParams: must be left out"],
    ),
    # What a preview does not know is neither allowed nor refused.
    (rules.allowed_buckets, cos(bucket=UNKNOWN), BUCKETS, ["? storageParams.cloudStorage.bucket"]),
    (
        rules.allowed_buckets,
        STORAGE,
        BUCKETS,
        ["? storageParams.cloudStorage", "? storageParams.cloudVod"],
    ),
    (rules.allowed_regions, cos(region=UNKNOWN), REGIONS, ["? storageParams.cloudStorage.region"]),
    (rules.longest_duration, page_props(maxDurationLimit=UNKNOWN), {"seconds": 1}, ["? maxDurationLimit"]),
    (
        rules.allowed_cdn_hosts,
        relayed(UNKNOWN, "rtmp://evil.example/a"),
        HOSTS,
        [
            "? publishCdnParams[0].publishCdnUrl",
            "publishCdnParams[1].publishCdnUrl: its host must be Live.example.com",
        ],
    ),
    (rules.allowed_cdn_hosts, page_props(publishCdnParams=UNKNOWN), HOSTS, ["? publishCdnParams"]),
    (rules.prefix_required, STORAGE, None, ["? storageParams.cloudStorage.fileNamePrefix"]),
    (
        rules.keys_outside_program,
        cos(accessKey=UNKNOWN, secretKey=None),
        None,
        ["? storageParams.cloudStorage.accessKey"],
    ),
]


@pytest.mark.parametrize(("rule", "props", "config"), ALLOWED)
def test_what_is_allowed_is_passed_over(rule: rules.OfOne, props: Mapping[str, Any], config: Any) -> None:
    assert told(rule, props, config) == []


@pytest.mark.parametrize(("rule", "props", "config", "faults"), REFUSED)
def test_what_is_refused_or_not_known_is_told_by_its_path(
    rule: rules.OfOne, props: Mapping[str, Any], config: Any, faults: list[str]
) -> None:
    assert told(rule, props, config) == faults


HD = page_props(maxDurationLimit=36000, webRecordVideoParams={"width": 1920, "height": 1080})  # 16.80 USD
UNSIZED = page_props(maxDurationLimit=36000, webRecordVideoParams=UNKNOWN)  # 16.80 USD at most

SIZE = [Fault("r1: webRecordVideoParams.width"), Fault("r1: webRecordVideoParams.height")]


def over(cost: str, allowed: str) -> list[Fault]:
    return [Fault("", f"together they cost up to {cost} USD; {allowed} are allowed")]


@pytest.mark.parametrize(
    ("recordings", "config", "faults"),
    [
        ([], {"most": 0}, []),
        ([HD, HD], {"most": 34}, []),
        ([HD, HD], {"most": 33}, over("33.60", "33")),
        ([HD], {"most": 6, "pricePer1000Minutes": 10}, []),
        ([HD], {"most": 5.5, "pricePer1000Minutes": 10}, over("6.00", "5.5")),
        ([HD], {"most": 6, "pricePer1000Minutes": 10, "site": "china"}, []),
        # Even the dearest size fits; it does not; what is known is too much already.
        ([HD, UNSIZED], {"most": 34}, []),
        ([HD, UNSIZED], {"most": 30}, SIZE),
        ([HD, UNSIZED], {"most": 16}, over("16.80", "16")),
        ([{**HD, "publishCdnParams": UNKNOWN}], {"most": 34}, [Fault("r0: publishCdnParams")]),
        ([{**HD, "publishCdnParams": UNKNOWN}], {"most": 36}, []),
    ],
)
def test_all_that_a_stack_may_cost_is_added_up(recordings: Any, config: Any, faults: list[Fault]) -> None:
    named = [(f"r{number}", engine_props(props)) for number, props in enumerate(recordings)]
    assert list(rules.cost_of_recordings(named, engine_props(config))) == faults


def test_where_no_price_is_known_the_policy_says_so() -> None:
    (fault,) = rules.cost_of_recordings([("a", HD)], {"most": 100, "site": "china"})
    assert fault.reason.startswith("the cost is not known (")
    assert fault.reason.endswith("set pricePer1000Minutes of this policy")


def test_a_price_without_an_amount_limits_nothing_and_is_told() -> None:
    assert list(rules.cost_of_recordings([], {"site": "intl"})) == [Fault("", "the configuration needs most")]


def test_recordings_are_counted() -> None:
    assert list(rules.number_of_recordings([("a", HD)] * 2, {"most": 2.0})) == []
    (fault,) = rules.number_of_recordings([("a", HD)] * 3, {"most": 2.0})
    assert fault.reason == "3 recordings are declared; 2 are allowed"


@settings(PROPERTY, max_examples=30)  # making them takes longest
@given(marked_props())
def test_no_fault_holds_a_property_s_value(props: dict[Any, Any]) -> None:
    config = {**BUCKETS, **REGIONS, **HOSTS, "seconds": 1, "most": 0}
    faults = [str(fault) for rule in {rule for rule, _, _ in ALLOWED} for fault in rule(props, config)]
    faults += map(str, rules.cost_of_recordings([("a", props)], config))
    assert not [fault for fault in faults if MARKER in fault]


def test_the_example_of_a_configuration_configures_policies_that_are_there() -> None:
    names = json.loads(CONFIG.read_text())
    assert [name for name in names if not hasattr(rules, name.replace("-", "_"))] == []
