"""The emulator of a rehearsal, as a process: how it starts, and that it does not outlive its block."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_trtc.rehearse.children import Children
from pulumi_trtc.rehearse.emulator import emulator
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.interrupts import Interrupts


def children(browser: str) -> Children:
    # Keys that the user has set for another emulator are not this one's.
    environ = {**os.environ, "TRTC_EMULATOR_BROWSER": browser, "TRTC_EMULATOR_SECRET_KEY": "another"}
    return Children(Interrupts(), environ)


def test_it_serves_within_the_block_alone(tmp_path: Path) -> None:
    with emulator(children("/bin/true"), tmp_path, 2) as service:
        assert service.browser() == "/bin/true"
        assert service.recordings() == {}
        service.stop("no-such-task")
        with pytest.raises(CannotRehearse, match="refused a recording"):
            service.start({})
    with pytest.raises(CannotRehearse, match="the emulator does not answer"):
        service.recordings()


def test_without_a_browser_it_says_so_in_a_line(tmp_path: Path) -> None:
    says = r"^the emulator did not start: TRTC_EMULATOR_BROWSER names /none, and there is no such program\.$"
    with pytest.raises(CannotRehearse, match=says), emulator(children("/none"), tmp_path, 2):
        pass


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRehearse, match="there is no `no-such-program` on PATH"):
        children("").run(["no-such-program"], cwd=tmp_path)
