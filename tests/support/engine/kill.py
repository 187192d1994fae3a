"""Death in memory: at a call of the service."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import attrs

from tests.support.engine.provider import Killed
from tests.support.fake_service import FakeService


class ProviderDied(BaseException):
    """SIGKILL of the provider alone."""


@attrs.frozen
class Kill:
    """SIGKILL at an API call.

    Attributes:
        action: Of the call; None counts all.
        nth: How many such calls are let through.
        sent: The call is carried out first.
        alone: Only the provider is killed; the CLI goes on and reports a failure.
        waited: Seconds that the call had waited for its turn, since the state was written last.
    """

    action: str | None = None
    nth: int = 0
    sent: bool = True
    alone: bool = False
    waited: float = 0.0


@contextmanager
def armed(services: Collection[FakeService], kill: Kill | None) -> Iterator[None]:
    """Within this, a call of one of the services kills."""
    left = kill.nth if kill else 0

    def strike(action: str, sent: bool) -> None:
        nonlocal left
        if kill and sent == kill.sent and kill.action in (None, action):
            left -= 1
            if left < 0:
                raise ProviderDied if kill.alone else Killed

    def begin(service: FakeService, action: str, _what: str) -> None:
        if kill and left == 0 and kill.action in (None, action):
            service.clock.advance(kill.waited)
        strike(action, False)

    for service in services:
        service.before = functools.partial(begin, service)
        service.after = lambda action, _what: strike(action, True)
    try:
        yield
    finally:
        for service in services:
            service.before = service.after = lambda _action, _what: None
