"""What a review says that recordings cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.review.prices import Cost, Total, cost_of, prices_of
from pulumi_trtc.review.words import at_most, hourly, rounded, rounded_up

INTL: dict[str, str] = {}
CHINA = {"trtc:site": "china"}
ADDRESS = {"publishCdnUrl": "rtmp://cdn.example/live/key"}


def cost(config: dict[str, str], **inputs: Any) -> Cost:
    return cost_of(inputs, prices_of(config))


def shown(config: dict[str, str], **inputs: Any) -> tuple[str, str]:
    found = cost(config, **inputs)
    return hourly(found), at_most(found)


@pytest.mark.parametrize(
    ("size", "amounts"),
    [
        (None, ("0.84", "20.16")),
        ({}, ("0.84", "20.16")),
        ({"format": "mp4"}, ("0.84", "20.16")),
        ({"width": 1280.0, "height": 720.0}, ("0.84", "20.16")),
        ({"width": 0, "height": 0}, ("0.84", "20.16")),
        ({"width": 640}, ("0.84", "20.16")),
        ({"width": 1282, "height": 720}, ("1.68", "40.32")),
        ({"height": 1080}, ("1.68", "40.32")),
        ({"width": 1920, "height": 1080}, ("1.68", "40.32")),
        ({"width": 720, "height": 1080}, ("1.68", "40.32")),
        (UNKNOWN, ("≤ 1.68", "≤ 40.32")),
        ("[secret]", ("≤ 1.68", "≤ 40.32")),
        ({"width": UNKNOWN, "height": 720}, ("≤ 1.68", "≤ 40.32")),
        ({"width": 640, "height": "[secret]"}, ("≤ 1.68", "≤ 40.32")),
    ],
)
def test_the_price_is_the_size_s(size: Any, amounts: tuple[str, str]) -> None:
    assert shown(INTL, webRecordVideoParams=size) == amounts


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        (None, "20.16"),
        (3600, "0.84"),
        (1800.0, "0.42"),
        (86400, "20.16"),
        (1801, "0.43"),
        (UNKNOWN, "20.16"),
        ("[secret]", "20.16"),
        (10**300, "20.16"),
        (-1, "20.16"),
    ],
)
def test_at_most_is_until_the_limit(limit: Any, most: str) -> None:
    assert shown(INTL, maxDurationLimit=limit) == ("0.84", most)


def test_a_relay_costs_for_each_address() -> None:
    assert shown(INTL, publishCdnParams=[]) == ("0.84", "20.16")
    assert cost(INTL, publishCdnParams=[ADDRESS]).hour == Decimal("1.0194")
    assert shown(INTL, publishCdnParams=[ADDRESS, ADDRESS]) == ("1.20", "28.78")
    for hidden in ("[secret]", UNKNOWN):
        expected = ("0.84 + 0.18 a CDN address", "20.16 + 4.31 a CDN address")
        assert shown(INTL, publishCdnParams=hidden) == expected


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (CHINA, "no price in CNY was found"),
        ({"trtc:pricePer1000Minutes": "[secret]"}, "trtc:pricePer1000Minutes is no amount, or secret"),
        ({"trtc:pricePer1000Minutes": "ten"}, "trtc:pricePer1000Minutes is no amount, or secret"),
    ],
)
def test_where_there_is_no_price_there_is_no_amount_but_why(config: dict[str, str], why: str) -> None:
    found = cost(config)
    assert (found.hour, found.most, found.why) == (None, None, why)
    assert shown(config) == ("-", "-")


def test_a_price_of_one_s_own() -> None:
    own = {"trtc:pricePer1000Minutes": "10.5"}
    assert shown(own) == shown(own, webRecordVideoParams=UNKNOWN) == ("0.63", "15.12")
    assert shown({**own, **CHINA}) == ("0.63", "15.12")
    assert prices_of({**own, **CHINA}).currency == "CNY"
    assert cost({**own, **CHINA}, publishCdnParams=[ADDRESS]).why == "no price of a relay is known"
    assert cost(own, publishCdnParams=[ADDRESS]).hour == Decimal("0.8094")


@pytest.mark.parametrize(
    "config",
    [
        {"trtc:site": "[secret]"},
        {"trtc:site": ""},
        {"trtc:endpoint": "[secret]"},
        {"trtc:site": "moon", "trtc:pricePer1000Minutes": "1"},
    ],
)
def test_where_the_site_is_not_told_there_is_no_amount(config: dict[str, str]) -> None:
    found = cost(config)
    assert found.hour is None
    assert found.why.endswith("names no site, or is secret")


def test_a_site_s_own_address_has_the_site_s_prices() -> None:
    assert prices_of({"trtc:endpoint": "https://trtc.tencentcloudapi.com"}).currency == "CNY"
    assert prices_of({"trtc:endpoint": "https://trtc.intl.tencentcloudapi.com"}) == prices_of({})
    assert prices_of({"trtc:endpoint": "https://trtc.example.com"}) == prices_of({})


@pytest.mark.parametrize("config", [{"trtc:site": "emulator"}, {"trtc:endpoint": "http://127.0.0.1:8647"}])
def test_the_emulator_costs_nothing(config: dict[str, str]) -> None:
    own = {"trtc:pricePer1000Minutes": "10"}
    assert cost({**config, **own}, webRecordVideoParams=UNKNOWN, publishCdnParams="[secret]").hour == 0
    assert prices_of(config).free


def test_sums_are_exact_and_say_what_is_missing() -> None:
    costs = [cost(INTL, publishCdnParams=[ADDRESS]) for _ in range(1000)]
    total = Total.of([*costs, cost(CHINA)])
    assert total.hour == Decimal("1019.4")
    assert (total.unpriced, total.at_most) == (1, False)
    assert Total.of([cost(INTL, webRecordVideoParams=UNKNOWN)]).at_most
    assert Total.of([]) == Total()


def test_rounding() -> None:
    assert [rounded(Decimal(one)) for one in ("0.005", "0.0049", "1234.5")] == ["0.01", "0.00", "1,234.50"]
    assert [rounded_up(Decimal(one)) for one in ("0.001", "20.16", "4.3056")] == ["0.01", "20.16", "4.31"]
