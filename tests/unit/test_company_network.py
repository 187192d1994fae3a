"""Behind a company's proxy that inspects TLS and wants a login: what counts, and what is said."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pulumi_trtc.errors import ApiError, ConfigError, Handling
from pulumi_trtc.service.api import SdkApi
from pulumi_trtc.settings.read import read_settings
from tests.support.company_proxy import CompanyProxy, company_proxy, response

HOST = "trtc.intl.tencentcloudapi.com"
KEYS = {"trtc:secretId": "AKIDexample", "trtc:secretKey": "example-key"}
PROXY = (
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
)
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def stopped(_host: str, _headers: Mapping[str, str], _body: Any) -> tuple[int, bytes]:
    return response()


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy but the test's, and no name but this machine's is looked up."""
    for name in (*PROXY, *BUNDLES):
        monkeypatch.delenv(name, raising=False)
    real = socket.getaddrinfo

    def own(host: Any, *args: Any, **options: Any) -> Any:
        if host not in ("127.0.0.1", "::1"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", own)


def api(tmp_path: Path, config: Mapping[str, str] = KEYS, environ: Mapping[str, str] | None = None) -> SdkApi:
    return SdkApi(read_settings({**KEYS, **config}, environ or {}, tmp_path))


def fails(sdk: SdkApi) -> ApiError:
    with pytest.raises(ApiError) as caught:
        sdk.stop("task")
    return caught.value


@pytest.mark.parametrize("name", ["trtc:caBundle", *BUNDLES])
def test_whatever_names_the_company_s_certificates_counts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company_proxy(tmp_path, stopped) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        named = {name: str(proxy.ca_file)}
        sdk = api(tmp_path, named) if ":" in name else api(tmp_path, environ=named)
        assert sdk.stop("task") == "req-1"
        assert proxy.hosts == [HOST]


def test_the_setting_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with company_proxy(tmp_path, stopped) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        other = tmp_path / "other"
        other.mkdir()
        with company_proxy(other, stopped) as another:
            environ = {"REQUESTS_CA_BUNDLE": str(another.ca_file)}
        sdk = api(tmp_path, {"trtc:caBundle": str(proxy.ca_file)}, environ)
        assert sdk.stop("task") == "req-1"
        failure = fails(api(tmp_path, environ=environ))
    assert f"environment: REQUESTS_CA_BUNDLE ({another.ca_file})" in str(failure)


def test_a_certificate_that_is_not_trusted_is_told_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company_proxy(tmp_path, stopped) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        failure = fails(api(tmp_path))
    assert (failure.kind, failure.sent) == (Handling.FATAL, False)
    assert f"the certificate of {HOST} cannot be verified" in str(failure)
    for name in ("trtc:caBundle", *BUNDLES):
        assert name in str(failure)


@pytest.mark.parametrize("name", ["trtc:caBundle", *BUNDLES])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no such file"),
        ("", "holds no certificates in PEM form"),
        ("garbage\x00", "holds no certificates in PEM form"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificates in PEM form"),
    ],
)
def test_a_bundle_that_is_none_is_refused_at_once(
    name: str, content: str | None, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "bundle.pem"
    if content is not None:
        file.write_text(content)
    named = {name: str(file)}
    with pytest.raises(ConfigError) as caught:
        api(tmp_path, named) if ":" in name else api(tmp_path, environ=named)
    assert name in str(caught.value)
    assert told in str(caught.value)
    # The emulator's address is this machine's: nobody's certificates are asked for.
    api(tmp_path, {"trtc:site": "emulator"}, {} if ":" in name else named)


@pytest.mark.parametrize("value", ["", "  ", "a\0b"])
def test_what_names_no_file_is_no_bundle(value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="trtc:caBundle: is no file's name"):
        api(tmp_path, {"trtc:caBundle": value})


def test_a_folder_without_the_certificates_is_named_where_they_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company_proxy(tmp_path, stopped) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        failure = fails(api(tmp_path, {"trtc:caBundle": str(tmp_path)}))
    assert (failure.kind, failure.sent) == (Handling.FATAL, False)
    assert f"those of trtc:caBundle ({tmp_path})" in str(failure)


def test_a_proxy_for_other_hosts_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with company_proxy(tmp_path, stopped) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv("HTTP_PROXY", "http://[not an address")
        assert reached(tmp_path, proxy)


def reached(tmp_path: Path, proxy: CompanyProxy) -> bool:
    """Whether a call takes the way through the proxy."""
    sdk = api(tmp_path, {"trtc:caBundle": str(proxy.ca_file), "trtc:maxRetryTime": "0"})
    before = len(proxy.hosts)
    with suppress(ApiError):  # directly, the vendor's host cannot be reached from a test
        sdk.stop("task")
    return len(proxy.hosts) > before


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_counts_in_either_case(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with company_proxy(tmp_path, stopped) as proxy:
        monkeypatch.setenv(name, f"http://{proxy.address}")
        assert reached(tmp_path, proxy)


@pytest.mark.parametrize("spelt", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("", False),
        (".example.com", False),
        ("example.com, 10.0.0.0/8", False),
        (f"{HOST}:8443", False),
        ("tencentcloudapi.co", False),
        ("*", True),
        (HOST, True),
        (f"{HOST}:443", True),
        (".tencentcloudapi.com", True),
        ("tencentcloudapi.com", True),
        ("example.com, 10.0.0.0/8 , .tencentcloudapi.com", True),
    ],
)
def test_no_proxy_is_read_as_everybody_reads_it(
    no_proxy: str, direct: bool, spelt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company_proxy(tmp_path, stopped) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv(spelt, no_proxy)
        assert reached(tmp_path, proxy) is not direct


@pytest.mark.parametrize(
    ("written", "login"),
    [("zoe:sesame1", "zoe:sesame1"), ("zo%40e77:ses%23ame2%2F%3F%3Aopen3", "zo@e77:ses#ame2/?:open3")],
)
def test_a_proxy_s_login_is_sent_and_never_shown(
    written: str, login: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company_proxy(tmp_path, stopped, login=login) as proxy:
        bundle = {"trtc:caBundle": str(proxy.ca_file)}
        monkeypatch.setenv("HTTPS_PROXY", f"http://{written}@{proxy.address}")
        assert api(tmp_path, bundle).stop("task") == "req-1"
        monkeypatch.setenv("HTTPS_PROXY", f"http://{written}x@{proxy.address}")
        failure = fails(api(tmp_path, bundle))
    assert (failure.kind, failure.sent) == (Handling.FATAL, False)
    assert "does not take its user and password" in str(failure)
    for part in ("zoe", "e77", "sesame", "ame2", "open3"):
        assert part not in str(failure)


@pytest.mark.parametrize(
    "odd",
    [*'#/?@ [%"<>;,&=+!$(){}|^`~', "%zz", "\\", "\t", "\n", "\r", "\x7f", "\x85", "\u2028", "\u5bc6", ":"],
)
def test_a_proxy_that_cannot_be_read_is_refused_without_its_login(
    odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://hiddenuser:hiddenpa{odd}ssmarker@127.0.0.1:9")
    with pytest.raises((ConfigError, ApiError)) as caught:
        api(tmp_path).stop("task")
    told = str(caught.value)
    assert "proxy" in told
    for part in ("hiddenuser", "hiddenpa", "ssmarker"):
        assert part not in told


@pytest.mark.parametrize(
    ("proxy", "told"),
    [
        ("socks5h://127.0.0.1:9", "pip install PySocks"),
        ("ftp://127.0.0.1:9", "must be an http, https or socks address"),
        ("http://:3128", "is not scheme://user:password@host:port"),
        ("http://127.0.0.1:port", "is not scheme://user:password@host:port"),
        ("http://127.0.0.1:9 ", "is not scheme://user:password@host:port"),
        (" http://127.0.0.1:9", "is not scheme://user:password@host:port"),
        ("http://127.0.0.1:99999", "is not scheme://user:password@host:port"),
        ("http:/127.0.0.1:9", "is not scheme://user:password@host:port"),
        ("PROXY 127.0.0.1:9", "is not scheme://user:password@host:port"),
        ("http://u:\u5bc6@127.0.0.1:9", "characters that cannot be sent to a proxy"),
        ("http://u:%E5%AF%86@127.0.0.1:9", "characters that cannot be sent to a proxy"),
    ],
)
def test_a_proxy_that_cannot_work_says_why(
    proxy: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigError, match="HTTPS_PROXY") as caught:
        api(tmp_path).stop("task")
    assert told in str(caught.value)


@pytest.mark.parametrize("proxy", ["http://[::1]:9", "127.0.0.1:9", "u:p@127.0.0.1:9", "HTTP://127.0.0.1:9"])
def test_where_the_proxy_does_not_answer_that_is_said(
    proxy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    failure = fails(api(tmp_path))
    assert failure.sent is False
    assert f"the proxy on the way to {HOST} does not answer" in str(failure)


def test_a_proxy_that_says_nothing_is_given_up_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")
        failure = fails(api(tmp_path, {"trtc:requestTimeout": "1"}))
    assert failure.kind is Handling.AMBIGUOUS
    assert f"{HOST} did not answer within 1 s" in str(failure)
