"""Exactly one recording runs for each declared one: after repeated kills, and where two want the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.support.emulator import Emulator
from tests.support.interrupted import killed
from tests.support.pulumi_cli import Stack
from tests.support.recordings import (
    FORCED,
    all_recording,
    calls,
    declared,
    inputs,
    program,
    runs_exactly,
    saved,
    task_ids,
    urn_of,
)
from tests.support.sdk import sdk_client, start, stop

MakeStack = Callable[..., Stack]
LECTURE = program(lecture=inputs())
LONGER = inputs(max_duration_limit=3600)


def relayed(key: str, **changed: Any) -> dict[str, Any]:
    """The inputs of a recording that pushes to a stream with this key."""
    url = f"rtmp://cdn.example.com/live/{key}"
    return inputs(publish_cdn_params=[{"publish_cdn_url": url, "is_tencent_cdn": 1}], **changed)


def settles(stack: Stack, emu: Emulator, *names: str) -> dict[str, str]:
    """The TaskIds that run once an `up` has dealt with everything, and that a further one leaves alone."""
    stack.up()
    tasks = runs_exactly(emu, stack, *names)
    stack.up("--expect-no-changes")
    assert runs_exactly(emu, stack, *names) == tasks
    return tasks


# What a killed update left, carried through, forgotten by the engine, and another killed one.


def carried_through(stack: Stack, emu: Emulator) -> None:
    """An `up` is killed, the next carries it through, and the engine forgets the pending create."""
    killed(stack, emu)
    stack.up()
    runs_exactly(emu, stack, "lecture")
    stack.refresh("--clear-pending-creates")


@pytest.mark.soak
def test_a_create_with_inputs_that_were_carried_through_once_is_killed(
    patient: MakeStack, emu: Emulator
) -> None:
    stack = patient(LECTURE)
    carried_through(stack, emu)
    killed(stack, emu, *FORCED)
    settles(stack, emu, "lecture")


@pytest.mark.soak
def test_a_stream_key_is_put_back_after_a_killed_change_of_it(patient: MakeStack, emu: Emulator) -> None:
    stack = patient(program(lecture=relayed("first")))
    carried_through(stack, emu)
    stack.write(program(lecture=relayed("second")))
    killed(stack, emu)
    stack.write(program(lecture=relayed("first")))
    settles(stack, emu, "lecture")


# One task has one owner.


@attrs.frozen
class Claim:
    """A program that wants what another recording has.

    Attributes:
        before: What is up already.
        wants: What is declared then; "{task}" is the TaskId of the first recording.
        said: Patterns of what the refusal names; the engine tells of the first recording that is refused.
    """

    name: str
    before: str
    wants: str
    said: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


ADOPTING = declared("talk", inputs(adopt="{task}"))
GIVEN = inputs(record_id="mine")
CLAIMS = (
    Claim("renamed with adopt", LECTURE, program() + ADOPTING, ("lecture", "alias")),
    Claim("adopted beside its owner", LECTURE, LECTURE + ADOPTING, ("lecture",)),
    Claim(
        "a given RecordId renamed without an alias",
        program(lecture=GIVEN),
        program(talk=GIVEN),
        ("lecture", "mine", "alias"),
    ),
    Claim(
        "list to dict",
        program(**{"rooms_0": GIVEN, "rooms_1": inputs(record_id="other")}),
        program(**{"rooms_a": GIVEN, "rooms_b": inputs(record_id="other")}),
        ("rooms_[01]", "alias"),
    ),
    Claim(
        "two that swap theirs",
        program(lecture=GIVEN, talk=inputs(record_id="other")),
        program(lecture=inputs(record_id="other"), talk=GIVEN),
        ("lecture", "talk"),
    ),
    Claim("one given twice", program(lecture=GIVEN), program(lecture=GIVEN, talk=GIVEN), ("lecture", "mine")),
)
QUICK = "a given RecordId renamed without an alias"


@pytest.mark.parametrize(
    "claim",
    [pytest.param(one, marks=() if one.name == QUICK else pytest.mark.soak) for one in CLAIMS],
    ids=str,
)
def test_what_another_recording_has_is_refused_in_the_preview(
    recorded: MakeStack, emu: Emulator, claim: Claim
) -> None:
    stack = recorded(claim.before)
    stack.up()
    tasks = saved(stack)
    done = calls(emu)
    stack.write(claim.wants.replace("{task}", next(iter(tasks.values()))))
    for result in (stack.preview(check=False), stack.up(check=False)):
        assert result.status != 0, result.text
        assert [one for one in claim.said if not re.search(one, result.text)] == []
        assert "did not start" not in result.text, "this stack started it"
    assert calls(emu) == done
    assert runs_exactly(emu, stack, *tasks) == tasks


@pytest.mark.soak
@pytest.mark.parametrize("given", ["adopt", "record_id"])
def test_two_of_a_program_cannot_have_one(recorded: MakeStack, emu: Emulator, given: str) -> None:
    others = start(sdk_client(emu), RecordId="by-hand")
    all_recording(emu)
    wants = inputs(**{given: others if given == "adopt" else "mine"})
    stack = recorded(program(lecture=wants, talk=wants))
    preview = stack.preview(check=False)
    assert preview.status != 0, preview.text
    assert re.search(r"lecture|talk", preview.text)
    assert stack.up(check=False).status != 0
    assert others in task_ids(emu.running())
    assert len(emu.tasks()) <= 2
    assert emu.requests("StopWebRecord") == []


# Killed replacements.


@pytest.mark.soak
@pytest.mark.parametrize(
    ("arguments", "killed_text", "text"),
    [
        pytest.param((), program(lecture=LONGER), "alias", id="inputs put back"),
        pytest.param((), program(lecture=LONGER), "parent", id="a parent, inputs put back"),
        pytest.param(FORCED, LECTURE, "alias", id="forced"),
    ],
)
def test_a_killed_replacement_is_made_up_for_under_another_name(
    patient: MakeStack, emu: Emulator, arguments: tuple[str, ...], killed_text: str, text: str
) -> None:
    stack = patient(LECTURE)
    stack.up()
    stack.write(killed_text)
    killed(stack, emu, *arguments)
    room = "pulumi.ComponentResource('test:index:Room', 'room')"
    root = "aliases=[pulumi.Alias(name='lecture', parent=pulumi.ROOT_STACK_RESOURCE)]"
    stack.write(
        {
            "alias": program(declared("talk", inputs(), "aliases=[pulumi.Alias(name='lecture')]")),
            "parent": program(declared("talk", inputs(), f"parent={room}, {root}")),
        }[text]
    )
    settles(stack, emu, "talk")


@pytest.mark.soak
def test_a_killed_replacement_is_made_up_for_in_a_renamed_stack(patient: MakeStack, emu: Emulator) -> None:
    stack = patient(LECTURE)
    stack.up()
    stack.write(program(lecture=LONGER))
    killed(stack, emu)
    stack.run("stack", "rename", "prod")
    stack.write(LECTURE)
    settles(stack, emu, "lecture")


# Other applications.


@pytest.mark.soak
def test_killed_creates_for_several_applications_leave_nothing(patient: MakeStack, emu: Emulator) -> None:
    stack = patient("")
    for app in (1400000001, 1400000002):
        stack.write(program(lecture=inputs(sdk_app_id=app)))
        killed(stack, emu)
    stack.write(LECTURE)
    settles(stack, emu, "lecture")


@pytest.mark.soak
@pytest.mark.parametrize("code", ["SdkAppIdNotExist", "SdkAppIdNotUnderAppId"])
def test_an_application_that_is_gone_fails_no_later_update(
    patient: MakeStack, emu: Emulator, code: str
) -> None:
    stack = patient(program(lecture=inputs(sdk_app_id=1400000001)))
    gone = killed(stack, emu)
    all_recording(emu)
    stop(sdk_client(emu), gone)
    emu.fault("error", "DescribeWebRecord", code=f"FailedOperation.{code}")
    stack.write(LECTURE)
    settles(stack, emu, "lecture")


# Two that cannot run at once.


def forced(stack: Stack, emu: Emulator) -> None:
    """`--replace` of an unchanged one."""
    stack.up()
    all_recording(emu)
    stack.up(*FORCED)


def carried_on(stack: Stack, emu: Emulator) -> None:
    """A replacement was killed when the new one had started, and other inputs are declared then."""
    stack.up()
    all_recording(emu)
    stack.write(program(lecture=relayed("key", max_duration_limit=3600)))
    killed(stack, emu)
    all_recording(emu)
    stack.write(program(lecture=relayed("key", max_duration_limit=7200)))
    stack.up()


def forced_again(stack: Stack, emu: Emulator) -> None:
    """A forced replacement was killed when the new one had started: two run."""
    stack.up()
    all_recording(emu)
    killed(stack, emu, *FORCED)
    all_recording(emu)
    stack.write(program(lecture=relayed("key", max_duration_limit=3600)))
    stack.up(*FORCED)


@pytest.mark.soak
@pytest.mark.parametrize("replaced", [carried_on, forced, forced_again])
def test_what_pushes_to_one_stream_stops_first_in_every_kind_of_replacement(
    patient: MakeStack, emu: Emulator, replaced: Callable[[Stack, Emulator], None]
) -> None:
    stack = patient(program(lecture=relayed("key")))
    replaced(stack, emu)
    new = runs_exactly(emu, stack, "lecture")["lecture"]
    assert calls(emu)[-1] == f"Start {new}"


@pytest.mark.soak
def test_a_renamed_one_can_be_replaced(recorded: MakeStack, emu: Emulator) -> None:
    """What the refusals above advise works."""
    stack = recorded(program(lecture=GIVEN))
    stack.up()
    old = saved(stack)["lecture"]
    stack.write(program(declared("talk", GIVEN, "aliases=[pulumi.Alias(name='lecture')]")))
    stack.up()
    assert runs_exactly(emu, stack, "talk") == {"talk": old}
    stack.up("--replace", urn_of("talk"))
    runs_exactly(emu, stack, "talk")
    stack.preview("--expect-no-changes")
