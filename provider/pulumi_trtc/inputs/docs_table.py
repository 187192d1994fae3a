"""The inputs as a table for docs/inputs.md; a test compares the two."""

from __future__ import annotations

from pulumi_trtc.inputs.table import walk
from pulumi_trtc.inputs.types import Field, Integer, ListOf, Record

HEADINGS = ("Input", "Type and range", "Default", "What it is", "Source")


def markdown_table() -> str:
    """Every input in the table's order, one a line, ending with a newline."""
    rows = [HEADINGS, ("---",) * len(HEADINGS)]
    rows += [
        (f"`{path}`", _type(field), _default(field), field.about, field.source) for path, field in walk()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _type(field: Field) -> str:
    match field.kind:
        case Record() as record:
            return f"`{record.name}Args`"
        case ListOf(item=Record() as record) as kind:
            return f"list of `{record.name}Args`, {kind.rule.removesuffix(record.name).strip()}"
        case ListOf() as kind:
            return f"list, {kind.rule}"
        case Integer() as kind:
            words = f"integer, {kind.rule}"
        case kind:
            words = f"string, {kind.rule}"
    words = words.replace("<", r"\<")  # Markdown would take <name> for a tag
    return f"{words}; secret" if field.secret else words


def _default(field: Field) -> str:
    return "required" if field.required else field.default
