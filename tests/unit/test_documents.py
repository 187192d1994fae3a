"""The documents say what the code does."""

from __future__ import annotations

import re
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


def test_the_table_of_inputs_is_the_one_that_the_checks_read() -> None:
    begin, end = "compared by a test -->\n\n", "\n\n<!-- end of inputs -->"
    assert README.split(begin)[1].split(end)[0] == markdown_table().strip()


@pytest.mark.parametrize(("name", "table"), [("sources", sources_table), ("roles", roles_table)])
def test_the_sources_of_credentials_are_those_that_are_looked_through(
    name: str, table: Callable[[], str]
) -> None:
    text = (ROOT / "docs/accounts.md").read_text()
    begin, end = "compared by a test -->\n\n", f"\n<!-- end of {name} -->"
    assert text.split(f"<!-- {name}: ")[1].split(begin)[1].split(end)[0] == table()


def test_the_messages_that_are_shown_are_the_ones_that_are_told() -> None:
    wrong = page_props(recordUrl="ftp://example.com/lecture?token=x", maxDurationLimit=60)
    assert [str(failure) for failure in check(wrong)] == re.findall(r"(?m)^error: … (.*)$", README)


def test_the_lines_that_previews_are_said_to_tell_are_told() -> None:
    told = "".join(path.read_text() for path in (ROOT / "tests/e2e/golden").glob("*.txt"))
    shown = "".join(re.findall(r"(?s)```\n(.*?)```", (ROOT / "docs/preview.md").read_text())).splitlines()
    assert len(shown) > 3
    assert [line for line in shown if line not in told] == []


def test_every_setting_is_documented() -> None:
    texts = README + "".join((ROOT / f"docs/{name}.md").read_text() for name in ("accounts", "review"))
    assert [key for key in KNOWN if f"trtc:{key}" not in texts] == []


@pytest.mark.parametrize("document", ["README.md", "RELIABILITY.md"])
def test_the_promises_are_word_for_word_what_is_tried(document: str) -> None:
    text = re.sub(r"[*>\s]+", " ", (ROOT / document).read_text())
    assert PROMISE in text
    assert NO_HARM in text


def test_what_is_said_to_be_tried_is_what_is_tried() -> None:
    faults, deaths = len(list(fault_cases())), len(list(death_cases()))
    assert f"| {faults:,} faults, {deaths:,} deaths |" in (ROOT / "RELIABILITY.md").read_text()


def test_every_link_of_a_document_leads_somewhere() -> None:
    documents = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("emulator/*.md"),
        *ROOT.glob("examples/*/README.md"),
    ]
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_the_programs_of_the_readme_compile() -> None:
    programs = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert programs
    for program in programs:
        compile(program, "README.md", "exec")
