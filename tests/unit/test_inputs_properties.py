"""Over the whole input space: no exception, no secret in a message, and what is accepted round-trips."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.inputs.body import StorageKeys, needs_storage_keys, start_body
from pulumi_trtc.inputs.changes import compare
from pulumi_trtc.inputs.check import check, findings
from pulumi_trtc.inputs.table import WEB_RECORDING
from tests.support.inputs import (
    MARKER,
    PROPERTY,
    any_props,
    any_value,
    body_props,
    engine_props,
    marked_props,
    valid_props,
)

SETTINGS = [field.key for field in WEB_RECORDING.fields if field.provider_only]


def assert_round_trip(props: dict[str, Any]) -> None:
    """The body of accepted props is JSON without floats, and declares the same recording."""
    body = start_body(props, None, props.get("recordId") or "derived")
    sent = json.loads(json.dumps(body))
    back = body_props(sent)
    if props.get("recordId") is None:
        del back["recordId"]
    settings = {key: props[key] for key in SETTINGS if key in props}
    changes = compare(props, {**back, **settings})
    assert (changes.replaces, changes.updates) == ((), ())
    assert check({**back, **settings}) == ()
    assert start_body(back, None, str(sent["RecordId"])) == body


@PROPERTY
@given(valid_props())
def test_valid_inputs_are_accepted_and_come_back_as_they_were(props: dict[str, Any]) -> None:
    assert check(props) == ()
    assert_round_trip(props)
    changes = compare(props, engine_props(props))
    assert (changes.replaces, changes.updates) == ((), ())


@PROPERTY
@given(any_props())
def test_any_inputs_are_judged_without_an_exception(props: dict[Any, Any]) -> None:
    faults = findings(props)
    assert all(fault.reason and isinstance(fault.path, str) for fault in faults)
    # A message goes to the engine as text.
    assert all(str(fault).encode() for fault in faults)


@PROPERTY
@given(any_value(), any_value())
def test_whatever_it_is_nothing_raises(one: Any, other: Any) -> None:
    assert check(one) or isinstance(one, dict)
    findings(one)
    compare(
        {"recordUrl": one, "publishCdnParams": one, "adopt": one},
        {"recordUrl": other, "publishCdnParams": other},
    )


@PROPERTY
@given(any_props())
def test_what_is_accepted_can_be_sent_or_is_not_known_yet(props: dict[Any, Any]) -> None:
    if check(props) == () and "UNKNOWN" not in repr(props):
        assert_round_trip(props)


@PROPERTY
@given(marked_props())
def test_no_message_has_a_secret_in_it(props: dict[Any, Any]) -> None:
    faults = findings(props)
    assert not [fault for fault in faults if MARKER in str(fault)]


@PROPERTY
@given(valid_props(), valid_props(), st.booleans())
def test_a_change_tells_exactly_the_keys_that_differ(
    old: dict[str, Any], new: dict[str, Any], as_floats: bool
) -> None:
    changes = compare(engine_props(old) if as_floats else old, new)
    differing = {field for field in WEB_RECORDING.fields if old.get(field.key) != new.get(field.key)}
    told = {re.split(r"[.\[]", path)[0] for path in (*changes.paths, *changes.updates)}
    assert told == {field.name for field in differing}
    assert set(changes.replaces) & set(SETTINGS) <= {"adopt"}
    assert set(changes.updates) <= {field.name for field in differing if field.provider_only}


@PROPERTY
@given(valid_props())
def test_configured_keys_reach_exactly_the_recordings_that_need_them(props: dict[str, Any]) -> None:
    with_keys = start_body(props, StorageKeys("id", "key"), "r")
    assert (with_keys != start_body(props, None, "r")) == needs_storage_keys(props)
