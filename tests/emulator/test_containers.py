"""In a container: as the first process, as root, in a bare locale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.emulator import DEADLINE, StartEmulator
from trtc_emulator.recorder import NotInstalledError, require_sandbox, sandbox
from trtc_emulator.settings.command_line import read_settings

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a PID namespace here")
# The first process's child leaves an orphan that has ended; it is gone from /proc once it was waited for.
ORPHAN = """
import os, sys, time
from trtc_emulator.assembly.first_process import stand_aside
stand_aside()
ready, tell = os.pipe()
if os.fork() == 0:
    if (orphan := os.fork()) == 0:
        os._exit(0)
    os.write(tell, str(orphan).encode())
    os._exit(0)
os.wait()
orphan = os.read(ready, 10).decode()
while os.path.exists("/proc/" + orphan):
    time.sleep(0.01)
sys.exit(7)
"""


@AS_ROOT
def test_as_the_first_process_it_leaves_no_zombies_and_hands_on_its_exit_code() -> None:
    command = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", ORPHAN]
    assert subprocess.run(command, check=False, timeout=DEADLINE).returncode == 7


@AS_ROOT
def test_as_the_first_process_it_ends_at_sigterm(tmp_path: Path) -> None:
    serve = [sys.executable, "-m", "trtc_emulator", "--media", "none", "--port", "0", "--data", str(tmp_path)]
    command = ["unshare", "--pid", "--fork", "--mount-proc", *serve]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://")
        (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(first), 15)
        assert process.wait(DEADLINE) == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_folder_s_name_may_have_what_the_locale_has_not(
    tmp_path: Path, start_emulator: StartEmulator, encoding: str
) -> None:
    bare = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    emulator = start_emulator("--data", str(tmp_path / "录制"), env=bare)
    assert "data        " in emulator.output()
    assert (tmp_path / "录制" / "emulator.db").exists()


@AS_ROOT
def test_a_user_without_user_namespaces_is_found_out() -> None:
    look = "from trtc_emulator.recorder import sandbox; exit(10 + sandbox._may_make_namespaces())"
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'  # of the new namespace alone
    inside = ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh", sys.executable, "-c", look]
    assert subprocess.run(inside, check=False, timeout=DEADLINE).returncode == 10


def test_the_sandbox_is_given_up_only_if_that_is_asked_for() -> None:
    assert not read_settings([], {}).no_sandbox
    assert not read_settings([], {"TRTC_EMULATOR_NO_SANDBOX": "0"}).no_sandbox
    assert read_settings(["--no-sandbox"], {}).no_sandbox
    assert read_settings([], {"TRTC_EMULATOR_NO_SANDBOX": "1"}).no_sandbox


@pytest.mark.parametrize(
    ("user", "allowed", "words"),
    [(0, True, "be another user"), (1000, False, "needs user namespaces"), (1000, True, None)],
)
def test_where_the_sandbox_cannot_be_it_is_said_what_to_do(
    user: int, allowed: bool, words: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(sandbox, "_may_make_namespaces", lambda: allowed)
    monkeypatch.setattr(sandbox, "_has_helper", lambda _: False)
    if words is None:
        require_sandbox(tmp_path)
        return
    with pytest.raises(NotInstalledError, match=rf"(?s){words}.*--no-sandbox") as caught:
        require_sandbox(tmp_path)
    assert "\n" not in str(caught.value)
