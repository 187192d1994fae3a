"""The derived RecordId fits the API and tells declared recordings apart."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.lifecycle.record_id import ATTEMPTS, attempt, attempts_from, derive, digit_of, is_attempt_of
from tests.support.declared import BACKEND, OWNER, URN

TEXT = st.text(max_size=80)


@given(TEXT, TEXT, TEXT)
def test_it_is_what_the_api_takes(backend: str, stack: str, name: str) -> None:
    record_id = derive(backend, stack, f"urn:pulumi:dev::demo::type::{name}")
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,31}", record_id)
    assert digit_of(record_id) == 0


def test_it_changes_with_backend_stack_and_urn_and_with_nothing_else() -> None:
    variants = {
        derive(BACKEND, OWNER["stack"], URN),
        derive("file:///other", OWNER["stack"], URN),
        derive(BACKEND, "organization/demo/prod", URN),
        derive(BACKEND, OWNER["stack"], URN.replace("lecture", "lecturf")),
    }
    assert len(variants) == 4
    assert derive(BACKEND, OWNER["stack"], URN) in variants


def test_attempts_differ_and_are_known_as_one_recordings() -> None:
    derived = derive(BACKEND, OWNER["stack"], URN)
    attempts = list(attempts_from(derived, ATTEMPTS - 2))
    assert len(set(attempts)) == ATTEMPTS
    assert [digit_of(one) for one in attempts[:3]] == [ATTEMPTS - 2, ATTEMPTS - 1, 0]
    assert all(is_attempt_of(one, derived) for one in attempts)
    assert not is_attempt_of("given", derived)
    assert not is_attempt_of("", derived)
    assert attempt(attempts[0], 0) == derived
