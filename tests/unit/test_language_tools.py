"""`tools/languages/get`, run with programs of the test's own in place of the CLI and Go."""

from __future__ import annotations

import subprocess
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]
GET = ROOT / "tools/languages/get"
COMPANIONS = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
GO = """#!/bin/sh
[ -n "{works}" ] || {{ echo "no such module"; exit 1; }}
while [ "$1" != -o ]; do shift; done
echo built > "$2" && chmod +x "$2"
"""


@attrs.frozen
class Machine:
    """What a run finds on PATH: a CLI, and whatever a test adds."""

    root: Path

    def program(self, name: str, text: str) -> Path:
        made = self.root / "bin" / name
        made.parent.mkdir(exist_ok=True)
        made.write_text(text)
        made.chmod(0o755)
        return made

    def get(self, *names: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": f"{self.root / 'bin'}:/usr/bin:/bin", "HOME": str(self.root)}
        return subprocess.run([GET, *names], env=env, capture_output=True, text=True, check=False, timeout=60)

    @property
    def cached(self) -> list[Path]:
        return sorted((self.root / ".cache/pulumi-trtc/languages").glob("*/*"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    for name in ("pulumi", *COMPANIONS):
        made.program(name, "#!/bin/sh\necho v3.999.0\n")
    return made


def test_a_host_beside_the_cli_is_used_and_nothing_built(machine: Machine) -> None:
    host = machine.program("pulumi-language-go", "")
    got = machine.get("go")
    assert (got.stdout.strip(), got.stderr) == (str(host), "")
    assert machine.cached == []


@pytest.mark.parametrize("name", ["yaml", "nodejs", "go", "sdkgen"])
def test_what_is_missing_is_built_once(machine: Machine, name: str) -> None:
    machine.program("go", GO.format(works="yes"))
    got = machine.get(name)
    assert got.returncode == 0, got.stderr
    assert [str(path) for path in machine.cached] == [got.stdout.strip()]
    assert "building" in got.stderr
    again = machine.get(name)
    assert (again.stdout, again.stderr) == (got.stdout, "")


def test_a_build_that_fails_is_told_and_leaves_nothing(machine: Machine) -> None:
    machine.program("go", GO.format(works=""))
    got = machine.get("yaml")
    assert (got.returncode, got.stdout) == (1, "")
    assert "no such module" in got.stderr
    assert got.stderr.splitlines()[-1] == "error: pulumi-language-yaml could not be built (see above)"
    assert machine.cached == []


@pytest.mark.parametrize("names", [(), ("rust",)])
def test_what_there_is_to_get_is_told(machine: Machine, names: tuple[str, ...]) -> None:
    got = machine.get(*names)
    assert (got.returncode, got.stdout) == (1, "")
    assert got.stderr == "error: usage: tools/languages/get yaml|nodejs|go|sdkgen\n"
