"""Each piece that the proof of the tests cuts out stands in the provider, once, and each result can be read.
Else nothing would be cut."""

from __future__ import annotations

from pathlib import Path

from tests.bite.cuts import CHECKS, ROWS

ROOT = Path(__file__).resolve().parents[2]
PROVIDER = ROOT / "provider/pulumi_trtc"


def test_each_cut_finds_its_piece() -> None:
    stale = {cut.what for cut in (*ROWS, *CHECKS) if (PROVIDER / cut.file).read_text().count(cut.piece) != 1}
    assert not stale


def test_each_cut_has_its_row_in_what_is_told_of_reliability() -> None:
    rows = (
        (ROOT / "RELIABILITY.md").read_text().partition("| Cut out | A test that fails |")[2].splitlines()[2:]
    )
    told = {row.split(" | ")[0].removeprefix("| ") for row in rows if row.startswith("| ")}
    assert told == {cut.what for cut in (*ROWS, *CHECKS)}
