"""A provider's process in memory: the real provider, its clock, what it reads of the stack, its death."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import attrs

from pulumi_trtc.dynamic import WebRecordingProvider
from pulumi_trtc.lifecycle.calls import Session
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.settings.read import Settings
from pulumi_trtc.stack.cli import StackReader
from pulumi_trtc.stack.state import UNREADABLE, StackView, view_of
from tests.support.declared import WINDOW
from tests.support.fake_service import FakeService


class Killed(BaseException):
    """SIGKILL, at a call."""


@attrs.frozen
class Kill:
    """SIGKILL at an API call.

    Attributes:
        action: Of the call; None counts all.
        nth: How many such calls are let through.
        sent: The call is carried out first.
        alone: Only the provider is killed; the CLI goes on and reports a failure.
    """

    action: str | None = None
    nth: int = 0
    sent: bool = True
    alone: bool = False


@attrs.define
class _Cli(StackReader):
    """`pulumi`, as a provider calls it.

    Attributes:
        answer: What a command prints, None where it fails.
    """

    answer: Callable[[tuple[str, ...]], str | None]

    def run(self, *arguments: str) -> str:
        text = self.answer(arguments)
        if text is None:
            raise subprocess.CalledProcessError(1, "pulumi")
        return text

    def _read(self, stack: str) -> StackView:
        # Without a thread beside it: histories start thousands of processes.
        try:
            text = self.run("stack", "export", "--stack", stack)
        except subprocess.SubprocessError:
            return UNREADABLE
        return view_of(text, self._history(stack), self.clock.now())


def provider_process(
    service: FakeService,
    answer: Callable[[tuple[str, ...]], str | None],
    settings: Settings,
    environ: Mapping[str, str],
    tell: Callable[[str], None],
) -> WebRecordingProvider:
    """A provider whose process begins now.

    Args:
        answer: What a `pulumi` command prints, None where it fails.
        tell: Takes what the lifecycle tells.
    """
    clock = service.clock
    lifecycle = Lifecycle(service, StartWindow(WINDOW, clock, clock.monotonic()), tell)
    provider = WebRecordingProvider()
    provider._session = Session((), _Cli(clock, environ, answer), settings, lifecycle)
    return provider


@contextmanager
def armed(service: FakeService, kill: Kill | None) -> Iterator[None]:
    """Within this, a call raises Killed."""
    left = kill.nth if kill else 0

    def strike(action: str, sent: bool) -> None:
        nonlocal left
        if kill and sent == kill.sent and kill.action in (None, action):
            left -= 1
            if left < 0:
                raise Killed

    service.before = lambda action, _what: strike(action, False)
    service.after = lambda action, _what: strike(action, True)
    try:
        yield
    finally:
        service.before = service.after = lambda _action, _what: None


@contextmanager
def own_tracebacks() -> Iterator[None]:
    """A provider shortens the tracebacks of its process, which is the tests' own here."""
    try:
        yield
    finally:
        if hasattr(sys, "tracebacklimit"):
            del sys.tracebacklimit
