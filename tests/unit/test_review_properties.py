"""Over all names and values: a table that stays a table, no secret in it, and never too long."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pulumi_trtc.review.as_json import as_json
from pulumi_trtc.review.markdown import LONGEST, markdown
from pulumi_trtc.review.text import text
from tests.support.inputs import MARKER, PROPERTY, marked_props
from tests.support.previews import made, step

HOSTILE = st.sampled_from(
    [
        *(
            "|",
            "a|b",
            "\\|",
            "`",
            "``",
            "```",
            "`|`",
            "\n",
            "\r\n| x |",
            "<b>",
            "<!-- -->",
            "-->",
            "&#124;",
            "@all",
        ),
        *(
            "[x](https://evil.example)",
            "![x](y)",
            "https://evil.example/x",
            "www.evil.example",
            "# x",
            "- x",
            "~~~",
        ),
        *(
            "\u202eabc",
            "\u200b",
            "\x00",
            "\x1b[31m",
            "\ud800",
            "\u2028",
            "🎥",
            "講義",
            "é",
            " ",
            "",
            "{}",
            "{0}",
        ),
    ]
)
NAMES = st.one_of(HOSTILE, st.text(st.characters(exclude_categories=[])), st.lists(HOSTILE).map("".join))
OPS = st.sampled_from(
    [
        "create",
        "update",
        "delete",
        "replace",
        "create-replacement",
        "delete-replaced",
        "same",
        "read",
        "mutate",
    ]
)
PARSER = MarkdownIt("commonmark", {"linkify": False}).enable("table")


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    ended = {"taskId": MARKER, "status": draw(st.sampled_from(["recording", "ended"]))}
    old, new = (draw(st.one_of(st.none(), marked_props().map(_sendable))) for _ in range(2))
    # An end of a URN is a name; "::" in it would end another part.
    name = draw(NAMES).replace("::", "")
    keys = draw(
        st.lists(st.sampled_from(["recordUrl", "storageParams", "publishCdnParams", "recordId", "id"]))
    )
    op = draw(st.one_of(OPS, NAMES))
    return step(op, name, old=old and {**old, **ended}, new=new, replaceReasons=keys)


def _sendable(props: Any) -> Any:
    """What of arbitrary properties can stand in JSON."""
    return json.loads(json.dumps(props, skipkeys=True, default=str))


def rows_of(shown: str) -> tuple[list[int], list[Token]]:
    """The cells of each row, as a forge counts them, and all inline tokens."""
    tokens = PARSER.parse(shown)
    counts: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            counts.append(0)
        elif token.type in ("td_open", "th_open"):
            counts[-1] += 1
    return counts, [inner for token in tokens for inner in token.children or ()]


INJECTED = (
    "`<b>x</b>`",
    "`@all`",
    "`[x](https://evil.example)`",
    "`` `<i>`",
    "\\|`<b>",
    "a|b|c\n| x |",
    "\u202e\ud800\x1b[0m",
)


def test_names_stay_names() -> None:
    report = made(
        *(step("create", name, new={}) for name in INJECTED), *(step(name, "x", new={}) for name in INJECTED)
    )
    shown = markdown(report)
    counts, inline = rows_of(shown)
    assert counts == [6] * (len(report.rows) + 1)
    assert {token.type for token in inline} == {"text", "code_inline", "strong_open", "strong_close"}
    assert "`a\\|b\\|c\\n\\| x \\|`" in shown
    assert "`\\u202e\\ud800\\u001b[0m`" in shown


@given(st.lists(steps(), max_size=3), NAMES, st.lists(NAMES, max_size=2))
@settings(PROPERTY, max_examples=25)
def test_any_preview_is_a_table_without_secrets(
    made_steps: list[dict[str, Any]], line: str, errors: list[str]
) -> None:
    report = made(
        *made_steps,
        config={"trtc:site": "intl"},
        diagnostics=[
            {"message": f"{line}: https://h.example/{MARKER}?{MARKER}", "severity": "info"},
            *({"message": f"{one} https://h.example/{MARKER}", "severity": "error"} for one in errors),
        ],
    )
    shown = markdown(report)
    assert len(shown) <= LONGEST
    counts, inline = rows_of(shown)
    assert counts == [6] * (len(report.rows) + 1) if report.rows else counts == []
    found = {token.type for token in inline}
    assert found <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}, found
    for form in (shown, text(report), as_json(report)):
        form.encode()
        assert MARKER not in form
        assert "\u202e" not in form
        assert "\x1b" not in form
