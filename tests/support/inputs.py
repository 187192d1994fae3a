"""Inputs of web recordings for tests: the API page's example, and strategies for valid and arbitrary ones.

`valid_props()` is what `check` must accept, as the engine hands it over; `any_props()` is anything at all.
`body_props` goes from a request's body to props, `written_props` from what a person writes,
`engine_props` makes numbers floats, as the engine does.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pulumi_trtc.inputs.table import CLOUD_STORAGE, CLOUD_VOD, UNKNOWN, WEB_RECORDING, walk
from pulumi_trtc.inputs.types import MAX_SAFE_INTEGER, Form, Integer, Kind, ListOf, Record, Text

PROPERTY = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
"""For property tests of inputs, which are large."""

PAGE_EXAMPLE: Mapping[str, Any] = {
    "RecordUrl": "https://web-record-xxxxx.cos.ap-xxx.myqcloud.com/xxxx/xxx.mp4",
    "StorageParams": {
        "CloudStorage": {
            "Vendor": 0,
            "Bucket": "webrecord-1234589",
            "Region": "ap-singapore",
            "AccessKey": "AKxxxxxx",
            "SecretKey": "Idxxxxxx",
            "FileNamePrefix": ["record", "video"],
        }
    },
    "MaxDurationLimit": 3600,
    "WebRecordVideoParams": {"Width": 1280, "Height": 720, "Format": "mp4"},
}
"""The body in StartWebRecord's own example (page of 2025-11-13), which has no SdkAppId."""

MARKER = "S3cr3t"
"""Stands in every secret that `marked_props` makes; no name, limit or public value has it."""


def page_props(**changed: Any) -> dict[str, Any]:
    """Props of the API page's example; `changed` replaces top-level keys, and None takes one out."""
    props = {**body_props(PAGE_EXAMPLE), "sdkAppId": 1400000000, **changed}
    return {key: value for key, value in props.items() if value is not None}


def body_props(body: Mapping[str, Any]) -> dict[str, Any]:
    """The props that a request's body declares."""
    props: dict[str, Any] = _body_props(WEB_RECORDING, body)
    return props


def written_props(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The props that inputs under Python's names come to, before their secrets are marked."""
    props: dict[str, Any] = _written_props(WEB_RECORDING, inputs)
    return props


def engine_props(value: Any) -> Any:
    """The same values as they come out of the engine."""
    if isinstance(value, Mapping):
        return {key: engine_props(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [engine_props(item) for item in value]
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_integer else value


def _body_props(kind: Kind, value: Any) -> Any:
    if isinstance(kind, Record):
        by_api = {field.api: field for field in kind.fields}
        return {by_api[api].key: _body_props(by_api[api].kind, inner) for api, inner in value.items()}
    if isinstance(kind, ListOf):
        return [_body_props(kind.item, item) for item in value]
    return value


def _written_props(kind: Kind, value: Any) -> Any:
    if isinstance(kind, Record) and isinstance(value, Mapping):
        given = {key: (kind.named(key), inner) for key, inner in value.items() if inner is not None}
        return {
            field.key if field else key: _written_props(field.kind, inner) if field else inner
            for key, (field, inner) in given.items()
        }
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_written_props(kind.item, item) for item in value]
    return value


_NAME = st.text(string.ascii_letters + string.digits + "-_", min_size=1)
_WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
_HOST = st.builds("{}.{}.example".format, _WORD, _WORD)
_PORT = st.sampled_from(["", ":80", ":65535"])
_PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
_QUERY = st.sampled_from(["", "?", "?a=b&c=%20", "#/room", "?x=1#y"])
_SENDABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")

_FORMS: Mapping[Form, st.SearchStrategy[str]] = {
    Form.NAME: _NAME,
    Form.PRINTABLE: _PRINTABLE,
    Form.REGION: st.sampled_from(["ap-singapore", "ap-beijing-1", "na-siliconvalley", "ap-shanghai-fsi"]),
    Form.BUCKET: st.builds("{}-{}".format, _WORD, st.integers(10**6, 2 * 10**9)),
    Form.WEB_URL: st.builds(
        "{}://{}{}/{}{}".format, st.sampled_from(["http", "https", "HTTPS"]), _HOST, _PORT, _WORD, _QUERY
    ),
    Form.RTMP_URL: st.builds(
        "rtmp://{}{}/live/{}{}".format, _HOST, _PORT, _WORD, st.sampled_from(["", "?a=b&c=%20", "?a=c", "#1"])
    ),
}


def valid_props() -> st.SearchStrategy[dict[str, Any]]:
    """Props that have nothing wrong with them, with any of the optional inputs, and numbers as floats."""
    return _record(WEB_RECORDING).flatmap(_agreeing).map(engine_props)


def _record(record: Record) -> st.SearchStrategy[dict[str, Any]]:
    required = {field.key: _kind(field.kind) for field in record.fields if field.required}
    optional = {field.key: _kind(field.kind) for field in record.fields if not field.required}
    return st.fixed_dictionaries(required, optional=optional)


def _kind(kind: Kind) -> st.SearchStrategy[Any]:
    match kind:
        case Record():
            return _record(kind)
        case ListOf():
            unique = (lambda item: item["publishCdnUrl"]) if isinstance(kind.item, Record) else None
            most = kind.most or 4
            return st.lists(_kind(kind.item), min_size=kind.fewest, max_size=most, unique_by=unique)
        case Integer(choices=()):
            numbers = st.integers(kind.low, kind.high)
            return numbers.map(lambda number: number // 2 * 2) if kind.even else numbers
        case Integer():
            return st.sampled_from([value for value, _ in kind.choices])
        case Text():
            return _text(kind)


def _text(kind: Text) -> st.SearchStrategy[str]:
    if kind.form is Form.CHOICE:
        return st.sampled_from(kind.choices)
    if kind.form is Form.FREE:
        return st.text(_SENDABLE, min_size=kind.shortest, max_size=min(kind.longest or 60, 60))
    return _FORMS[kind.form].map(lambda text: text[: kind.longest])


@st.composite
def _agreeing(draw: st.DrawFn, props: dict[str, Any]) -> dict[str, Any]:
    """The same with the inputs that depend on one another in agreement."""
    video = props.get("webRecordVideoParams", {})
    if draw(st.booleans()):
        storage = {"cloudVod": draw(_record(CLOUD_VOD))}
        is_hls = storage["cloudVod"]["tencentVod"].get("mediaType") == 1
    else:
        cloud = {key: value for key, value in draw(_record(CLOUD_STORAGE)).items() if not key.endswith("Key")}
        if draw(st.booleans()):
            cloud |= {"accessKey": draw(_PRINTABLE), "secretKey": draw(_PRINTABLE)}
        storage = {"cloudStorage": cloud}
        is_hls = video.get("format") == "hls"
    if is_hls:
        video.pop("maxMediaFileDuration", None)
    return {**props, "storageParams": storage}


_SPELLINGS = sorted({spelling for _, field in walk() for spelling in field.spellings})
_ANY_TEXT = st.text(st.characters(exclude_categories=[]))
_KEYS = st.one_of(st.sampled_from(_SPELLINGS), _ANY_TEXT, st.integers(), st.none(), st.booleans())
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**53, MAX_SAFE_INTEGER, -(10**400), 10**4000, 0]),
    st.floats(),
    _ANY_TEXT,
    st.binary(max_size=4),
    st.sampled_from(["mp4", "hls", "https://x", "rtmp://x/y", "http://[::1", "http://a:b:c/", "0", ""]),
    st.just(UNKNOWN),
    st.builds(object),
    st.frozensets(st.integers(), max_size=2),
)


def any_value() -> st.SearchStrategy[Any]:
    """Anything that a program or a state might hold."""
    return st.recursive(
        _LEAVES,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=5)),
    )


def any_props() -> st.SearchStrategy[dict[Any, Any]]:
    """Arbitrary dicts, and valid props with one value anywhere in them put wrong."""
    return st.one_of(st.dictionaries(_KEYS, any_value(), max_size=8), _broken(valid_props(), any_value()))


@st.composite
def _broken(
    draw: st.DrawFn, source: st.SearchStrategy[dict[str, Any]], values: st.SearchStrategy[Any]
) -> dict[str, Any]:
    props = draw(source)
    container: Any = props
    while True:
        places = list(container) if isinstance(container, dict) else list(range(len(container)))
        if not places:
            return props
        place = draw(st.sampled_from(places))
        inner = container[place]
        if isinstance(inner, (dict, list)) and draw(st.booleans()):
            container = inner
            continue
        container[place] = draw(values)
        return props


@st.composite
def marked_props(draw: st.DrawFn) -> dict[Any, Any]:
    """Props, right or wrong, with MARKER wherever a secret can stand."""
    noise = st.sampled_from(["", " ", "\0", "é", "\ud800", "@", "?", "/", "://", "\\", "[", ":99999/"])
    marked = st.builds("{}{}{}".format, noise, st.just(MARKER), noise)
    address = st.builds(
        "{}{}{}".format, st.sampled_from(["rtmp://h/a/", "rtmp://", "http://h/", ""]), marked, noise
    )
    secret = st.one_of(marked, st.just([MARKER]), st.just({"x": MARKER}))
    page = st.sampled_from(
        [
            *("https://h/?t=", "ftp://h/p#", "https://u:", "http:/h?", "https://h h/?", "x?"),
            *("ftp://h/", "ftp://h/p;", "https://h:99999/", "https://h:x/", "http:///", "//h/", "x:"),
        ]
    )
    props: dict[Any, Any] = draw(st.one_of(valid_props(), _broken(valid_props(), any_value())))
    page_url = draw(page)
    tail = "@h/" if page_url.endswith("u:") else ""
    props["recordUrl"] = f"{page_url}{MARKER}{tail}"
    item = st.fixed_dictionaries({"publishCdnUrl": st.one_of(address, st.just([MARKER]))})
    props["publishCdnParams"] = draw(st.one_of(secret, st.lists(st.one_of(address, item))))
    keys = {"accessKey": draw(marked), "secretKey": draw(st.one_of(marked, st.just({"x": MARKER})))}
    storage = {"vendor": 0, "region": "ap-singapore", "bucket": "b-1", **keys}
    vod = {"sessionContext": MARKER * 200, "sourceContext": MARKER * 50, "procedure": [MARKER]}
    props["storageParams"] = draw(
        st.sampled_from(
            [
                *({"cloudStorage": storage}, {"cloudStorage": [storage]}, {"x": storage}, [storage], MARKER),
                {"cloudVod": {"tencentVod": vod}},
            ]
        )
    )
    return props
