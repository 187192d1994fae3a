"""Why a rehearsal cannot run."""

from __future__ import annotations


class CannotRehearse(Exception):  # noqa: N818  it is no fault of anybody's
    """Nothing more can be tried; `str()` of it is a text for people, without secrets."""
