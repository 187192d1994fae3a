from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pulumi_cli import Stacks


@pytest.fixture
def stacks(tmp_path: Path) -> Iterator[Stacks]:
    """Makes stacks on the real CLI; everything of them ends with the test."""
    made = Stacks(tmp_path)
    try:
        yield made
    finally:
        made.close()
