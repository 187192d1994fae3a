"""Which stack an update is of, and where its recordings run: nothing of another place is touched or told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.emulator import Emulator, emulator
from tests.support.environments import PAGE, Environments, Up
from tests.support.interrupted import killed
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import (
    START_DELAY,
    TYPE,
    calls,
    declared,
    inputs,
    program,
    runs_exactly,
    saved,
    settings,
    task_ids,
    urn_of,
)

MakeStack = Callable[..., Stack]
Way = Callable[[Environments], tuple[Up, Up]]


@pytest.fixture
def environments(stacks: Stacks, tmp_path: Path, emu: Emulator) -> Environments:
    """Two environments that record on `emu`."""
    return Environments(stacks, tmp_path, emu)


def in_projects(made: Environments) -> tuple[Up, Up]:
    prod, staging = made.projects()
    return prod.up, staging.up


def logged_in_elsewhere(made: Environments) -> tuple[Up, Up]:
    """The CLI is logged in to a third backend."""
    prod, staging = made.projects(logged_in=True)
    return prod.up, staging.up


def from_another_folder(made: Environments) -> tuple[Up, Up]:
    """With `-C`, in the folder of the other one."""
    prod, staging = made.projects()
    up = ("up", "--yes", "--skip-preview")
    return (
        lambda: staging.run("-C", str(prod.folder), *up),
        lambda: prod.run("-C", str(staging.folder), *up),
    )


def inline(made: Environments) -> tuple[Up, Up]:
    """Programs of the Automation API that name a backend in their project settings."""
    return made.automation("inline()")


def inline_in_a_folder(made: Environments) -> tuple[Up, Up]:
    """The same with a folder for the settings."""
    return made.automation("inline(work_dir=folder)")


def local(made: Environments) -> tuple[Up, Up]:
    """The Automation API on a project's folder."""
    return made.automation("up(work_dir=folder)")


@pytest.mark.parametrize(
    "way",
    [
        # In projects' own folders, see what test_an_environments_own_leftovers_are_found does first.
        inline,
        *(
            pytest.param(one, marks=pytest.mark.soak)
            for one in (in_projects, logged_in_elsewhere, from_another_folder, inline_in_a_folder, local)
        ),
    ],
)
def test_environments_have_recordings_of_their_own(
    environments: Environments, emu: Emulator, way: Way
) -> None:
    prod, staging = way(environments)
    prod()
    (first,) = task_ids(emu.running())
    staging()
    running = emu.running()
    assert sorted(one["record_url"] for one in running) == [f"{PAGE}/prod", f"{PAGE}/staging"]
    assert len({one["record_id"] for one in running}) == 2
    assert first in task_ids(running)
    done = calls(emu)
    assert len(done) == 2
    assert "unchanged" in prod().text
    assert calls(emu) == done


@pytest.mark.soak
def test_an_environments_own_leftovers_are_found(environments: Environments, emu: Emulator) -> None:
    """Where a program runs, and where none does."""
    prod, staging = environments.projects(logged_in=True)
    prod.up()
    kept = saved(prod)["lecture"]
    staging.config({"trtc:requestTimeout": "300"})
    left = killed(staging, emu)
    staging.up()
    assert saved(staging) == {"lecture": left}
    assert sorted(task_ids(emu.running())) == sorted([kept, left])
    killed(staging, emu, "--replace", urn_of("lecture"))
    staging.refresh()
    staging.destroy()
    assert runs_exactly(emu, prod, "lecture") == {"lecture": kept}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Emulator]:
    """A service at another place."""
    with emulator(tmp_path / "elsewhere", "--start-delay", START_DELAY) as found:
        yield found


def move(stack: Stack, place: dict[str, str]) -> None:
    """Name another place; an empty value takes a setting out."""
    for key in (key for key, value in place.items() if not value):
        stack.run("config", "rm", key)
    stack.config({key: value for key, value in place.items() if value})


@pytest.mark.parametrize(
    "place",
    [
        {"trtc:endpoint": "elsewhere"},
        pytest.param({"trtc:region": "ap-guangzhou"}, marks=pytest.mark.soak),
        # No request can be sent there: there are no credentials for it.
        pytest.param({"trtc:endpoint": "", "trtc:site": "intl"}, marks=pytest.mark.soak),
        pytest.param({"trtc:endpoint": "", "trtc:site": "china"}, marks=pytest.mark.soak),
    ],
    ids=str,
)
def test_another_place_is_told_and_nothing_is_done(
    recorded: MakeStack, emu: Emulator, elsewhere: Emulator, place: dict[str, str]
) -> None:
    stack = recorded(program(lecture=inputs()))
    stack.up()
    tasks = runs_exactly(emu, stack, "lecture")
    asked = len(emu.requests())
    move(stack, {key: elsewhere.address if value == "elsewhere" else value for key, value in place.items()})
    for result in (stack.preview(check=False), stack.up(check=False)):
        assert result.status != 0, result.text
        assert "lecture" in result.text
        assert emu.host in result.text
    assert elsewhere.requests() == []
    assert len(emu.requests()) == asked
    assert runs_exactly(emu, stack, "lecture") == tasks
    stack.run("config", "rm", "trtc:region", check=False)
    stack.config(settings(emu))
    stack.up()
    assert runs_exactly(emu, stack, "lecture") == tasks
    assert calls(emu) == [f"Start {tasks['lecture']}"]


COMMANDS = {
    "replace": ("up", "--replace", urn_of("lecture")),
    "refresh": ("refresh",),
    "refresh of today's config": ("refresh", "--run-program"),
    "destroy": ("destroy",),
    "destroy of today's config": ("destroy", "--run-program"),
}


@pytest.mark.soak
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_called_ended_or_deleted_that_runs_at_another_place(
    recorded: MakeStack, emu: Emulator, elsewhere: Emulator, command: str
) -> None:
    """Some commands use the configuration of the last update: these may do their work where it runs."""
    stack = recorded(program(lecture=inputs()))
    stack.up()
    tasks = runs_exactly(emu, stack, "lecture")
    move(stack, {"trtc:endpoint": elsewhere.address})
    stack.up(check=False)
    verb, *arguments = COMMANDS[command]
    result = stack.run(verb, "--yes", "--skip-preview", *arguments, check=False)
    assert elsewhere.running() == []
    if verb == "destroy" and result.status == 0:
        assert emu.running() == []
        assert saved(stack) == {}
    else:
        assert runs_exactly(emu, stack, "lecture") == tasks
        assert [one["outputs"]["status"] for one in stack.resources(TYPE)] == ["recording"]
    if result.status != 0:
        assert emu.host in result.text


@pytest.mark.soak
def test_a_provider_of_its_own_that_names_another_place(
    recorded: MakeStack, emu: Emulator, elsewhere: Emulator
) -> None:
    def at(place: Emulator) -> str:
        config = json.dumps(settings(place))
        provider = f"own = pulumi.ProviderResource('pulumi-python', 'own', {config})"
        return program(provider, declared("lecture", inputs(), "provider=own"))

    stack = recorded(at(emu))
    stack.up()
    tasks = runs_exactly(emu, stack, "lecture")
    stack.write(at(elsewhere))
    assert stack.up(check=False).status != 0
    assert elsewhere.requests() == []
    assert runs_exactly(emu, stack, "lecture") == tasks
