"""Which room of the emulator may import which, read from the code."""

from __future__ import annotations

from graphlib import TopologicalSorter
from pathlib import Path

from tests.support.imports import imported

PACKAGE = "trtc_emulator"
FOLDER = Path(__file__).resolve().parents[2] / "emulator" / PACKAGE
ARROWS: dict[str, set[str]] = {
    "settings": set(),
    "media": set(),
    "request": {"settings", "media"},
    "sound": set(),
    "display": set(),
    "recorder": {"media", "sound", "display"},
    "tasks": {"settings", "media", "request"},
    "callbacks": {"settings", "media", "tasks"},
    "api": {"settings", "request", "tasks"},
    "control": {"media", "request", "tasks", "api"},
    "assembly": {"settings", "media", "sound", "recorder", "tasks", "callbacks", "api", "control"},
}
# The package's docstring, and its command, which may use what it likes.
OUTSIDE = {"__init__.py", "__main__.py"}


def rooms(path: Path) -> set[str]:
    """The rooms that a file imports anything of; "" is what lies beside them."""
    parts = [name.split(".") for name in imported(path)]
    return {rest[0] if rest else "" for package, *rest in parts if package == PACKAGE}


def test_every_module_stands_in_a_room() -> None:
    assert {path.name for path in FOLDER.glob("*.py")} == OUTSIDE
    assert {path.relative_to(FOLDER).parts[0] for path in FOLDER.glob("*/**/*.py")} == ARROWS.keys()


def test_each_room_imports_only_what_it_may_and_all_of_that() -> None:
    found = {
        room: set().union(*(rooms(path) for path in (FOLDER / room).rglob("*.py"))) - {room}
        for room in ARROWS
    }
    assert found == ARROWS


def test_no_rooms_import_each_other_in_a_circle() -> None:
    assert set(TopologicalSorter(ARROWS).static_order()) == ARROWS.keys()  # raises for a circle
