"""The sources of credentials and roles as tables for the documentation; a test compares them."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_trtc.settings.places import SOURCES
from pulumi_trtc.settings.profile import DEFAULT_PROFILE
from pulumi_trtc.settings.roles import ROLE_SOURCES


def sources_table() -> str:
    """Where credentials are looked for, in order, ending with a newline."""
    profile = f"~/.tccli/{DEFAULT_PROFILE}.credential"
    rows = [
        (source.name.format(profile=profile), " and ".join(f"`{key}`" for key in source.keys), source.about)
        for source in SOURCES
    ]
    return _table(("", "Source", "Values", "More"), rows)


def roles_table() -> str:
    """Where a role can be named, in order, ending with a newline."""
    return _table(("", "Source", "Values"), [(source.name, source.about) for source in ROLE_SOURCES])


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    numbered = [(str(number), *row) for number, row in enumerate(rows, 1)]
    lines = [headings, ("---",) * len(headings), *numbered]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
