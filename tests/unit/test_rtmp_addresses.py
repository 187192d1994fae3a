"""What can be relayed to: the preview and the service, each with its own reading, say the same."""

from __future__ import annotations

import pytest

from pulumi_trtc.inputs.check import check
from pulumi_trtc.inputs.urls import target
from tests.support.inputs import page_props
from tests.support.sdk import start_body
from trtc_emulator.media.rtmp_address import Address
from trtc_emulator.request.errors import ApiError
from trtc_emulator.request.params import read_start
from trtc_emulator.settings.assumptions import Assumptions

# The address, its application and stream as ffmpeg has them, and what two addresses of one stream share.
TAKEN = (
    ("rtmp://h/live/name", "live", "name", "h:1935/live/name"),
    ("RTMP://H.:1936/live/name", "live", "name", "h:1936/live/name"),
    ("rtmp://h/live/name?txSecret=ab&txTime=5", "live", "name?txSecret=ab&txTime=5", "h:1935/live/name"),
    ("rtmp://h/live/?streamname=a&key=b", "live", "?streamname=a&key=b", "h:1935/live/"),
    ("rtmp://h/live?vhost=v.example/name", "live?vhost=v.example", "name", "h:1935/live/name"),
    ("rtmp://h/live?vhost=v/name?sign=1", "live?vhost=v", "name?sign=1", "h:1935/live/name"),
    ("rtmp://h/live/#name?a#b", "live", "#name?a#b", "h:1935/live/#name"),
    ("rtmp://h/#/name#1", "#", "name#1", "h:1935/#/name#1"),
    ("rtmp://h/app/instance/name", "app/instance", "name", "h:1935/app/instance/name"),
    ("rtmp://h/a/b/c/d?k=1", "a/b", "c/d?k=1", "h:1935/a/b/c/d"),
    ("rtmp://h/a/b/c/d?k=1/2", "a/b", "c/d?k=1/2", "h:1935/a/b/c/d"),
    ("rtmp://h/a/b?k=1/2", "a/b?k=1", "2", "h:1935/a/b"),
    ("rtmp://h/app/mp4:folder/name", "app", "mp4:folder/name", "h:1935/app/mp4:folder/name"),
    ("rtmp://h/app/name?a=http://x/y", "app", "name?a=http://x/y", "h:1935/app/name"),
    ("rtmp://h/live//name", "live/", "name", "h:1935/live//name"),
    ("rtmp://[2001:db8::1]/a/b", "a", "b", "2001:db8::1:1935/a/b"),
    ("rtmp://[::1]:99/a/b%20c", "a", "b%20c", "::1:99/a/b%20c"),
    ("rtmp://10.0.0.1:65535/a/b", "a", "b", "10.0.0.1:65535/a/b"),
    ("rtmp://u:p@h/a/b", "a", "b", "h:1935/a/b"),
    ("rtmp://bücher.example/直播/名", "直播", "名", "bücher.example:1935/直播/名"),
    ("rtmp://under_score.h/a/b", "a", "b", "under_score.h:1935/a/b"),
    (f"rtmp://h/a/{'k' * 8000}", "a", "k" * 8000, f"h:1935/a/{'k' * 8000}"),
)

REFUSED = (
    *("", "h/a/b", "rtmp:", "rtmp:/h/a/b", "rtmp://", "rtmps://h/a/b", "rtmpt://h/a/b", "http://h/a/b"),
    *("rtmp:///a/b", "rtmp://?a/b", "rtmp://#/a/b", "rtmp://u@/a/b", "rtmp://:1935/a/b"),
    # No application, or no stream.
    *(
        "rtmp://h",
        "rtmp://h/",
        "rtmp://h//",
        "rtmp://h/***",
        "rtmp://h/app",
        "rtmp://h/app/",
        "rtmp://h/app?key=1",
    ),
    *("rtmp://h//app/name", "rtmp://h/?key=1", "rtmp://h/?key=1/name", "rtmp://h?x/a/b", "rtmp://h#x/a/b"),
    *("rtmp://h/app/name/", "rtmp://h/app//", "rtmp://h/app?vhost=v/", "rtmp://h/a/b?k=1/"),
    # No host or port.
    *("rtmp://h:0/a/b", "rtmp://h:65536/a/b", "rtmp://h:-1/a/b", "rtmp://h:x/a/b", "rtmp://a..b/c/d"),
    *("rtmp://1.2.3.400/c/d", "rtmp://1/c/d", "rtmp://[1.2.3.4]/c/d", "rtmp://[::1/a/b", "rtmp://::1/a/b"),
    *("rtmp://h%41/a/b", f"rtmp://{'a' * 64}.example/a/b", "rtmp://h*/a/b"),
    # Characters.
    *("rtmp://h/a/b c", " rtmp://h/a/b", "rtmp://h/a/b\n", "rtmp://h/a/\0", "rtmp://h/a/\u200b"),
    *("rtmp://h\\a/b/c", "rtmp://h/a/\ud800", "rtmp://h/a/\u00a0", "rtmp://h/a/b\x7f"),
    f"rtmp://h/a/{'k' * 9000}",
)


def in_preview(url: str) -> str | None:
    """What the provider says."""
    faults = check(page_props(publishCdnParams=[{"publishCdnUrl": url}]))
    assert len(faults) <= 1
    return next((str(fault) for fault in faults), None)


def at_start(url: str) -> str | None:
    """What the service says."""
    body = start_body() | {"PublishCdnParams": [{"PublishCdnUrl": url}]}
    try:
        read_start(body, Assumptions())
    except ApiError as error:
        return error.message
    return None


@pytest.mark.parametrize(("url", "app", "stream", "shared"), TAKEN, ids=ascii)
def test_what_can_be_relayed_is_taken_by_both(url: str, app: str, stream: str, shared: str) -> None:
    assert (in_preview(url), at_start(url)) == (None, None)
    address = Address.parse(url)
    assert (address.app, address.stream) == (app, stream)
    assert target(url).stream == shared
    assert f"'{stream}'" not in repr(address)


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_what_cannot_be_relayed_is_refused_by_both_and_not_repeated(url: str) -> None:
    refusals = in_preview(url), at_start(url)
    assert None not in refusals
    assert "PublishCdnUrl" in str(refusals[1])
    assert "publishCdnUrl" in str(refusals[0])
    assert len(url) < 5 or url not in str(refusals)
