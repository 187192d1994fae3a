"""`tools/pulumi-cli/get`, run with programs of the test's own in place of the CLI, Go and the installer."""

from __future__ import annotations

import subprocess
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]
GET = ROOT / "tools/pulumi-cli/get"
COMPANIONS = ("pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")
OLDEST = "3.250.0"
NEWER = "3.999.1"

GO = """#!/bin/sh
case "$1" in
    version) echo "go version go{version} linux/amd64" ;;
    list) echo "$SDK" ;;
    build) [ -n "{works}" ] || {{ echo "no such module"; exit 1; }}
        while [ "$1" != -o ]; do shift; done
        echo built > "$2" ;;
esac
"""
INSTALLER = """#!/bin/sh
cat <<'END'
while [ "$1" != --install-root ]; do shift; done
mkdir -p "$2/bin" && cd "$2/bin"
for name in pulumi pulumi-language-python pulumi-language-python-exec pulumi-resource-pulumi-python; do
    echo fetched > "$name" && chmod +x "$name"
done
END
"""


@attrs.frozen
class Machine:
    """What a run finds on PATH and at home; /usr/bin and /bin hold no CLI and no Go."""

    root: Path

    def program(self, path: str, text: str) -> Path:
        made = self.root / path
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(text)
        made.chmod(0o755)
        return made

    def cli(self, folder: str, version: str, companions: tuple[str, ...] = COMPANIONS) -> Path:
        for name in ("pulumi", *companions):
            self.program(f"{folder}/{name}", f"#!/bin/sh\necho {version}\n")
        return self.root / folder

    def go(self, version: str = "1.26.1", works: str = "yes") -> None:
        self.program("bin/go", GO.format(version=version, works=works))
        for script in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
            self.program(f"sdk/python/{script}", "")

    def get(self, *path: Path) -> subprocess.CompletedProcess[str]:
        folders = [*map(str, path), str(self.root / "bin"), "/usr/bin", "/bin"]
        env = {"PATH": ":".join(folders), "HOME": str(self.root), "SDK": str(self.root / "sdk")}
        return subprocess.run([GET], env=env, capture_output=True, text=True, check=False, timeout=60)

    @property
    def cached(self) -> list[Path]:
        return sorted((self.root / ".cache/pulumi-trtc/pulumi-cli").glob("*"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.go(version="1.19.8")  # too old
    made.program("bin/curl", "#!/bin/sh\nexit 6\n")
    return made


@pytest.mark.parametrize("version", [f"v{OLDEST}", f"v{NEWER}", f"{NEWER}-alpha.1+dirty"])
def test_a_cli_on_path_that_will_do_is_used_and_the_cache_not_touched(machine: Machine, version: str) -> None:
    good = machine.cli("good", version)
    got = machine.get(good)
    assert (got.stdout.strip(), got.returncode, got.stderr) == (str(good), 0, "")
    assert machine.cached == []


def test_one_that_will_not_do_is_passed_over_for_a_later_one(machine: Machine) -> None:
    old = machine.cli("old", "v3.100.0", ())
    hostless = machine.cli("hostless", f"v{NEWER}", ())
    at_home = machine.cli(".pulumi/bin", f"v{NEWER}")
    assert machine.get(old, hostless).stdout.strip() == str(at_home)


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("v3.9.9", f"is v3.9.9; needed is {OLDEST} or newer, below 4"),
        ("v4.0.0", f"is v4.0.0; needed is {OLDEST} or newer, below 4"),
        ("", "does not tell its version"),
    ],
)
def test_what_was_refused_is_told_and_what_is_missing_is_one_clear_line(
    machine: Machine, version: str, reason: str
) -> None:
    got = machine.get(machine.cli("other", version))
    assert got.returncode == 1
    assert got.stdout == ""
    assert f"not used: {machine.root}/other/pulumi {reason}\n" in got.stderr
    assert got.stderr.splitlines()[-1].startswith("error: no Go 1.21 or newer builds the Pulumi CLI here")
    assert machine.cached == []


def test_it_is_built_once(machine: Machine) -> None:
    machine.go()
    got = machine.get()
    assert got.returncode == 0, got.stderr
    assert [str(path) for path in machine.cached] == [got.stdout.strip()]
    assert "building the Pulumi CLI" in got.stderr
    again = machine.get()
    assert (again.stdout, again.stderr) == (got.stdout, "")


def test_half_a_cli_in_the_cache_is_made_anew(machine: Machine) -> None:
    machine.go()
    (Path(machine.get().stdout.strip()) / COMPANIONS[0]).unlink()
    assert "building" in machine.get().stderr


def test_where_nothing_can_be_built_the_vendors_is_fetched(machine: Machine) -> None:
    machine.go(works="")
    machine.program("bin/curl", INSTALLER)
    got = machine.get()
    assert got.returncode == 0, got.stderr
    assert "no such module" in got.stderr
    assert (Path(got.stdout.strip()) / "pulumi").read_text() == "fetched\n"
    assert [str(path) for path in machine.cached] == [got.stdout.strip()]
    again = machine.get()
    assert (again.stdout, again.stderr) == (got.stdout, "")
