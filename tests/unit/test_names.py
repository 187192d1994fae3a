"""Which recording a declared one is, over renames, parents, moves and replacements."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from pulumi_trtc.errors import NoEvidence
from pulumi_trtc.lifecycle.claims import Claims
from pulumi_trtc.lifecycle.known import Index
from pulumi_trtc.lifecycle.names import Named, Names
from pulumi_trtc.lifecycle.props import named
from pulumi_trtc.lifecycle.record_id import Identity
from pulumi_trtc.stack.cli import Evidence
from pulumi_trtc.stack.state import PendingCreate, SavedRecording, State
from tests.support.declared import BACKEND, IDENTITY, OWNER, STACK, URN, inputs, pending, record_id, saved
from tests.support.fake_service import Task

TASK = Task("task", record_id(0), {}, 0.0)
OTHER_URN = f"{URN}-two"
OTHER_STACK = "organization/demo/prod"


def name(
    names: Names, *found: SavedRecording | PendingCreate, urn: str = URN, stack: str = STACK, olds: Any = None
) -> Named:
    """What a check tells, with these in the state."""
    state = State(
        tuple(one for one in found if isinstance(one, SavedRecording)),
        tuple(one for one in found if isinstance(one, PendingCreate)),
    )
    index = Index.of(Evidence(state), lambda: BACKEND)
    return names.name(urn, stack, olds or {}, lambda: BACKEND, lambda: index)


def test_a_new_recording_is_derived_of_backend_stack_and_urn() -> None:
    assert name(Names()) == Named(IDENTITY, 0)


def test_a_recording_that_is_there_keeps_its_identity_whatever_it_is_called_and_reads_no_state() -> None:
    def unread() -> Index:
        raise NoEvidence(STACK, "", "not asked for")

    for urn in (URN, OTHER_URN):
        found = Names().name(urn, STACK, inputs(3), lambda: BACKEND, unread)
        assert found == Named(IDENTITY, 3)


def test_a_replacement_of_a_renamed_recording_keeps_it_too() -> None:
    names = Names()
    name(names, urn=OTHER_URN, olds=inputs())
    assert name(names, saved(TASK), urn=OTHER_URN) == Named(IDENTITY, 1)


def test_a_forced_replacement_finds_it_in_the_state() -> None:
    assert name(Names(), saved(TASK, 4)) == Named(IDENTITY, 5)


def test_a_killed_first_create_is_the_same_recording() -> None:
    assert name(Names(), pending(0)) == Named(IDENTITY, 1)
    assert name(Names(), pending(0), pending(1)) == Named(IDENTITY, 2)


@pytest.mark.parametrize("holder", [saved(TASK), pending(0)])
def test_a_name_that_was_given_away_gets_an_identity_of_its_own(
    holder: SavedRecording | PendingCreate,
) -> None:
    other = attrs.evolve(holder, urn=OTHER_URN)
    fresh = name(Names(), other)
    assert fresh.identity == Identity.derive(BACKEND, STACK, URN, salt=1)
    assert name(Names(), other) == fresh, "in the preview and in the update"


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_create_that_was_killed_before_the_name_was_given_away_is_another_recording_s_where_that_is_saved(
    is_saved: bool,
) -> None:
    fresh = Identity.derive(BACKEND, STACK, URN, salt=1)
    later = PendingCreate(URN, {**inputs(), "owner": named(OWNER, fresh, 0, given=False)})
    renamed = [attrs.evolve(saved(TASK), urn=OTHER_URN)] if is_saved else []
    names = Names()
    assert name(names, *renamed, pending(0), later).identity == fresh
    assert names.identities(URN) == ({fresh} if is_saved else {fresh, IDENTITY})


def test_in_a_renamed_stack_new_attempts_have_an_identity_of_its_own_and_the_old_one_is_known() -> None:
    names = Names()
    found = name(names, stack=OTHER_STACK, olds=inputs(2))
    assert found.identity == Identity.derive(BACKEND, OTHER_STACK, URN)
    assert names.identities(URN) == {IDENTITY, found.identity}


@pytest.mark.parametrize("holder", [saved(TASK), pending(0)])
def test_the_same_for_a_forced_replacement_and_a_killed_create_in_a_renamed_stack(
    holder: SavedRecording | PendingCreate,
) -> None:
    names = Names()
    found = name(names, holder, stack=OTHER_STACK)
    assert found == Named(Identity.derive(BACKEND, OTHER_STACK, URN), 1, former=IDENTITY)
    assert IDENTITY in names.identities(URN)


def test_of_version_0_1_0_a_given_record_id_has_the_identity_of_its_owner() -> None:
    owner = {"stack": STACK, "urn": URN}
    assert name(Names(), olds={**inputs(recordId="given"), "owner": owner}).identity == IDENTITY


def given(**changed: Any) -> dict[str, Any]:
    return inputs(**changed)


def faults(claims: Claims, props: Any, *found: SavedRecording, urn: str = URN) -> str:
    index = Index.of(Evidence(State(found)), lambda: BACKEND)
    return "\n".join(claims.faults(urn, props, index, {IDENTITY}))


@pytest.mark.parametrize(("key", "value"), [("recordId", "mine"), ("adopt", "task-1")])
def test_two_recordings_of_a_program_cannot_have_one(key: str, value: str) -> None:
    claims = Claims()
    assert faults(claims, given(**{key: value})) == ""
    assert faults(claims, given(**{key: value})) == "", "the engine checks a replacement twice"
    told = faults(claims, given(**{key: value}), urn=OTHER_URN)
    assert value in told
    assert "lecture" in told


def another(record_id: str = "mine", task_id: str = "task-1", **outputs: Any) -> SavedRecording:
    owner = {"identity": "other-aaaaaaaaaaaaaaaaaaaa-0"}
    props = {"sdkAppId": 1400000000.0, "recordId": record_id, "owner": owner}
    return SavedRecording(OTHER_URN, task_id, props, {"recordId": record_id, **outputs})


@pytest.mark.parametrize(("key", "value"), [("recordId", "mine"), ("adopt", "task-1")])
def test_what_another_recording_of_the_stack_has_is_refused_with_its_name_and_the_remedy(
    key: str, value: str
) -> None:
    told = faults(Claims(), given(**{key: value}), another())
    assert "lecture-two" in told
    assert "alias" in told


def test_an_ended_recording_and_one_of_another_application_have_no_record_id() -> None:
    assert faults(Claims(), given(recordId="mine"), another(status="ended")) == ""
    assert faults(Claims(), given(recordId="mine", sdkAppId=1), another()) == ""


def test_what_a_recording_has_itself_is_its_own() -> None:
    own = saved(Task("task-1", "mine", {}, 0.0), recordId="mine")
    assert faults(Claims(), given(recordId="mine", adopt="task-1"), own) == ""
