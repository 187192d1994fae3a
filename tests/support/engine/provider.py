"""What the engine asks of a provider, whatever carries the calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import attrs

from tests.support.engine.resources import Props, Resource


class CallFailed(Exception):  # noqa: N818  not an error of the test
    """The provider answered with an error, or died.

    Attributes:
        saved: Id and outputs of what a create has made all the same.
    """

    saved: tuple[str, Props] | None = None


class Killed(BaseException):
    """The CLI is gone: nothing more is written."""


@attrs.frozen
class Diff:
    """What a provider says of a resource and its new inputs.

    Attributes:
        changes: None if it cannot tell: then the inputs are compared.
        first_delete: The old one has to go before the new one comes.
    """

    changes: bool | None
    replaces: bool
    first_delete: bool


class Provider(Protocol):
    """Each call raises CallFailed, or Killed."""

    def check(self, urn: str, olds: Props | None, news: Props) -> tuple[Props, list[str]]:
        """The checked inputs, and the failures."""

    def diff(self, urn: str, old: Resource, news: Props) -> Diff:
        """What is to be done with a resource of a state."""

    def create(self, urn: str, news: Props) -> tuple[str, Props]:
        """Id and outputs."""

    def read(self, old: Resource) -> tuple[str, Props, Props | None]:
        """Id, outputs, and inputs if it names any; an empty id if the resource has gone."""

    def update(self, urn: str, old: Resource, news: Props) -> Props:
        """Outputs."""

    def delete(self, old: Resource) -> None:
        """Delete what a state holds."""


@attrs.frozen
class Watched:
    """A provider whose calls are noted.

    Args:
        note: Takes a call's name and the URN.
    """

    provider: Provider
    note: Callable[[str, str], None]

    def check(self, urn: str, olds: Props | None, news: Props) -> tuple[Props, list[str]]:
        """See `Provider.check`."""
        self.note("check", urn)
        return self.provider.check(urn, olds, news)

    def diff(self, urn: str, old: Resource, news: Props) -> Diff:
        """See `Provider.diff`."""
        self.note("diff", urn)
        return self.provider.diff(urn, old, news)

    def create(self, urn: str, news: Props) -> tuple[str, Props]:
        """See `Provider.create`."""
        self.note("create", urn)
        return self.provider.create(urn, news)

    def read(self, old: Resource) -> tuple[str, Props, Props | None]:
        """See `Provider.read`."""
        self.note("read", old["urn"])
        return self.provider.read(old)

    def update(self, urn: str, old: Resource, news: Props) -> Props:
        """See `Provider.update`."""
        self.note("update", urn)
        return self.provider.update(urn, old, news)

    def delete(self, old: Resource) -> None:
        """See `Provider.delete`."""
        self.note("delete", old["urn"])
        self.provider.delete(old)
