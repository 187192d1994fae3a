from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

_PREFIX = "count of "

if os.geteuid() == 0:  # the browser refuses its sandbox; the pages are the tests' own
    os.environ["TRTC_EMULATOR_NO_SANDBOX"] = "1"


# Seeds are random and printed; how loaded the machine is fails no test.
settings.register_profile(
    "tests", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")


@pytest.fixture(autouse=True)
def _whole_tracebacks() -> Iterator[None]:
    """A failing call of the dynamic provider cuts those of its process short, and Pulumi's SDK reads them."""
    yield
    if hasattr(sys, "tracebacklimit"):
        del sys.tracebacklimit


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Counts what a test tried, by keyword; the sums over all tests are shown at the end."""

    def add(**numbers: int) -> None:
        for what, number in numbers.items():
            record_property(f"{_PREFIX}{what}", number)

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    total: Counter[str] = Counter()
    for report in (one for reports in terminalreporter.stats.values() for one in reports):
        if getattr(report, "when", "") == "call":
            for name, value in report.user_properties:
                if name.startswith(_PREFIX):
                    total[name.removeprefix(_PREFIX)] += value
    if total:
        shown = ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in sorted(total.items()))
        terminalreporter.write_line(f"tried: {shown}")
