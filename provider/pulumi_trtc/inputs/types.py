"""What an input can be: its type, its limits in words, its names."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Final, TypeAlias

import attrs


class Unknown(enum.Enum):
    """The type of UNKNOWN, so that a type checker can tell it from all other values."""

    UNKNOWN = enum.auto()


UNKNOWN: Final = Unknown.UNKNOWN
"""Stands for a value that a preview does not know yet."""

MAX_SAFE_INTEGER: Final = 2**53 - 1
"""The engine carries numbers as floats; above this an integer would not arrive as it was written."""


UNSUPPORTED: Final = "(unsupported)"
"""The one key of a dict that stands for what the engine cannot carry; its value says in words what it was.

It must not begin with `__`: the SDK takes such keys for the engine's own and can drop them.
"""


class Form(enum.Enum):
    """What a text must look like.

    Attributes:
        words: The rule in words.
        pattern: What the whole text must match; None where no pattern says it.
        is_open: Whether a wrong one may be shown. What a program passes through a free text, or to a page, is
            its own: it may be a token.
    """

    FREE = ("text", None, False)
    CHOICE = ("one of the values listed", None, True)
    NAME = ("letters, digits, - and _", r"[A-Za-z0-9_-]+", True)
    PRINTABLE = ("printable ASCII, no spaces", r"[!-~]+", True)
    REGION = ("a region, such as ap-singapore", r"[a-z]{2,}(-[a-z0-9]+)+", True)
    BUCKET = (
        "<name>-<APPID> of lowercase letters, digits and -, such as webrecord-1234589",
        r"[a-z0-9]([a-z0-9-]*[a-z0-9])?-[0-9]+",
        True,
    )
    WEB_URL = ("an http or https URL", None, False)
    RTMP_URL = ("an rtmp URL with a path", None, False)

    def __init__(self, words: str, pattern: str | None, is_open: bool) -> None:
        self.words = words
        self.pattern = None if pattern is None else re.compile(pattern)
        self.is_open = is_open


@attrs.frozen
class Integer:
    """A whole number, either in a range or one of a few with a meaning each.

    Attributes:
        page_high: The upper end by the API page of 2025-11-13, where the vendor has raised it since.
    """

    low: int = 0
    high: int = MAX_SAFE_INTEGER
    unit: str = ""
    even: bool = False
    choices: tuple[tuple[int, str], ...] = ()
    page_high: int | None = None

    @property
    def rule(self) -> str:
        """The limit in words, such as `1800..86400 seconds`."""
        if self.choices:
            return " or ".join(f"{value} ({meaning})" for value, meaning in self.choices)
        limit = f"{self.low} or more" if self.high == MAX_SAFE_INTEGER else f"{self.low}..{self.high}"
        words = ["even," if self.even else "", limit, self.unit]
        return " ".join(word for word in words if word)


@attrs.frozen
class Text:
    """A string of a form, with its length in characters."""

    form: Form = Form.FREE
    shortest: int = 1
    longest: int | None = None
    choices: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The limit in words, such as `1..31 of letters, digits, - and _`."""
        if self.choices:
            return " or ".join(f'"{choice}"' for choice in self.choices)
        if self.longest is None:
            return self.form.words
        of = "characters" if self.form is Form.FREE else f"of {self.form.words}"
        return f"{self.shortest}..{self.longest} {of}"


@attrs.frozen
class Record:
    """One of the API's structures.

    Attributes:
        one_of: Whether exactly one of its fields is given.
    """

    name: str
    fields: tuple[Field, ...]
    one_of: bool = False

    def named(self, spelling: str) -> Field | None:
        """The field that is called so in Python, in the state or by the API."""
        return self._spelled.get(spelling)

    @cached_property
    def _spelled(self) -> Mapping[str, Field]:
        return {spelling: field for field in self.fields for spelling in field.spellings}


@attrs.frozen
class ListOf:
    """A list of equal things."""

    item: Text | Record
    fewest: int = 0
    most: int | None = None

    @property
    def rule(self) -> str:
        """The limit in words, such as `at most 10 McuPublishCdnParam`."""
        what = self.item.name if isinstance(self.item, Record) else self.item.rule
        if self.most is not None:
            return f"at most {self.most} {what}"
        return f"{self.fewest} or more, each {what}"


Kind: TypeAlias = Integer | Text | Record | ListOf


def holds_integer(kind: Kind) -> bool:
    """Whether an integer lies in it, at any depth."""
    if isinstance(kind, ListOf):
        return holds_integer(kind.item)
    inner = kind.fields if isinstance(kind, Record) else ()
    return isinstance(kind, Integer) or any(holds_integer(field.kind) for field in inner)


def holds_secret(kind: Kind) -> bool:
    """Whether a secret lies in it, at any depth."""
    if isinstance(kind, ListOf):
        return holds_secret(kind.item)
    return isinstance(kind, Record) and any(field.secret or holds_secret(field.kind) for field in kind.fields)


@attrs.frozen
class Field:
    """One input.

    Attributes:
        name: Its Python name. The state key and the API's name follow from it.
        kind: Type and limits.
        about: One line for the documentation.
        source: Where type and limits were read.
        required: Whether the service refuses a recording without it.
        secret: Whether its value is never shown.
        default: What the service does when it is left out, in words.
        provider_only: Whether it stays in the provider and never reaches the service.
    """

    name: str
    kind: Kind
    about: str
    source: str
    required: bool = False
    secret: bool = False
    default: str = ""
    provider_only: bool = False

    @cached_property
    def api(self) -> str:
        """The API's own name, such as `RecordUrl`."""
        return "".join(word.capitalize() for word in self.name.split("_"))

    @cached_property
    def key(self) -> str:
        """The key in the state, such as `recordUrl`."""
        return self.api[0].lower() + self.api[1:]

    @cached_property
    def spellings(self) -> tuple[str, str, str]:
        """All names under which a program may give it."""
        return self.name, self.key, self.api
