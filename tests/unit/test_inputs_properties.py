"""Over the whole input space: no exception, no secret in a message, and what is accepted round-trips."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.inputs.body import StorageKeys, spec_from_props, start_body
from pulumi_trtc.inputs.changes import Changes, compare
from pulumi_trtc.inputs.check import check, warnings
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
    spec = spec_from_props(props)
    body = start_body(spec, None, spec.record_id or "derived")
    sent = json.loads(json.dumps(body))
    back = body_props(sent)
    if spec.record_id is None:
        del back["recordId"]
    settings = {key: props[key] for key in SETTINGS if key in props}
    assert compare(props, {**back, **settings}) == Changes()
    assert check({**back, **settings}) == ()
    assert spec_from_props({**back, **settings}) == spec


@PROPERTY
@given(valid_props())
def test_valid_inputs_are_accepted_and_come_back_as_they_were(props: dict[str, Any]) -> None:
    assert check(props) == ()
    assert_round_trip(props)
    assert compare(props, engine_props(props)) == Changes()


@PROPERTY
@given(any_props())
def test_any_inputs_are_judged_without_an_exception(props: dict[Any, Any]) -> None:
    faults = check(props)
    assert all(fault.reason and isinstance(fault.path, str) for fault in faults)
    # A message goes to the engine as text.
    assert all(str(fault).encode() for fault in (*faults, *warnings(props)))


@PROPERTY
@given(any_value(), any_value())
def test_whatever_it_is_nothing_raises(one: Any, other: Any) -> None:
    assert check(one) or isinstance(one, dict)
    warnings(one)
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
    faults = (*check(props), *warnings(props))
    assert not [fault for fault in faults if MARKER in str(fault)]


@PROPERTY
@given(valid_props(), valid_props(), st.booleans())
def test_a_change_tells_exactly_the_keys_that_differ(
    old: dict[str, Any], new: dict[str, Any], as_floats: bool
) -> None:
    changes = compare(engine_props(old) if as_floats else old, new)
    differing = {field.key for field in WEB_RECORDING.fields if old.get(field.key) != new.get(field.key)}
    assert {*changes.replaces, *changes.updates} == differing
    assert set(changes.replaces) & set(SETTINGS) <= {"adopt"}
    assert not set(changes.updates) - set(SETTINGS)
    assert changes.replaces or not changes.delete_before_replace


@PROPERTY
@given(valid_props())
def test_configured_keys_reach_exactly_the_recordings_that_need_them(props: dict[str, Any]) -> None:
    spec = spec_from_props(props)
    with_keys = start_body(spec, StorageKeys("id", "key"), "r")
    assert (with_keys != start_body(spec, None, "r")) == spec.needs_storage_keys
