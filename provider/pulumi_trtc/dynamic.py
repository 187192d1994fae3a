"""The adapter: Pulumi's dynamic-provider calls to `lifecycle.calls`.

The name of this module and of its class are written into users' states: they cannot change.
"""

from __future__ import annotations

import functools
import gc
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime import rpc

from pulumi_trtc.errors import TrtcError
from pulumi_trtc.inputs.secrets import wrapped
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle.props import as_inputs, sealed, stack_of
from pulumi_trtc.lifecycle.rehearsal import RehearsalCalls
from pulumi_trtc.stack.state import with_owner

if TYPE_CHECKING:
    from pulumi_trtc.lifecycle.calls import Calls

_CALLS_AT_ONCE = 64
_GARBAGE_AT = 100_000
"""New objects, in place of Python's 700."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _for_people(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Report an expected failure without a traceback."""

    @functools.wraps(call)
    def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return call(*args, **kwargs)
        except TrtcError as failure:
            # The engine is sent `traceback.format_exc()`, which nothing but this limit keeps short.
            sys.tracebacklimit = 0
            raise failure from None

    return wrapper


class WebRecordingProvider(ResourceProvider):
    """Runs in the plugin process. The engine shares one instance between threads."""

    serialize_as_secret_always = False  # it holds no secret: only its name is stored
    _config: dict[str, Any]
    _opened: Calls | RehearsalCalls | None = None
    _opening = threading.Lock()

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the stack's configuration; what is wrong with it is reported by `check`."""
        _settle()
        # Config has no public way to list its keys, which it takes to find misspelt ones.
        self._config = req.config._props
        self._opened = RehearsalCalls.of(os.environ)

    @_for_people
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """See `Calls.check`."""
        given = _core({key: value for key, value in news.items() if value is not None})
        failures, owner = self._calls(given, declared=True).check(with_owner(_olds), given)
        if failures:
            # A failure that names its property makes the engine print the value: a secret in clear.
            return CheckResult(news, [CheckFailure("", failure) for failure in failures])
        return CheckResult(wrapped(as_inputs(news, owner), _secret), [])

    @_for_people
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """See `Calls.diff`."""
        # A recording that comes from the plugin is the same one.
        olds = with_owner(_olds)
        found = self._calls(olds).diff(_id, olds, _core(_news))
        return DiffResult(
            changes=found.changes, replaces=list(found.replaces), delete_before_replace=found.stop_first
        )

    @_for_people
    def create(self, props: dict[str, Any]) -> CreateResult:
        """See `Calls.create`."""
        task_id, outputs = self._calls(props, declared=True).create(props)
        return CreateResult(task_id, sealed(outputs, _secret))

    @_for_people
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """See `Calls.read`."""
        return ReadResult(id_, sealed(self._calls(props).read(id_, props), _secret))

    @_for_people
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """See `Calls.update`."""
        olds = with_owner(_olds)
        return UpdateResult(sealed(self._calls(olds).update(_id, olds, _news), _secret))

    @_for_people
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """See `Calls.delete`."""
        self._calls(_props).delete(_id, _props)

    def _calls(self, props: Mapping[str, Any], *, declared: bool = False) -> Calls | RehearsalCalls:
        """This process's. The first call opens them: it tells of which stack the state is to be read, and the
        CLI does that while the core is loaded. A program's process has no use for either.

        Args:
            props: The call's.
            declared: See `StackReader.begin`.
        """
        with self._opening:
            if self._opened is None:
                from pulumi_trtc.stack.cli import open_reader  # noqa: PLC0415

                engine = (sys.argv[1:] or [""])[0]
                reader = open_reader(os.environ, engine)
                if (stack := stack_of(props)) is not None:
                    reader.begin(stack, declared=declared)
                from pulumi_trtc.lifecycle.process import open_calls  # noqa: PLC0415

                self._opened = open_calls(self._config, os.environ, Path.home(), engine, _tell, reader=reader)
            return self._opened


def _settle() -> None:
    """Make the host's process one for many calls at once: it has four threads for them, so that one with a
    slow network could not come near the API's limit. In any other process nothing changes.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        # Nothing hands the host's pool over; it is the one that runs this very call.
        pool = frame.f_locals.get("executor_reference")
        if pool is not None:
            host = pool()
            host._max_workers = _CALLS_AT_ONCE
            if not host._work_queue.empty():
                # What has come already waits for the four: only something new starts a thread.
                for _ in range(_CALLS_AT_ONCE):
                    host.submit(int)
            # Nearly all that it makes lasts as long as it does: to look for garbage was a tenth of its work.
            gc.freeze()
            gc.set_threshold(_GARBAGE_AT)
            return
        frame = frame.f_back


def _core(value: Any) -> Any:
    """Properties in the core's terms, which knows nothing of Pulumi."""
    if isinstance(value, dict):
        return {key: _core(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_core(inner) for inner in value]
    return UNKNOWN if isinstance(value, pulumi.output.Unknown) else value


def _secret(value: Any) -> Any:
    """A value that the engine keeps as a secret, whatever the program or a transform has made of it."""
    if isinstance(value, pulumi.output.Unknown):
        return value
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}


def _tell(line: str) -> None:
    # In one piece: several threads print.
    print(f"{line}\n", end="", flush=True)  # noqa: T201  the engine shows what a provider prints
