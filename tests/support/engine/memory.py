"""The provider in memory: the real object, called as the SDK's host calls it, on a manual clock."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import attrs
from pulumi.dynamic.dynamic import PROVIDER_KEY

from pulumi_trtc.dynamic import WebRecordingProvider
from pulumi_trtc.errors import TrtcError
from pulumi_trtc.lifecycle.calls import Calls
from pulumi_trtc.lifecycle.lifecycle import Lifecycle
from pulumi_trtc.lifecycle.own_state import OwnState
from pulumi_trtc.lifecycle.start_window import StartWindow
from pulumi_trtc.plugin.engine import Engine
from pulumi_trtc.plugin.server import Servicer
from pulumi_trtc.service.api import WebRecordApi
from pulumi_trtc.settings.read import read_settings
from pulumi_trtc.stack.cli import StackReader
from pulumi_trtc.stack.running_cli import RunningCli
from tests.support.clock import ManualClock
from tests.support.engine.kill import ProviderDied
from tests.support.engine.provider import CallFailed, Diff
from tests.support.engine.resources import Props, Resource, in_clear
from tests.support.messages import PLUGIN, Messages, saved_by
from tests.support.notes import at_once
from tests.support.serial import Serial

Answer = Callable[[Sequence[str]], "str | None"]
WINDOW = 8.0

_T = TypeVar("_T")


@attrs.frozen
class Host:
    """What a provider's process finds around itself.

    Attributes:
        answer: What a `pulumi` command prints, None where it fails.
        stack: The one that the running command is for.
        clears: The running command has `--clear-pending-creates`.
        config: The stack's configuration, full keys.
        environ: The environment.
        tell: Takes what the process prints.
    """

    answer: Answer
    stack: str
    clears: bool
    config: Mapping[str, str]
    environ: Mapping[str, str]
    tell: Callable[[str], None]


def calls_of_process(api: WebRecordApi, clock: ManualClock, host: Host) -> Calls:
    """The calls of a process that begins now: the one place that knows how the core is put together."""

    class Cli(StackReader):
        def run(self, *arguments: str) -> str:
            text = host.answer(arguments)
            if text is None:
                raise subprocess.CalledProcessError(1, ["pulumi", *arguments], stderr="no such stack")
            return text

    settings = read_settings(host.config, host.environ, Path("/none"))
    lifecycle = Lifecycle(
        api, StartWindow(WINDOW, clock, clock.monotonic(), host.tell), settings.place, host.tell
    )
    running = RunningCli("pulumi", stack=host.stack, clears=host.clears, found=True)
    reader = Cli(clock, host.environ, running, Serial())
    return Calls((), OwnState(reader, host.tell), settings, lambda _: lifecycle, at_once(host.tell), Serial())


@attrs.define
class InMemory:
    """The calls; what the provider reports on purpose is a failed call, anything else fails the test."""

    provider: WebRecordingProvider
    dead: bool = False

    @classmethod
    def of(cls, calls: Calls) -> InMemory:
        """The dynamic provider's."""
        provider = WebRecordingProvider()
        provider._opened = calls
        return cls(provider)

    def check(self, _urn: str, olds: Props | None, news: Props) -> tuple[Props, list[str]]:
        """See `Provider.check`."""
        result = self._call(lambda: self.provider.check(deepcopy(olds or {}), deepcopy(news)))
        return _with_provider(in_clear(result.inputs), news), [one.reason for one in result.failures or ()]

    def diff(self, _urn: str, old: Resource, news: Props) -> Diff:
        """See `Provider.diff`."""
        olds = deepcopy(old["outputs"])
        result = self._call(lambda: self.provider.diff(old["id"], olds, deepcopy(news)))
        return Diff(result.changes, bool(result.replaces), bool(result.delete_before_replace))

    def create(self, _urn: str, news: Props) -> tuple[str, Props]:
        """See `Provider.create`."""
        result = self._call(lambda: self.provider.create(deepcopy(news)))
        return result.id, _with_provider(result.outs or {}, news)

    def read(self, old: Resource) -> tuple[str, Props, Props | None]:
        """See `Provider.read`."""
        props = deepcopy(old["outputs"])
        result = self._call(lambda: self.provider.read(old["id"], props))
        assert result.outs is not None, "the host cannot carry it"
        inputs = None if result.inputs is None else _with_provider(result.inputs, old["outputs"])
        return result.id or "", _with_provider(result.outs, old["outputs"]), inputs

    def update(self, _urn: str, old: Resource, news: Props) -> Props:
        """See `Provider.update`."""
        olds = deepcopy(old["outputs"])
        result = self._call(lambda: self.provider.update(old["id"], olds, deepcopy(news)))
        return _with_provider(result.outs or {}, news)

    def delete(self, old: Resource) -> None:
        """See `Provider.delete`."""
        self._call(lambda: self.provider.delete(old["id"], deepcopy(old["outputs"])))

    def _call(self, call: Callable[[], _T]) -> _T:
        if self.dead:
            raise CallFailed("the provider has died")
        try:
            return call()
        except TrtcError as failure:
            raise CallFailed(f"{type(failure).__name__}: {failure}") from None
        except ProviderDied:
            self.dead = True
            raise CallFailed("the provider died") from None


class _AbortedError(Exception):
    """A call of the plugin's was ended with a text for people."""


class _Context:
    """What gRPC hands to a call."""

    def __init__(self) -> None:
        self.metadata: Any = ()

    def set_trailing_metadata(self, metadata: Any) -> None:
        """What goes with the answer."""
        self.metadata = metadata

    def abort(self, _code: object, text: str) -> NoReturn:
        """End the call."""
        raise _AbortedError(text)


class PluginInMemory(Messages):
    """The same, through the messages of the plugin."""

    adapter = PLUGIN

    def __init__(self, calls: Calls) -> None:
        self._servicer = Servicer(Engine(""), "0.0.0")
        self._servicer._calls = calls
        self._dead = False

    def call(self, method: str, request: Any) -> Any:
        """See `Messages.call`."""
        if self._dead:
            raise CallFailed("the provider has died")
        context = _Context()
        try:
            return getattr(self._servicer, method)(request, context)
        except _AbortedError as aborted:
            failure = CallFailed(str(aborted))
            failure.saved = saved_by(context.metadata)
            raise failure from None
        except ProviderDied:
            self._dead = True
            raise CallFailed("the provider died") from None


def _with_provider(props: Mapping[str, object], given: Props) -> Props:
    """Properties as the host sends them: without what was None, with the provider."""
    known = {key: value for key, value in deepcopy(dict(props)).items() if value is not None}
    return known | ({PROVIDER_KEY: given[PROVIDER_KEY]} if PROVIDER_KEY in given else {})
