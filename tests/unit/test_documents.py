"""The documents say what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_trtc.inputs.check import check
from pulumi_trtc.inputs.docs_table import markdown_table
from pulumi_trtc.settings.docs_table import roles_table, sources_table
from pulumi_trtc.settings.values import KNOWN
from tests.support.inputs import page_props
from tests.support.matrix import death_cases, fault_cases
from tests.support.promise import NO_HARM, PROMISE

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
INPUTS = (ROOT / "docs/inputs.md").read_text()
# What a browser would load from elsewhere when it shows a page.
FETCHED = re.compile(r'(?:src|<link[^>]*href)="(?:https?:)?//[^"]*')


def test_the_table_of_inputs_is_the_one_that_the_checks_read() -> None:
    begin, end = "compared by a test -->\n\n", "\n\n<!-- end of inputs -->"
    assert INPUTS.split(begin)[1].split(end)[0] == markdown_table().strip()


@pytest.mark.parametrize(("name", "table"), [("sources", sources_table), ("roles", roles_table)])
def test_the_sources_of_credentials_are_those_that_are_looked_through(
    name: str, table: Callable[[], str]
) -> None:
    text = (ROOT / "docs/accounts.md").read_text()
    begin, end = "compared by a test -->\n\n", f"\n<!-- end of {name} -->"
    assert text.split(f"<!-- {name}: ")[1].split(begin)[1].split(end)[0] == table()


def test_the_messages_that_are_shown_are_the_ones_that_are_told() -> None:
    wrong = page_props(recordUrl="ftp://example.com/lecture?token=x", maxDurationLimit=60)
    assert [str(failure) for failure in check(wrong)] == re.findall(r"(?m)^error: … (.*)$", INPUTS)


def test_the_lines_that_previews_are_said_to_tell_are_told() -> None:
    told = "".join(path.read_text() for path in (ROOT / "tests/e2e/golden").glob("*.txt"))
    shown = "".join(re.findall(r"(?s)```\n(.*?)```", (ROOT / "docs/preview.md").read_text())).splitlines()
    assert len(shown) > 3
    assert [line for line in shown if line not in told] == []


def test_every_setting_is_in_the_table_of_settings() -> None:
    table = (ROOT / "docs/configuration.md").read_text()
    assert [key for key in KNOWN if f"`trtc:{key}`" not in table] == []


@pytest.mark.parametrize("document", ["README.md", "RELIABILITY.md"])
def test_the_promises_are_word_for_word_what_is_tried(document: str) -> None:
    text = re.sub(r"[*>\s]+", " ", (ROOT / document).read_text())
    assert PROMISE in text
    assert NO_HARM in text


def test_each_room_of_the_provider_is_on_the_map() -> None:
    rooms = {path.parent.name for path in (ROOT / "provider/pulumi_trtc").glob("*/__init__.py")}
    design = (ROOT / "DESIGN.md").read_text()
    assert [room for room in sorted(rooms) if f"| `{room}` | " not in design] == []


def test_what_is_said_to_be_tried_is_what_is_tried() -> None:
    faults, deaths = len(list(fault_cases())), len(list(death_cases()))
    assert f"| {faults:,} faults, {deaths:,} deaths |" in (ROOT / "RELIABILITY.md").read_text()


def test_the_readme_can_be_read_in_five_minutes() -> None:
    assert len(README.splitlines()) <= 120


def test_the_site_is_built_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-c", "docs", ".", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.stderr == ""
    assert built.returncode == 0
    pages = [path.read_text() for path in tmp_path.rglob("*.html")]
    assert [one for page in pages for one in FETCHED.findall(page)] == []


@pytest.mark.parametrize("document", ["README.md", "docs/callbacks.md"])
def test_the_programs_of_the_documents_compile(document: str) -> None:
    programs = re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    assert programs
    for program in programs:
        compile(program, document, "exec")
