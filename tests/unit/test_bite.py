"""Each piece that the proof of the tests cuts out stands in the provider, once: else nothing would be cut."""

from __future__ import annotations

from pathlib import Path

from tests.bite.cuts import CHECKS, ROWS

PROVIDER = Path(__file__).resolve().parents[2] / "provider/pulumi_trtc"


def test_each_cut_finds_its_piece() -> None:
    stale = {cut.what for cut in (*ROWS, *CHECKS) if (PROVIDER / cut.file).read_text().count(cut.piece) != 1}
    assert not stale
