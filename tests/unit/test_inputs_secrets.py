"""Which page is secret without being wrapped, and what the check marks whatever the program did."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_trtc.inputs.secrets import is_secret_page, wrapped
from tests.support.inputs import page_props

OPEN = (
    "https://example.com",
    "https://example.com/",
    "HTTPS://Example.com:8443/a/b.html",
    "http://[::1]:80/x",
    "https://example.com/@user/page",
    "https://example.com/a;b=c",
    "https://bücher.example/ü",
)
SECRET = (
    "https://example.com/?token=x",
    "https://example.com?x",
    "https://example.com/?",
    "https://example.com/#/room?token=x",
    "https://example.com/#",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://:@example.com/",
    "ftp://example.com/",
    "https:user:password@example.com",
    "https://example.com\\user:password@x",
    "token",
    "",
)


@pytest.mark.parametrize("url", OPEN)
def test_a_plain_page_stays_readable(url: str) -> None:
    assert not is_secret_page(url)


@pytest.mark.parametrize("url", SECRET)
def test_a_page_with_more_than_scheme_host_and_path_is_secret(url: str) -> None:
    assert is_secret_page(url)


@pytest.mark.parametrize("value", [5, ["https://example.com/"], {"x": "y"}, True])
def test_what_is_no_url_is_secret(value: Any) -> None:
    assert is_secret_page(value)
    assert not is_secret_page(None)


def test_each_secret_is_wrapped_and_nothing_else() -> None:
    cdn = [{"publishCdnUrl": "rtmp://h/a/b", "isTencentCdn": 0.0}, {"publishCdnUrl": "rtmp://h/a/c"}]
    props = page_props(recordUrl="https://h/?t", publishCdnParams=cdn, owner={"urn": "u"}, __provider="p")
    found = wrapped(props, lambda value: ("secret", value))
    assert found["recordUrl"] == ("secret", "https://h/?t")
    storage = found["storageParams"]["cloudStorage"]
    assert (storage["accessKey"], storage["secretKey"]) == (("secret", "AKxxxxxx"), ("secret", "Idxxxxxx"))
    assert [one["publishCdnUrl"] for one in found["publishCdnParams"]] == [
        ("secret", "rtmp://h/a/b"),
        ("secret", "rtmp://h/a/c"),
    ]

    def in_clear(value: Any) -> Any:
        if isinstance(value, tuple):
            return value[1]
        if isinstance(value, dict):
            return {key: in_clear(inner) for key, inner in value.items()}
        return [in_clear(one) for one in value] if isinstance(value, list) else value

    assert in_clear(found) == props
    assert wrapped(page_props(), lambda _: "x")["recordUrl"] == page_props()["recordUrl"]
