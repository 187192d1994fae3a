"""Which room of the emulator may import which, read from the code."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = "trtc_emulator"
FOLDER = Path(__file__).resolve().parents[2] / "emulator" / PACKAGE
ARROWS: dict[str, set[str]] = {
    "settings": set(),
    "media": set(),
    "request": {"settings", "media"},
    "sound": set(),
    "recorder": {"media", "sound"},
    "tasks": {"settings", "media", "request"},
    "callbacks": {"settings", "media", "tasks"},
    "api": {"settings", "request", "tasks"},
    "control": {"media", "request", "tasks", "api"},
    "assembly": {"settings", "media", "sound", "recorder", "tasks", "callbacks", "api", "control"},
}
# The package's docstring, and its command, which may use what it likes.
OUTSIDE = {"__init__.py", "__main__.py"}


def imported(path: Path) -> set[str]:
    """The rooms that a file imports anything of; "" is the package itself."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in names]
    return {rest[0] if rest else "" for package, *rest in parts if package == PACKAGE}


def test_every_module_stands_in_a_room() -> None:
    assert {path.name for path in FOLDER.glob("*.py")} == OUTSIDE
    assert {path.relative_to(FOLDER).parts[0] for path in FOLDER.glob("*/**/*.py")} == ARROWS.keys()


def test_each_room_imports_only_what_it_may_and_all_of_that() -> None:
    found = {
        room: set().union(*(imported(path) for path in (FOLDER / room).rglob("*.py"))) - {room}
        for room in ARROWS
    }
    assert found == ARROWS


def test_no_rooms_import_each_other_in_a_circle() -> None:
    assert set(TopologicalSorter(ARROWS).static_order()) == ARROWS.keys()  # raises for a circle
