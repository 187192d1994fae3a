"""Who may import what: the rules of DESIGN.md, read from the code."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROVIDER = ROOT / "provider/pulumi_trtc"
EMULATOR = ROOT / "emulator/trtc_emulator"
# The program's side and the adapter. All else is core, which a second adapter will stand on.
KNOWS_PULUMI = {"resource", "args", "args_dicts", "args_props", "dynamic"}


def imported(path: Path) -> set[str]:
    """The full names of all modules that a file imports anywhere in it; of `from x import y`, x and x.y."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def roots(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {name.partition(".")[0] for name in imported(path)}


def files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found
    return found


def importers(folder: Path, package: str) -> set[str]:
    """The files below a folder that import a package."""
    return {path.stem for path in files(folder) if package in roots(path)}


def _ours(path: Path) -> set[str]:
    """The modules of the provider that a file imports."""
    inner = {name.split(".")[1] for name in imported(path) if name.startswith("pulumi_trtc.")}
    return {name for name in inner if (PROVIDER / f"{name}.py").exists()}


def test_only_the_program_s_side_and_the_adapter_know_pulumi() -> None:
    assert importers(PROVIDER, "pulumi") == KNOWS_PULUMI
    assert importers(EMULATOR, "pulumi") == set()


def test_only_api_knows_the_vendor_s_sdk() -> None:
    assert importers(PROVIDER, "tencentcloud") == {"api"}
    assert importers(EMULATOR, "tencentcloud") == set()


def test_provider_and_emulator_do_not_know_each_other() -> None:
    assert importers(PROVIDER, "trtc_emulator") == set()
    assert importers(EMULATOR, "pulumi_trtc") == set()


def test_the_core_knows_no_adapter_and_no_module_of_it_needs_itself() -> None:
    adapters = KNOWS_PULUMI | {"__init__"}
    needs = {path.stem: _ours(path) for path in files(PROVIDER) if path.stem not in adapters}
    for module, names in needs.items():
        assert names.isdisjoint(adapters), module
    assert set(TopologicalSorter(needs).static_order()) == needs.keys()


def test_examples_stand_on_the_public_package_alone() -> None:
    examples = [path for path in files(ROOT / "examples") if ".venv" not in path.parts]
    for path in examples:
        others = roots(path) - sys.stdlib_module_names
        assert others <= {"pulumi", "pulumi_trtc"}, path
    assert len({path.parent for path in examples}) >= 5


def test_importing_the_package_loads_neither_the_sdk_nor_the_emulator() -> None:
    text = "import sys, pulumi_trtc; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "pulumi_trtc" in loaded
    assert loaded.isdisjoint({"tencentcloud", "trtc_emulator"})
