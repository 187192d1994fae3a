"""URLs of pages: what is refused, and what of it is shown; one CDN address is given once."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_trtc.inputs.check import check
from tests.support.inputs import page_props


def cdn(*urls: Any) -> dict[str, Any]:
    return page_props(publishCdnParams=[{"publishCdnUrl": url} for url in urls])


def test_one_address_is_given_once() -> None:
    same = ["rtmp://h/a/1?k=1", "rtmp://h/a/2", "rtmp://H:1935/a/1?k=1", "rtmp://h/a/1?k=2"]
    assert [str(fault) for fault in check(cdn(*same))] == [
        "publishCdnParams[2].publishCdnUrl: is the same address as publishCdnParams[0].publishCdnUrl"
    ]


@pytest.mark.parametrize("value", [["rtmp://h/a/b"], 5, True], ids=ascii)
def test_a_cdn_address_is_a_text(value: Any) -> None:
    [fault] = check(cdn(value))
    assert fault.path == "publishCdnParams[0].publishCdnUrl"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://localhost:3000/x?y#z",
        "HTTPS://Example.COM/",
        "http://127.0.0.1:8647/page",
        "http://[::1]:80/",
        "https://user:password@h/",
        "https://bücher.example/ä?ü",
        "https://a_b.example./#/room/1",
    ],
    ids=ascii,
)
def test_pages_that_can_be_recorded(url: str) -> None:
    assert check(page_props(recordUrl=url)) == ()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "h/page",
        "//h/page",
        "https://",
        "https:///page",
        "https://:80/",
        "https://h:99999/",
        "https://h:-1/",
        "https://h /",
        " https://h/",
        "https://h/\t",
        "https://h/\0",
        "https://[::1/",
        "https://[x]/",
        "https://-/\u2028",
        "https://a..b/",
        "https://1/",
        "https://h%41/",
        "https://" + "a" * 64 + ".example/",
        "https:\\\\h\\",
        "",
        "\ud800",
        1,
        None,
        ["https://h/"],
        {"a": "b"},
    ],
    ids=ascii,
)
def test_pages_that_cannot_be_recorded(url: Any) -> None:
    [fault] = check(page_props() | {"recordUrl": url})
    assert fault.path == "recordUrl"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/p?token=marker",
        "ftp://h/p#marker",
        "ftp://marker:x@h/",
        "ftp://x:marker@h/",
        "https://h h/?marker",
        "https://u:mar/ker@h:x/",
        "https:/h/?marker",
        "https://[h/?marker",
        "https://h:x/#marker",
        "?marker",
        "ftp://h/marker",
        "ftp://h/p;marker",
        "https://h:99999/marker",
        "https://h:marker",
        "https://h:123456marker/",
        "https://h h/marker",
        "https://h /marker",
        "https:/h/marker",
        "https:///marker",
        "//h/marker",
        "marker",
        "token:marker",
    ],
    ids=ascii,
)
def test_a_page_s_secrets_are_not_shown(url: str) -> None:
    [fault] = check(page_props(recordUrl=url))
    assert "marker" not in fault.reason
    assert "ker@" not in fault.reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "ftp://host.example/page?token=x",
            "must begin with http:// or https://; it is 'ftp://host.example…'",
        ),
        ("ftp://host.example", "must begin with http:// or https://; it is 'ftp://host.example'"),
        ("host.example/page", "must begin with http:// or https://"),
        (
            "https://h.example:99999/page",
            "is not a valid http or https URL: look at host and port; it is 'https://h.example:99999…'",
        ),
        ("https://a..b/page", "needs a valid host name or IP address; it is 'https://a..b…'"),
        ("https://[::1]:0/page", "needs a port of 1..65535, or none; it is 'https://[::1]:0…'"),
    ],
)
def test_of_a_page_s_url_scheme_and_host_are_shown(url: str, reason: str) -> None:
    [fault] = check(page_props(recordUrl=url))
    assert fault.reason == reason
