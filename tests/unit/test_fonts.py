"""Which scripts are warned of, with an fc-list that knows some fonts only."""

from __future__ import annotations

from pathlib import Path

from trtc_emulator.recorder import fonts


def _fc_list(folder: Path, body: str) -> str:
    program = folder / "fc-list"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(folder)


def test_what_no_font_covers_is_named_with_what_to_install(tmp_path: Path) -> None:
    body = 'case "$1" in :charset=4e2d|:lang=und-zsye) echo "A Font" ;; esac'
    missing = fonts.missing_scripts(_fc_list(tmp_path, body))
    assert [script.name for script in missing] == ["Japanese", "Korean", "Thai", "Devanagari"]
    packages = "fonts-wqy-microhei fonts-tlwg-loma-otf fonts-lohit-deva"
    assert fonts.warning(missing) == (
        "no font draws Japanese, Korean, Thai, Devanagari: pages show empty boxes instead. Install some, on "
        f"Debian and Ubuntu with `apt-get install {packages}`"
    )


def test_nothing_is_said_when_all_is_covered_or_nothing_is_known(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert fonts.missing_scripts(str(empty)) == []
    assert fonts.missing_scripts(_fc_list(tmp_path, "exit 1")) == []
    assert fonts.missing_scripts(_fc_list(tmp_path, "echo 'A Font'")) == []
    assert fonts.warning([]) == ""
