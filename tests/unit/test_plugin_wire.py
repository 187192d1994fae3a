"""The engine's structs, read and written."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.inputs.check import check
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.marks import OUTPUT, SIGNATURE, UNKNOWNS
from pulumi_trtc.plugin import wire
from tests.support.declared import inputs

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5) | st.just(UNKNOWN)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def struct(value: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(value, struct_pb2.Struct())


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_null(one) for key, one in value.items() if one is not None}
    return [without_null(one) for one in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_what_is_written_is_read(values: dict[str, Any]) -> None:
    assert wire.read(wire.write(values)) == without_null(values)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_a_secret_is_read_in_clear(values: dict[str, Any]) -> None:
    written = wire.write({key: wire.Secret(value) for key, value in values.items()})
    assert all(SIGNATURE in one.struct_value.fields for one in written.fields.values())
    assert wire.read(written) == without_null(values)


@pytest.mark.parametrize("mark", sorted(UNKNOWNS))
def test_each_kind_of_unknown_is_unknown(mark: str) -> None:
    assert wire.read(struct({"a": mark, "b": [mark]})) == {"a": UNKNOWN, "b": [UNKNOWN]}


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("c44067f5952c0a294b673a41bacd8c17", "an asset"),
        ("0def7320c3a5731c473e5ecbe6d01bc7", "an archive"),
        ("5cf8f73096256a8f31e491e813e4eb8e", "a resource"),
        ("nobody has seen this", "does not know"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_path(mark: str, words: str) -> None:
    given = wire.read(struct({**inputs(), "owner": {}, "recordUrl": {SIGNATURE: mark, "text": "x"}}))
    (fault,) = check(given)
    assert fault.path == "recordUrl"
    assert words in fault.reason


def test_an_output_value_is_its_value_or_unknown() -> None:
    mark = {SIGNATURE: OUTPUT}
    assert wire.read(struct({"a": {**mark, "value": "x", "secret": True}, "b": mark})) == {
        "a": "x",
        "b": UNKNOWN,
    }


def test_a_secret_does_not_show() -> None:
    assert "token" not in repr(wire.Secret("token"))


def test_marked_keys_are_marked_once() -> None:
    once = wire.with_secrets(struct({"a": "x", "b": "y"}), ["a", "missing"])
    assert SIGNATURE in once.fields["a"].struct_value.fields
    assert once.fields["b"].string_value == "y"
    assert wire.with_secrets(once, ["a"]) == once


def test_settings_are_the_stack_s_whatever_their_types() -> None:
    given = {"site": "intl", "startWindow": 2.0, "assumeRole": {"roleArn": "x"}, "version": "1", "__i": "x"}
    assert wire.settings({**given, "region": UNKNOWN}, "trtc") == {
        "trtc:site": "intl",
        "trtc:startWindow": "2.0",
        "trtc:assumeRole": '{"roleArn": "x"}',
    }


MARKED = st.recursive(
    st.text(max_size=3) | st.just(UNKNOWN) | st.text(max_size=3).map(wire.Secret),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2).map(wire.Secret)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), MARKED, max_size=4))
def test_what_is_handed_back_is_secret_where_it_was_handed_in_so(values: dict[str, Any]) -> None:
    written = wire.write(values)
    marks = wire.read(written, wire.Secret)
    assert marks == values
    assert wire.write(wire.as_marked(wire.read(written), marks)) == written


def test_what_is_secret_already_or_not_known_is_not_marked_again() -> None:
    marks = {"a": wire.Secret("x"), "b": wire.Secret("x"), "d": [wire.Secret("x")]}
    values = {"a": wire.Secret("y"), "b": UNKNOWN, "c": "z", "d": ["y", "z"]}
    assert wire.as_marked(values, marks) == {**values, "d": [wire.Secret("y"), "z"]}
