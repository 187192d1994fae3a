"""The stack's own state and history, and how they are read and verified."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pulumi_trtc.errors import NoEvidence
from pulumi_trtc.stack.cli import StackReader
from pulumi_trtc.stack.history import parse_history
from pulumi_trtc.stack.running_cli import RunningCli, stack_option
from pulumi_trtc.stack.state import parse_export
from tests.support.clock import ManualClock
from tests.support.exported import URN, export, resource

STACK = "organization/demo/dev"


def update(number: int, result: str = "succeeded", kind: str = "update", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "result": result,
        "endTime": f"2026-11-28T08:0{number}:00.000Z",
        "version": 0,
        **more,
    }


def test_recordings_are_found_among_other_resources() -> None:
    state = parse_export(export([{"urn": "x", "type": "pulumi:pulumi:Stack"}, resource()]))
    assert [(one.urn, one.task_id, one.record_id, one.read) for one in state.saved] == [
        (URN, "task", "r-0", False)
    ]
    assert (state.pending, state.deleting, state.written) == ((), frozenset(), None)


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ({}, (False, False, False, True)),
        ({"delete": True}, (True, False, False, True)),
        ({"pendingReplacement": True}, (False, True, False, False)),
        ({"external": True}, (False, False, True, True)),
        ({"inputs": {}}, (False, False, True, True)),
        ({"outputs": {"status": "ended"}}, (False, False, False, False)),
    ],
)
def test_what_the_engine_marks_is_told(marks: dict[str, Any], told: tuple[bool, bool, bool, bool]) -> None:
    (one,) = parse_export(export([resource(**marks)])).saved
    assert (one.going, one.stopped, one.read, one.may_run) == told


def test_operations_are_told_by_their_kind() -> None:
    operations = [
        {"type": kind, "resource": resource(id=kind)} for kind in ("creating", "deleting", "updating")
    ]
    state = parse_export(export(None, operations))
    assert [one.urn for one in state.pending] == [URN]
    assert state.deleting == {"deleting"}


def test_a_checkpoint_of_a_backend_is_read_as_well() -> None:
    text = json.dumps({"version": 3, "checkpoint": {"latest": {"resources": [resource()]}}})
    assert [one.task_id for one in parse_export(text).saved] == ["task"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"deployment": 1}', '{"deployment": {"resources": [1]}}'])
def test_what_is_no_deployment_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own error is one, too
        parse_export(text)


TARGETED: dict[str, Any] = {"environment": {"pulumi.flag.target": "urn"}}


@pytest.mark.parametrize(
    ("entries", "kinds", "unanswered"),
    [
        ([], [], 0),
        ([update(1)], [], 0),
        ([update(2, "failed"), update(1)], ["update"], 1),
        ([update(2), update(1, "failed")], ["update"], 0),
        ([update(2, **TARGETED), update(1, "failed")], ["update"], 1),
        ([update(2, kind="refresh"), update(1, "failed")], ["update"], 1),
        ([update(2, "failed", kind="refresh"), update(1)], [], 0),
        ([update(2, "failed", kind="destroy"), update(1)], ["destroy"], 1),
        ([update(2, "in-progress"), update(1)], [], 0),
        ([update(2, kind="destroy"), update(1, "failed")], ["update"], 1),
    ],
)
def test_history_tells_what_failed_and_whether_an_update_has_looked_since(
    entries: list[dict[str, Any]], kinds: list[str], unanswered: int
) -> None:
    history = parse_history(json.dumps(entries))
    assert ([one.kind for one in history.failures], history.unanswered) == (kinds, unanswered)


def test_a_recording_remembers_the_failure_that_it_was_looked_at_for() -> None:
    before = parse_history(json.dumps([update(1, "failed")]))
    after = parse_history(json.dumps([update(3), update(2, "failed", kind="destroy"), update(1, "failed")]))
    assert [one.kind for one in after.since(before.newest)] == ["destroy"]
    assert after.since(after.newest) == ()
    assert len(after.since("")) == 2
    assert after.since(None) == ()
    assert str(after.failures[0]) == "destroy of 2026-11-28 08:02 UTC"


@pytest.mark.parametrize("text", ["", "{}", "[1]"])
def test_what_is_no_history_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own error is one, too
        parse_history(text)


@pytest.mark.parametrize(
    ("arguments", "stack"),
    [
        (["pulumi", "up"], None),
        (["pulumi", "up", "--stack", "dev"], "dev"),
        (["pulumi", "up", "--stack=org/p/dev", "--yes"], "org/p/dev"),
        (["pulumi", "destroy", "-s", "dev"], "dev"),
        (["pulumi", "destroy", "-sdev"], "dev"),
        (["pulumi", "destroy", "-s=dev"], "dev"),
        (["pulumi", "up", "--skip-preview"], None),
        (["pulumi", "up", "--stack"], None),
    ],
)
def test_the_stack_that_the_command_line_names(arguments: list[str], stack: str | None) -> None:
    assert stack_option(arguments) == stack


CLI = """
import json, os, sys
name = sys.argv[sys.argv.index("--stack") + 1] if "--stack" in sys.argv else "selected"
where = json.load(open(os.path.join(os.getcwd(), "stacks.json")))
if name not in where: sys.exit("error: no stack named " + name)
if sys.argv[2] == "export" and os.path.exists("cuts"):
    left = os.listdir("cuts")
    if left:
        os.remove(os.path.join("cuts", left[0]))
        sys.exit("error: failed to load checkpoint: EOF")
if sys.argv[2] == "export": open("exports", "a").write(name + "\\n")
print("[]" if sys.argv[2] == "history" else where[name])
"""


def a_reader(
    folder: Path, stacks: dict[str, str], environ: Mapping[str, str] | None = None, **cli: Any
) -> StackReader:
    """Reads a folder whose `pulumi` shows these stacks."""
    program = folder / "pulumi"
    program.write_text(f"#!{sys.executable}{CLI}")
    program.chmod(0o755)
    (folder / "stacks.json").write_text(json.dumps(stacks))
    found = RunningCli(str(program), str(folder), **cli)
    return StackReader(ManualClock(1_800_000_000.0), environ or {}, found, ThreadPoolExecutor(4))


def with_task(task_id: str) -> str:
    return export([resource(id=task_id)])


def test_an_update_reads_the_stack_that_its_program_names_in_the_project_s_folder(tmp_path: Path) -> None:
    reader = a_reader(tmp_path, {STACK: with_task("one"), "selected": with_task("two")}, found=True)
    reader.begin(STACK, declared=True)
    assert reader.evidence(STACK, {"one"}).state.knows("one")


@pytest.mark.parametrize("told", [None, "renamed"])
def test_a_destroy_reads_the_stack_that_the_command_is_for(tmp_path: Path, told: str | None) -> None:
    """What a recording says is the name that its stack had when it was declared."""
    stacks = {STACK: with_task("another's"), told or "selected": with_task("one")}
    reader = a_reader(tmp_path, stacks, found=True, stack=told)
    reader.begin(STACK, declared=False)
    assert reader.evidence(STACK, {"one"}).state.knows("one")
    # Each reading takes a third of a second, for which the first request waits.
    assert (tmp_path / "exports").read_text().split() == [told or "selected"]


def test_a_destroy_reads_the_stack_that_its_recordings_name_where_the_command_s_is_another(
    tmp_path: Path,
) -> None:
    reader = a_reader(tmp_path, {STACK: with_task("one"), "selected": with_task("two")}, found=True)
    reader.begin(STACK, declared=False)
    assert reader.evidence(STACK, {"one"}).state.knows("one")
    assert (tmp_path / "exports").read_text().split() == ["selected", STACK]


def test_the_cli_has_the_environment_of_the_update_but_sends_no_log_to_an_engine_that_may_be_gone(
    tmp_path: Path,
) -> None:
    environ = {"PULUMI_BACKEND_URL": "file:///backend", "PULUMI_LOG_OTLP_ENDPOINT": "localhost:1"}
    reader = a_reader(tmp_path, {}, environ)
    (tmp_path / "pulumi").write_text(f"#!{sys.executable}\nimport os\nprint(*os.environ)")
    found = reader.run("about").split()
    assert "PULUMI_BACKEND_URL" in found
    assert "PULUMI_LOG_OTLP_ENDPOINT" not in found


def test_a_state_without_what_the_update_has_is_no_evidence(tmp_path: Path) -> None:
    reader = a_reader(tmp_path, {STACK: with_task("another's")})
    reader.begin(STACK, declared=True)
    with pytest.raises(NoEvidence, match="does not hold task one"):
        reader.evidence(STACK, {"one"})


def test_a_state_that_cannot_be_read_is_no_evidence_and_says_why(tmp_path: Path) -> None:
    reader = a_reader(tmp_path, {})
    reader.begin(STACK, declared=True)
    with pytest.raises(NoEvidence, match=f"no stack named {STACK}"):
        reader.evidence(STACK, ())


@pytest.mark.parametrize("cuts", [1, 3])
def test_a_state_that_is_read_just_while_the_engine_writes_it_is_read_again(
    tmp_path: Path, cuts: int
) -> None:
    reader = a_reader(tmp_path, {STACK: with_task("one")})
    cut_short(tmp_path, cuts)
    reader.begin(STACK, declared=True)
    assert reader.evidence(STACK, {"one"}).state.knows("one")


def test_a_state_that_stays_cut_short_is_no_evidence_and_says_why(tmp_path: Path) -> None:
    reader = a_reader(tmp_path, {STACK: with_task("one")})
    cut_short(tmp_path, 4)
    reader.begin(STACK, declared=True)
    with pytest.raises(NoEvidence, match="failed to load checkpoint: EOF"):
        reader.evidence(STACK, {"one"})


def cut_short(folder: Path, times: int) -> None:
    """So many exports find a file that is not whole."""
    (folder / "cuts").mkdir()
    for number in range(times):
        (folder / "cuts" / str(number)).touch()


def test_without_a_cli_there_is_no_evidence(tmp_path: Path) -> None:
    reader = StackReader(ManualClock(), {"PATH": str(tmp_path)}, RunningCli("pulumi"), ThreadPoolExecutor(4))
    reader.begin(STACK, declared=True)
    with pytest.raises(NoEvidence, match="no `pulumi` on PATH"):
        reader.evidence(STACK, ())
    with pytest.raises(NoEvidence):
        reader.backend()


@pytest.mark.parametrize(
    ("manifest", "age"),
    [
        ({"time": "2027-01-15T07:59:30.123456789Z"}, 30),
        ({"time": "2027-01-15T09:59:30.123456789+02:00"}, 30),
        ({"time": "2027-01-15T08:00:30Z"}, 30),
        ({"time": "2027-01-15T07:58:30.123456789Z"}, 90),
        ({"time": "0001-01-01T00:00:00Z"}, 63_935_596_800),
        ({}, 0),
        (None, 0),
    ],
)
def test_a_state_tells_when_it_was_written(tmp_path: Path, manifest: object, age: float) -> None:
    reader = a_reader(tmp_path, {STACK: export([], [], manifest)})
    reader.begin(STACK, declared=True)
    assert reader.evidence(STACK, ()).age == age


def test_the_update_s_own_process_is_found_among_the_ancestors(tmp_path: Path) -> None:
    program = tmp_path / "pulumi"
    program.symlink_to(sys.executable)
    child = "from pulumi_trtc.stack.running_cli import *; c = running_cli()"
    child += "; print(c.folder, c.stack, c.found)"
    call = f"[{sys.executable!r}, '-c', {child!r}], text=True, cwd='/'"
    text = f"import subprocess; print(subprocess.check_output({call}))"
    command = [str(program), "-c", text, "--stack", "dev"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(tmp_path), "dev", "True"]
