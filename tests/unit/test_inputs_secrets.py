"""Which page is secret without being wrapped, and what the check marks whatever the program did."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_trtc.inputs.secrets import hides_location, is_secret_page, marked, wrapped
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


class Mark(str):
    """A value that a program marks as secret."""

    __slots__ = ()


def marks(**changed: Any) -> list[str]:
    return [path for path, _ in marked(page_props(**changed), lambda value: isinstance(value, Mark))]


def test_what_is_marked_is_found_at_any_depth_unless_it_is_secret_anyway() -> None:
    cos = {"vendor": 0, "region": Mark("r"), "bucket": "b", "accessKey": Mark("a"), "secretKey": Mark("s")}
    prefixed = {**cos, "fileNamePrefix": ["a", Mark("b"), Mark("c")]}
    assert marks(storageParams={"cloudStorage": prefixed}) == [
        "storageParams.cloudStorage.region",
        *["storageParams.cloudStorage.fileNamePrefix"] * 2,
    ]
    cdn = [{"publishCdnUrl": Mark("rtmp://h/a/b"), "isTencentCdn": Mark("1")}]
    assert marks(recordUrl=Mark("https://h/"), publishCdnParams=cdn) == []
    assert marks(recordId=Mark("r"), storageParams=Mark("all")) == ["storageParams", "recordId"]
    assert marks(record_id=Mark("r"), max_duration=Mark("60")) == ["recordId"]


@pytest.mark.parametrize(
    ("path", "hides"),
    [
        ("storageParams", True),
        ("storageParams.cloudStorage", True),
        ("storageParams.cloudStorage.bucket", True),
        ("storageParams.cloudStorage.fileNamePrefix", True),
        ("storageParams.cloudVod.tencentVod", True),
        ("storageParams.cloudVod.tencentVod.subAppId", True),
        ("storageParams.cloudStorage.region", False),
        ("storageParams.cloudVod.tencentVod.procedure", False),
        ("sdkAppId", False),
    ],
)
def test_where_the_files_are_is_as_secret_as_what_says_so(path: str, hides: bool) -> None:
    assert hides_location([path]) == hides
    assert hides_location(["recordId", path]) == hides
    assert not hides_location([])
