from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.service.redact import redact, secrets_of

SECRET = 'se/cr+et=&"é value'


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        SECRET.upper(),
        quote(SECRET),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_form_of_a_secret_goes(form: str) -> None:
    assert redact(f"<{form}>", [SECRET]).strip('"<>=') in ("[hidden]", '"[hidden]"')


@given(
    before=st.binary(max_size=9),
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=40),
    after=st.binary(max_size=9),
)
def test_base64_of_a_text_with_a_secret_in_it_gives_nothing_of_it_away(
    before: bytes, secret: str, after: bytes
) -> None:
    """Wherever in the text the secret stands, all but its two outermost letters at each end are gone."""
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    left = redact(encoded, [secret])
    assert "[hidden]" in left
    kept = sum(len(part) for part in left.split("[hidden]"))
    assert kept <= len(encoded) - (len(secret) - 4) * 4 // 3


@given(before=st.text(), secret=st.text(min_size=4), after=st.text(), others=st.lists(st.text()))
def test_no_text_keeps_a_secret(before: str, secret: str, after: str, others: list[str]) -> None:
    left = redact(before + secret + after, [*others, secret])
    assert "[hidden]" in left
    assert all(secret not in part for part in left.split("[hidden]"))


def test_short_values_and_nothing_blot_out_nothing() -> None:
    assert redact("a text of a page", ["", "a", "pag"]) == "a text of a page"


def test_the_longest_secret_goes_first() -> None:
    assert redact("secret-and-more", ["secret", "secret-and-more"]) == "[hidden]"


def test_a_proxys_password_goes() -> None:
    assert redact("proxy http://user:pass@proxy:3128 failed", []) == "proxy http://[hidden]@proxy:3128 failed"


def test_the_secrets_of_a_body() -> None:
    body = {
        "RecordUrl": "https://me:pw@page.example.com/rooms/secret-room?token=abcdef&n=1#frag",
        "StorageParams": {"CloudStorage": {"Bucket": "b-1", "AccessKey": "AKID", "SecretKey": "key"}},
        "PublishCdnParams": [{"PublishCdnUrl": "rtmp://cdn/app/stream"}, {}],
    }
    found = set(secrets_of(body))
    assert {"AKID", "key", "rtmp://cdn/app/stream", "stream"} <= found
    assert {"/rooms/secret-room", "token=abcdef&n=1", "abcdef", "frag", "me:pw", "me", "pw"} <= found
    assert not {"b-1", "page.example.com", "1"} & found


@pytest.mark.parametrize(
    "body", [{}, {"StorageParams": {}}, {"StorageParams": {"CloudVod": {}}}, {"TaskId": "t"}]
)
def test_a_body_without_secrets(body: dict[str, object]) -> None:
    assert secrets_of(body) == ()
