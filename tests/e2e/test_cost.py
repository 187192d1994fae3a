"""How many requests an update costs where all is well; `python -m benchmarks.scale` measures 200."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from tests.support.emulator import Emulator, eventually
from tests.support.pulumi_cli import Stack
from tests.support.recordings import all_recording, inputs, program

MakeStack = Callable[..., Stack]
COUNT = 12
NAMES = tuple(f"room{number}" for number in range(COUNT))
START, DESCRIBE, STOP = "StartWebRecord", "DescribeWebRecord", "StopWebRecord"


def asked(emu: Emulator, begun: int) -> Counter[str]:
    """The requests after the first `begun` of all, by action; how many were too early is a matter of time."""
    later = emu.requests()[begun:]
    return Counter(one["action"] for one in later if one["code"] != "RequestLimitExceeded")


def test_as_many_creates_run_at_once_as_the_engine_makes(patient: MakeStack, emu: Emulator) -> None:
    """The SDK's host would run four: with a slow network that is far below the service's limit."""
    names = NAMES[:8]
    stack = patient(program(**{name: inputs() for name in names}))
    emu.fault("latency", START, seconds=3000, when="after", next=len(names))
    running = stack.start("up", "--yes", "--skip-preview", "--parallel", "8")

    def waiting() -> int:
        return sum(one["handled"] and one["code"] is None for one in emu.requests(START))

    eventually(lambda: waiting() == len(names), "all starts at once", deadline=120)
    emu.clear_faults()
    running.end()


def test_all_that_a_failed_destroy_leaves_in_doubt_are_asked_for_at_once(
    patient: MakeStack, emu: Emulator
) -> None:
    """The engine makes one diff after the other: each would wait for its own answer."""
    stack = patient(program(**{name: inputs() for name in NAMES}))
    stack.up()
    emu.fault("error", STOP, code="UnauthorizedOperation", next=COUNT)
    assert stack.destroy(check=False).status != 0
    begun = len(emu.requests(DESCRIBE))
    emu.fault("latency", DESCRIBE, seconds=3000, when="after", next=COUNT)
    running = stack.start("up", "--yes", "--skip-preview")

    def waiting() -> int:
        return sum(one["handled"] and one["code"] is None for one in emu.requests(DESCRIBE)[begun:])

    eventually(lambda: waiting() == COUNT, "all questions at once", deadline=120)
    emu.clear_faults()
    running.end()


def test_what_a_dozen_recordings_cost(recorded: MakeStack, emu: Emulator) -> None:
    stack = recorded(program(**{name: inputs() for name in NAMES}))

    def cost(command: Callable[[], object]) -> Counter[str]:
        begun = len(emu.requests())
        command()
        return asked(emu, begun)

    up = cost(stack.up)
    assert up[START] == COUNT
    assert up[DESCRIBE] <= 1
    assert up[STOP] == 0
    assert cost(stack.preview) == {}
    # Soon after an update that succeeded nothing is doubted, either.
    stack.write(program(**{name: inputs() for name in (*NAMES, "late")}))
    assert cost(stack.up) == {START: 1}
    all_recording(emu)
    refresh = cost(stack.refresh)
    assert refresh[DESCRIBE] <= COUNT + 3
    assert refresh[START] == refresh[STOP] == 0
    destroy = cost(stack.destroy)
    assert destroy[STOP] == COUNT + 1
    assert destroy[DESCRIBE] <= 1
    assert destroy[START] == 0
    assert emu.running() == []


_READINGS = """
import atexit, os, pathlib
own = [one for one in pathlib.Path("/proc/self/fd").iterdir() if "pulumi-trtc" in os.path.realpath(one)]
print("begun:", len(own))
atexit.register(lambda: print("not taken:", sum(os.stat(one).st_size > 0 for one in own)))
"""


def test_the_provider_goes_by_what_the_program_s_process_has_read(recorded: MakeStack) -> None:
    """Else each preview would wait for it once more, after all has been declared."""
    stack = recorded(program(_READINGS, lecture=inputs()))
    for command in (stack.preview, stack.up):
        text = command().text
        assert "begun: 2" in text
        assert "not taken: 0" in text
