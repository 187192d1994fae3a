"""Nothing is stopped or restarted that was not declared so: refused destroys, and what was let go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.support.emulator import Emulator, eventually
from tests.support.interrupted import kill_all, killed
from tests.support.pulumi_cli import Result, Stack
from tests.support.recordings import (
    calls,
    declared,
    inputs,
    program,
    runs_exactly,
    saved,
    task_ids,
    urn_of,
)

MakeStack = Callable[..., Stack]

PROTECTED = program(declared("lecture", inputs(), "protect=True"), other=inputs())
DEPENDENT = program(declared("other", inputs(), "depends_on=[lecture]"), lecture=inputs())
TWO = program(lecture=inputs(), other=inputs())


@attrs.frozen
class Refusal:
    """A destroy that stops nothing.

    Attributes:
        env: The destroy's environment alone has it.
        fault: What the service does to a StopWebRecord meanwhile.
    """

    name: str
    text: str = TWO
    arguments: tuple[str, ...] = ()
    env: dict[str, str] = attrs.Factory(dict)
    fault: dict[str, Any] | None = None

    def __str__(self) -> str:
        return self.name


NO_CREDENTIALS = Refusal("no credentials", env={"TRTC_EMULATOR_SECRET_ID": "AKIDhalf"})
# What the engine itself refuses, its model refuses too: see test_engine_model.
MORE_REFUSALS = (
    Refusal("protect", PROTECTED),
    Refusal("a dependent", DEPENDENT, ("--target", urn_of("lecture"))),
    Refusal("another key", env={"TRTC_EMULATOR_SECRET_ID": "AKIDother", "TRTC_EMULATOR_SECRET_KEY": "other"}),
    Refusal("no permission", fault={"kind": "error", "code": "UnauthorizedOperation"}),
    Refusal("no network", fault={"kind": "cut_before"}),
)


@pytest.mark.parametrize(
    "refusal",
    [NO_CREDENTIALS, *(pytest.param(one, marks=pytest.mark.soak) for one in MORE_REFUSALS)],
    ids=str,
)
def test_a_destroy_that_stopped_nothing_restarts_nothing(
    recorded: MakeStack, emu: Emulator, refusal: Refusal
) -> None:
    stack = recorded(refusal.text)
    stack.config({"trtc:maxRetryTime": "2"})
    stack.up()
    tasks = runs_exactly(emu, stack, "lecture", "other")
    refused_destroy(stack, emu, refusal)
    # Beside a protected one the engine deletes what it may.
    kept = saved(stack)
    assert "lecture" in kept
    assert runs_exactly(emu, stack, *kept) == kept
    stops = stopped(emu)
    assert "replace" not in stack.up().text
    now = runs_exactly(emu, stack, *tasks)
    assert {name: now[name] for name in kept} == kept
    assert stopped(emu) == stops


def refused_destroy(stack: Stack, emu: Emulator, refusal: Refusal) -> None:
    if refusal.fault:
        emu.fault(action="StopWebRecord", **refusal.fault)
    given = dict(stack.env)
    stack.env.update(refusal.env)
    result = stack.destroy(*refusal.arguments, check=False)
    stack.env.clear()
    stack.env.update(given)
    emu.clear_faults()
    assert result.status != 0, result.text


@pytest.mark.soak
def test_a_destroy_that_was_killed_before_it_stopped_anything_restarts_nothing(
    patient: MakeStack, emu: Emulator
) -> None:
    stack = patient(TWO)
    stack.up()
    tasks = runs_exactly(emu, stack, "lecture", "other")
    emu.fault("error", "StopWebRecord", code="RequestLimitExceeded")
    running = stack.start("destroy", "--yes", "--skip-preview")
    eventually(lambda: emu.requests("StopWebRecord"), f"a stop, of\n{running.text()}")
    kill_all(running)
    emu.clear_faults()
    stack.run("cancel", "--yes")
    done = calls(emu)
    assert "replace" not in stack.up().text
    assert runs_exactly(emu, stack, "lecture", "other") == tasks
    assert calls(emu) == done
    stack.preview("--expect-no-changes")


def stopped(emu: Emulator) -> list[str]:
    """The TaskIds that the service stopped because it was asked to."""
    return [one["task_id"] for one in emu.requests("StopWebRecord") if one["code"] == ""]


LECTURE = program(lecture=inputs())
LONGER = program(lecture=inputs(max_duration_limit=3600))


@pytest.mark.soak
def test_a_recording_that_moved_to_another_stack_is_not_the_first_ones_leftover(
    recorded: MakeStack, emu: Emulator
) -> None:
    stack = recorded(LECTURE)
    source, other = ("--stack", "dev"), ("--stack", "other")
    stack.up()
    moved = saved(stack)["lecture"]
    stack.run("stack", "init", "other", "--copy-config-from", "dev", "--no-select")
    ends = ("--source", "organization/test/dev", "--dest", "organization/test/other")
    stack.run("state", "move", *ends, urn_of("lecture"), "--yes")

    assert moved in stack.up(*source).text, "a warning names the task that runs on"
    assert stopped(emu) == []
    own = saved(stack)["lecture"]
    assert sorted(task_ids(emu.running())) == sorted([moved, own])
    done = calls(emu)
    stack.up(*other)
    assert calls(emu) == done

    stack.write(LONGER)
    stack.up(*other)
    assert stopped(emu) == [moved]
    stack.up(*source)
    assert stopped(emu) == [moved, own]
    assert len(emu.running()) == 2


@attrs.frozen
class Given:
    """What lets a recording go: a stack that declares it and is not up yet."""

    stack: Stack
    emu: Emulator
    recorded: MakeStack

    def up(self) -> str:
        """The TaskId that it has then."""
        self.stack.up()
        return saved(self.stack)["lecture"]

    def export(self) -> Path:
        """The state as it is."""
        path = self.stack.folder / "older.json"
        self.stack.run("stack", "export", "--file", str(path))
        return path


def retained(given: Given) -> str:
    """`retain_on_delete`, and the recording is no longer declared."""
    given.stack.write(program(declared("lecture", inputs(), "retain_on_delete=True")))
    task_id = given.up()
    given.stack.write(program())
    given.stack.up()
    return task_id


def retained_and_taken_over(given: Given) -> str:
    """The same, and another stack has adopted it before it is declared again."""
    task_id = retained(given)
    theirs = given.recorded(program(lecture=inputs(adopt=task_id)))
    theirs.up()
    assert saved(theirs) == {"lecture": task_id}
    return task_id


def deleted_from_the_state(given: Given) -> str:
    """`pulumi state delete`."""
    task_id = given.up()
    given.stack.run("state", "delete", urn_of("lecture"), "--yes")
    return task_id


def older_than_the_recording(given: Given) -> str:
    """An export from before the recording was made is imported."""
    given.stack.write(program())
    given.stack.up()
    older = given.export()
    given.stack.write(LECTURE)
    task_id = given.up()
    given.stack.run("stack", "import", "--file", str(older))
    return task_id


def older_than_the_replacement(given: Given) -> str:
    """An export from before the recording was replaced is imported, and it is to be replaced again."""
    given.up()
    older = given.export()
    given.stack.write(program(lecture=inputs(max_duration_limit=7200)))
    task_id = given.up()
    given.stack.run("stack", "import", "--file", str(older))
    return task_id


def cleared_pending_create(given: Given) -> str:
    """An update was killed, and a person had the engine forget its create."""
    given.stack.config({"trtc:requestTimeout": "300"})
    task_id = killed(given.stack, given.emu)
    given.stack.refresh("--clear-pending-creates")
    return task_id


@pytest.mark.soak
@pytest.mark.parametrize(
    "let_go",
    [
        deleted_from_the_state,
        retained,
        retained_and_taken_over,
        older_than_the_recording,
        older_than_the_replacement,
        cleared_pending_create,
    ],
)
def test_what_was_let_go_runs_on_and_is_named(
    recorded: MakeStack, emu: Emulator, let_go: Callable[[Given], str]
) -> None:
    stack = recorded(LECTURE)
    left = let_go(Given(stack, emu, recorded))
    stack.write(LONGER)
    assert left in stack.up().text
    assert left not in stopped(emu)
    assert sorted(task_ids(emu.running())) == sorted([left, saved(stack)["lecture"]])
    stack.preview("--expect-no-changes")
    stack.destroy()
    assert task_ids(emu.running()) == [left]


UNREADABLE = "\nimport pathlib\npathlib.Path('Pulumi.yaml').write_text('{')\n"
ROOM = 'room = pulumi.ComponentResource("test:index:Room", "room")'
RENAMED = program(declared("talk", inputs(), "aliases=[pulumi.Alias(name='lecture')]"))
IN_A_ROOM = program(
    ROOM,
    declared(
        "talk",
        inputs(),
        "parent=room, aliases=[pulumi.Alias(name='lecture', parent=pulumi.ROOT_STACK_RESOURCE)]",
    ),
)
IN_THE_STATE = ("state", "rename", urn_of("lecture"), "talk", "--yes")


@pytest.mark.parametrize(
    ("command", "talk"),
    [
        pytest.param((), RENAMED, id="alias"),
        pytest.param((), IN_A_ROOM, id="parent", marks=pytest.mark.soak),
        pytest.param(IN_THE_STATE, program(talk=inputs()), id="state rename", marks=pytest.mark.soak),
    ],
)
def test_a_name_that_was_given_away_is_declared_anew(
    recorded: MakeStack, emu: Emulator, command: tuple[str, ...], talk: str
) -> None:
    """While the state cannot be read nothing starts; and then it gets a recording of its own."""
    stack = recorded(LECTURE)
    stack.up()
    task_id = saved(stack)["lecture"]
    if command:
        stack.run(*command)
    stack.write(talk)
    stack.up()
    assert saved(stack) == {"talk": task_id}

    done = calls(emu)
    result = up_unreadable(stack, talk + declared("lecture", inputs()))
    assert calls(emu) == done
    assert result.status != 0
    assert "lecture" in result.text
    assert runs_exactly(emu, stack, "talk") == {"talk": task_id}

    stack.write(talk + declared("lecture", inputs()))
    stack.up()
    assert runs_exactly(emu, stack, "talk", "lecture")["talk"] == task_id


def up_unreadable(stack: Stack, text: str, *arguments: str) -> Result:
    """An `up` during which somebody edits Pulumi.yaml, so that no other command of the CLI works."""
    project = stack.folder / "Pulumi.yaml"
    readable = project.read_text()
    stack.write(text + UNREADABLE)
    result = stack.up(*arguments, check=False)
    project.write_text(readable)
    return result


@pytest.mark.soak
@pytest.mark.parametrize("forced", [True, False])
def test_without_evidence_nothing_starts_and_nothing_stops(
    recorded: MakeStack, emu: Emulator, forced: bool
) -> None:
    """Also where the history is clean, and in a forced replacement; of a changed one see test_replace."""
    stack = recorded(LECTURE)
    stack.up()
    tasks = saved(stack)
    done = calls(emu)
    arguments = ("--replace", urn_of("lecture")) if forced else ()
    result = up_unreadable(stack, LECTURE if forced else TWO, *arguments)
    assert result.status != 0
    assert calls(emu) == done
    assert runs_exactly(emu, stack, "lecture") == tasks
