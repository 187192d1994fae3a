"""Who may import what: the rules of DESIGN.md, read from the code."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

from tests.support.imports import imported

ROOT = Path(__file__).resolve().parents[2]
PROVIDER = ROOT / "provider/pulumi_trtc"
EMULATOR = ROOT / "emulator/trtc_emulator"
# What each room of the provider may import; "" is what lies beside the rooms: errors, codes, clock, marks.
ARROWS: dict[str, set[str]] = {
    "": set(),
    "inputs": {""},
    "settings": {"", "inputs"},
    "service": {"", "inputs", "settings"},
    "stack": {""},
    "lifecycle": {"", "inputs", "settings", "service", "stack"},
    "terminal": {"", "settings", "stack"},
    "recover": {"", "service", "stack", "lifecycle", "terminal"},
    "whoami": {"", "settings", "service", "stack", "terminal"},
    "status": {"", "settings", "service", "stack", "lifecycle", "terminal"},
    "command": set(),
    "rehearse": {"", "inputs", "settings", "service", "stack", "lifecycle"},
    "review": {"", "inputs", "settings", "lifecycle", "stack"},
    "callbacks": {""},
    "program": {"", "inputs", "stack", "lifecycle", "dynamic"},
    "dynamic": {"", "inputs", "stack", "lifecycle"},
    "plugin": {"", "inputs", "settings", "stack", "lifecycle"},
}
BESIDE = {"errors", "codes", "clock", "marks"}
KNOWS_PULUMI = {"program", "dynamic", "plugin"}


def roots(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imported(path)}


def with_modules(names: set[str]) -> set[str]:
    """Of `from x import y`, x too."""
    return names | {name.rpartition(".")[0] for name in names}


def files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found
    return found


def importers(folder: Path, package: str) -> set[Path]:
    """The files below a folder that import a package."""
    return {path for path in files(folder) if package in roots(path)}


def room(parts: tuple[str, ...]) -> str:
    """The room of a module, by the parts of its name below the package."""
    return "" if parts[0] in BESIDE else parts[0]


def arrows() -> dict[str, set[str]]:
    """Which other rooms of the provider each room imports."""
    found: dict[str, set[str]] = {}
    for path in files(PROVIDER):
        here = path.relative_to(PROVIDER).with_suffix("").parts
        if here in {("__init__",), ("__main__",)}:
            continue  # they only name what is public
        others = {
            room(tuple(name.split(".")[1:])) for name in imported(path) if name.startswith("pulumi_trtc.")
        }
        found.setdefault(room(here), set()).update(others - {room(here)})
    return found


def test_each_room_of_the_provider_imports_only_rooms_below_it() -> None:
    found = arrows()
    assert found.keys() == ARROWS.keys()
    assert {name: others - ARROWS[name] for name, others in found.items() if others - ARROWS[name]} == {}
    assert set(TopologicalSorter(ARROWS).static_order()) == ARROWS.keys()  # raises for a circle


def test_no_two_modules_of_the_provider_import_each_other() -> None:
    """Not even for their types."""
    names = {
        ".".join(path.relative_to(PROVIDER.parent).with_suffix("").parts): path for path in files(PROVIDER)
    }
    imports = {name: with_modules(imported(path)) & names.keys() for name, path in names.items()}
    assert set(TopologicalSorter(imports).static_order()) == names.keys()  # raises for a circle


def test_only_the_program_s_side_and_the_adapter_know_pulumi() -> None:
    knows = {room(path.relative_to(PROVIDER).with_suffix("").parts) for path in importers(PROVIDER, "pulumi")}
    assert knows == KNOWS_PULUMI
    assert importers(EMULATOR, "pulumi") == set()


def test_only_the_service_s_room_knows_the_vendor_s_sdk() -> None:
    assert {path.parent.name for path in importers(PROVIDER, "tencentcloud")} == {"service"}
    assert importers(EMULATOR, "tencentcloud") == set()


def test_provider_and_emulator_do_not_know_each_other() -> None:
    assert importers(PROVIDER, "trtc_emulator") == set()
    assert importers(EMULATOR, "pulumi_trtc") == set()


def test_examples_stand_on_the_public_package_alone() -> None:
    examples = [path for path in files(ROOT / "examples") if ".venv" not in path.parts]
    for path in examples:
        others = roots(path) - sys.stdlib_module_names - {one.stem for one in path.parent.glob("*.py")}
        assert others <= {"pulumi", "pulumi_policy", "pulumi_trtc"}, path
    assert len({path.parent for path in examples}) >= 5


def loaded(statement: str) -> set[str]:
    """The modules that are there after a statement."""
    text = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_neither_the_sdk_nor_the_emulator() -> None:
    found = {name.partition(".")[0] for name in loaded("import pulumi_trtc")}
    assert "pulumi_trtc" in found
    assert found.isdisjoint({"tencentcloud", "trtc_emulator"})


def test_a_program_s_process_does_not_load_what_the_provider_s_works_with() -> None:
    """Every command that runs the program would wait for it."""
    found = loaded("from pulumi_trtc import WebRecording")
    assert "pulumi_trtc.dynamic" in found
    assert found.isdisjoint({"tencentcloud", "pulumi_trtc.lifecycle.calls", "pulumi_trtc.service"})


def test_a_provider_s_process_does_not_load_what_sends_requests_before_one_is_sent() -> None:
    """A preview that has nothing to do would wait for it."""
    found = loaded("import pulumi_trtc.lifecycle.process")
    assert "pulumi_trtc.lifecycle.calls" in found
    sends = {"pulumi_trtc.service", "pulumi_trtc.lifecycle.lifecycle", "pulumi_trtc.settings.places"}
    assert found.isdisjoint({"tencentcloud", *sends})
