from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.settings.read import Settings, read_settings
from pulumi_trtc.settings.values import KNOWN
from tests.support.no_sts import NOBODY

KEY = "marker-of-a-secret"


def read(home: Path, environ: Mapping[str, str] | None = None, **config: str) -> Settings:
    return read_settings({f"trtc:{name}": value for name, value in config.items()}, environ or {}, home)


def problems(home: Path, environ: Mapping[str, str] | None = None, **config: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read(home, environ, **config)
    assert "marker" not in str(caught.value), "a secret in the message"
    return caught.value.problems


def test_the_defaults(tmp_path: Path) -> None:
    settings = read_settings({"aws:region": "x", "project:trtc:site": "y"}, {}, tmp_path)
    assert (settings.site, settings.region) == ("intl", "ap-singapore")
    assert settings.endpoint == "https://trtc.intl.tencentcloudapi.com"
    assert (settings.protocol, settings.host) == ("https", "trtc.intl.tencentcloudapi.com")
    assert (settings.request_timeout, settings.max_retry_time, settings.start_window) == (15, 300, 40)
    assert settings.storage_keys is None
    assert not settings.is_local


@pytest.mark.parametrize(
    ("site", "endpoint", "region"),
    [
        ("intl", "https://trtc.intl.tencentcloudapi.com", "ap-singapore"),
        ("china", "https://trtc.tencentcloudapi.com", "ap-guangzhou"),
        ("emulator", "http://127.0.0.1:8647", "ap-singapore"),
    ],
)
def test_each_site_has_its_endpoint_and_region(tmp_path: Path, site: str, endpoint: str, region: str) -> None:
    settings = read(tmp_path, site=site)
    assert (settings.endpoint, settings.region) == (endpoint, region)
    assert settings.is_local is (site == "emulator")


@pytest.mark.parametrize("region", ["ap-beijing", "ap-guangzhou", "ap-shanghai"])
def test_the_regions_of_china(tmp_path: Path, region: str) -> None:
    assert read(tmp_path, site="china", region=region).region == region


def test_a_region_set_for_a_real_account_is_not_the_emulator_s(tmp_path: Path) -> None:
    config = {"trtc:site": "emulator", "tencentcloud:region": "ap-beijing"}
    environ = {"TENCENTCLOUD_REGION": "ap-guangzhou"}
    assert read_settings(config, environ, tmp_path).region == "ap-singapore"
    assert read(tmp_path, site="emulator", region="ap-beijing").region == "ap-beijing"


@pytest.mark.parametrize(
    ("config", "environ", "tccli", "region"),
    [
        ({"tencentcloud:region": "ap-beijing"}, {"TENCENTCLOUD_REGION": "ap-shanghai"}, None, "ap-beijing"),
        ({}, {"TENCENTCLOUD_REGION": "ap-shanghai"}, "ap-beijing", "ap-shanghai"),
        ({}, {}, '{"_sys_param": {"region": "ap-beijing"}}', "ap-beijing"),
        ({"tencentcloud:region": "ap-hongkong"}, {"TENCENTCLOUD_REGION": "x"}, "{", "ap-guangzhou"),
        ({}, {}, '{"_sys_param": {"region": 7}}', "ap-guangzhou"),
    ],
    ids=["tencentcloud:", "environment", "tccli", "none that the site has", "no text"],
)
def test_a_region_set_for_other_resources_counts_where_it_fits(
    tmp_path: Path, config: dict[str, str], environ: dict[str, str], tccli: str | None, region: str
) -> None:
    if tccli is not None:
        (tmp_path / ".tccli").mkdir()
        (tmp_path / ".tccli" / "default.configure").write_text(tccli)
    assert read_settings({"trtc:site": "china", **config}, environ, tmp_path).region == region


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"site": "Intl"}, 'trtc:site: "Intl" is no site; did you mean intl?'),
        ({"site": "mars"}, 'trtc:site: "mars" is no site; it is intl, china or emulator'),
        ({"site": ""}, "trtc:site: "),
        (
            {"region": "eu-frankfurt"},
            'trtc:region: "eu-frankfurt" is no region on the site intl; it is ap-singapore',
        ),
        ({"region": "ap-beijing"}, "belongs to the site china; set trtc:site to china too"),
        ({"site": "intl", "region": "ap-beijing"}, "is no region on the site intl"),
        ({"site": "china", "region": "ap-singapore"}, "is no region on the site china"),
        ({"site": "china", "region": "ap-beijin"}, "did you mean ap-beijing?"),
        ({"requestTimeout": "soon"}, 'trtc:requestTimeout: "soon" is not a number of seconds from 1 to 300'),
        ({"requestTimeout": "0.5"}, "from 1 to 300"),
        ({"requestTimeout": "nan"}, "from 1 to 300"),
        ({"maxRetryTime": "inf"}, "trtc:maxRetryTime: "),
        ({"maxRetryTime": "-1"}, "from 0 to 7200"),
        ({"startWindow": "61"}, "from 0 to 60"),
        ({"pricePer1000Minutes": "ten"}, 'trtc:pricePer1000Minutes: "ten" is not an amount, such as 12.50'),
        ({"pricePer1000Minutes": "-1"}, "is not an amount"),
        ({"pricePer1000Minutes": "NaN"}, "is not an amount"),
        ({"pricePer1000Minutes": ""}, "is not an amount"),
        ({"pricePer1000Minute": "1"}, "did you mean trtc:pricePer1000Minutes?"),
        ({"secretID": "x"}, "trtc:secretID: there is no such setting; did you mean trtc:secretId?"),
        ({"secret_key": KEY}, "did you mean trtc:secretKey?"),
        ({"end-point": "x"}, "did you mean trtc:endpoint?"),
        ({"recordings": "[]"}, "trtc:recordings: there is no such setting; there are site, region"),
        ({"secretId": KEY}, "trtc:secretKey: is missing, and trtc:secretId is set"),
        ({"secretKey": KEY}, "trtc:secretId: is missing, and trtc:secretKey is set"),
        ({"secretId": KEY, "secretKey": ""}, "trtc:secretKey: is empty"),
        ({"secretId": KEY, "secretKey": f"{KEY}\n"}, "trtc:secretKey: holds white space"),
        ({"storageAccessKey": KEY}, "trtc:storageSecretKey: is missing, and trtc:storageAccessKey is set"),
        (
            {"storageAccessKey": f" {KEY}", "storageSecretKey": KEY},
            "trtc:storageAccessKey: holds white space",
        ),
        (
            {"endpoint": "trtc.example.com"},
            "trtc:endpoint: it has to be a full URL that begins with https://",
        ),
        ({"endpoint": "ftp://trtc.example.com"}, "begins with https://"),
        ({"endpoint": "http://trtc.example.com"}, "http is allowed for this machine"),
        ({"endpoint": "http://127.0.0.1.example.com"}, "http is allowed for this machine"),
        ({"endpoint": "http://localhost:80@example.com"}, "scheme, host and port alone"),
        ({"endpoint": f"https://user:{KEY}@trtc.example.com"}, "scheme, host and port alone"),
        ({"endpoint": "https://trtc.example.com/api"}, "scheme, host and port alone"),
        ({"endpoint": f"https://trtc.example.com?key={KEY}"}, "scheme, host and port alone"),
        ({"endpoint": "https://"}, "no proper host"),
        ({"endpoint": "https://trtc.example.com:99999"}, "not a URL"),
        ({"endpoint": "https://[::1"}, "not a URL"),
        ({"endpoint": "https://trtc example.com"}, "no proper host"),
        ({"endpoint": ""}, "begins with https://"),
    ],
)
def test_a_wrong_setting(tmp_path: Path, config: dict[str, str], told: str) -> None:
    (problem,) = problems(tmp_path, None, **config)
    assert told in problem


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        {"TRTC_STORAGE_ACCESS_KEY": KEY},
        site="mars",
        endpoint="x",
        requestTimeout="x",
        maxRetryTime="x",
        startWindow="x",
        securityToken=KEY,
        colour="red",
    )
    assert [problem.partition(": ")[0] for problem in found] == [
        "trtc:colour",
        "trtc:site",
        "trtc:endpoint",
        "trtc:requestTimeout",
        "trtc:maxRetryTime",
        "trtc:startWindow",
        "trtc:secretId",
        "trtc:secretKey",
        "environment",
    ]


@pytest.mark.parametrize(
    ("given", "kept", "host"),
    [
        ("https://Proxy.Example.com/", "https://proxy.example.com", "proxy.example.com"),
        ("https://trtc.example.com:8443", "https://trtc.example.com:8443", "trtc.example.com:8443"),
        ("http://localhost:1234/", "http://localhost:1234", "localhost:1234"),
        ("http://127.0.0.2:1", "http://127.0.0.2:1", "127.0.0.2:1"),
        ("http://[::1]:8647", "http://[::1]:8647", "[::1]:8647"),
    ],
)
def test_endpoints_that_are_fine(tmp_path: Path, given: str, kept: str, host: str) -> None:
    settings = read(tmp_path, endpoint=given)
    assert (settings.endpoint, settings.host) == (kept, host)
    assert settings.is_local is given.startswith("http:")


def test_times_in_range(tmp_path: Path) -> None:
    settings = read(tmp_path, requestTimeout="2.5", maxRetryTime="0", startWindow="60")
    assert (settings.request_timeout, settings.max_retry_time, settings.start_window) == (2.5, 0, 60)


def test_a_price_is_accepted_and_changes_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, pricePer1000Minutes="12.50") == read(tmp_path)


def test_storage_keys_come_from_the_configuration_or_else_the_environment(tmp_path: Path) -> None:
    environ = {"TRTC_STORAGE_ACCESS_KEY": "env-id", "TRTC_STORAGE_SECRET_KEY": "env-key"}
    keys = read(tmp_path, environ).storage_keys
    assert keys is not None
    assert (keys.access_key, keys.secret_key) == ("env-id", "env-key")
    keys = read(tmp_path, environ, storageAccessKey="own-id", storageSecretKey="own-key").storage_keys
    assert keys is not None
    assert (keys.access_key, keys.secret_key) == ("own-id", "own-key")


def test_settings_show_no_secret(tmp_path: Path) -> None:
    names = ("secretId", "secretKey", "securityToken", "storageAccessKey", "storageSecretKey")
    settings = read(tmp_path, None, **dict.fromkeys(names, KEY))
    assert settings.credentials(NOBODY).secret_key == KEY
    assert "marker" not in repr(settings) + repr(settings.credentials(NOBODY)) + repr(settings._chain)
    assert set(names) < set(KNOWN)
