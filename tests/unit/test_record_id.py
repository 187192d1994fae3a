"""The derived RecordId fits the API and tells declared recordings apart."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pulumi_trtc.lifecycle.record_id import ATTEMPTS, Identity, attempt_of
from tests.support.declared import BACKEND, STACK, URN

TEXT = st.text(max_size=80)


@given(TEXT, TEXT, TEXT, st.integers(0, 3))
def test_it_is_what_the_api_takes_and_tells_whose_it_is(
    backend: str, stack: str, name: str, salt: int
) -> None:
    identity = Identity.derive(backend, stack, f"urn:pulumi:dev::demo::type::{name}", salt)
    for number in (0, 7, ATTEMPTS + 1):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,31}", identity.attempt(number))
        assert Identity.of(identity.attempt(number)) == identity


def test_it_changes_with_backend_stack_urn_and_salt_and_with_nothing_else() -> None:
    variants = {
        Identity.derive(BACKEND, STACK, URN),
        Identity.derive("file:///other", STACK, URN),
        Identity.derive(BACKEND, "organization/demo/prod", URN),
        Identity.derive(BACKEND, STACK, URN.replace("lecture", "lecturf")),
        Identity.derive(BACKEND, STACK, URN, salt=1),
    }
    assert len(variants) == 5
    assert Identity.derive(BACKEND, STACK, URN) in variants


def test_it_is_what_version_0_1_0_derived() -> None:
    """It is in users' states and in running tasks."""
    assert Identity.derive(BACKEND, STACK, URN).attempt(0) == "lecture-jv6ygnnyhmy7usrwep2o-0"


def test_attempts_are_counted_over_their_digits() -> None:
    identity = Identity.derive(BACKEND, STACK, URN)
    assert len({identity.attempt(number) for number in range(ATTEMPTS)}) == ATTEMPTS
    assert identity.attempt(ATTEMPTS) == identity.attempt(0)
    for number in (0, 5, ATTEMPTS, 2 * ATTEMPTS + 3):
        assert attempt_of(identity.attempt(number), number) == number
        assert attempt_of(identity.attempt(number + 2), number) == number + 2


def test_a_given_record_id_has_no_identity() -> None:
    assert [Identity.of(one) for one in ("given", "", None, {"ciphertext": "x"})] == [None] * 4
