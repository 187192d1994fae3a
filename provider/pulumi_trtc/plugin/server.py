"""The adapter: Pulumi's provider protocol to `lifecycle.calls`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, ParamSpec, TypeVar

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_trtc.errors import ConfigError, PageNotRecording, TrtcError
from pulumi_trtc.inputs.secrets import marked, wrapped
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.lifecycle import props as p
from pulumi_trtc.lifecycle.calls import Calls
from pulumi_trtc.lifecycle.process import open_calls
from pulumi_trtc.lifecycle.rehearsal import RehearsalCalls
from pulumi_trtc.plugin import wire
from pulumi_trtc.plugin.detailed import detailed, keys
from pulumi_trtc.plugin.engine import Engine
from pulumi_trtc.plugin.schema import PACKAGE, schema
from pulumi_trtc.settings.read import read_settings
from pulumi_trtc.settings.table import SETTINGS
from pulumi_trtc.stack.state import OWNER, hide_owner, with_owner

_P = ParamSpec("_P")
_R = TypeVar("_R")

OLD_CLI: Final = "this Pulumi CLI is too old for pulumi-resource-trtc, which needs 3.250 or newer"


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """One provider in one phase of a command; the engine calls it from many threads.

    Args:
        engine: The one that started this process.
        version: The plugin's.
    """

    def __init__(self, engine: Engine, version: str) -> None:
        self._engine = engine
        self._version = version

    # The plugin

    _greeted = False

    def Handshake(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Say how values are to be handed over."""
        self._greeted = True
        self._engine.address = request.engine_address or self._engine.address
        # What is made of a secret is one: only the marks tell which the program has.
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """The version."""
        return plugin_pb2.PluginInfo(version=self._version)

    def GetSchema(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """The package's schema."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema(self._version)))

    def Attach(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """An engine takes over a plugin that somebody started by hand."""
        self._engine.address = request.address
        return Empty()

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        """The command ends; what is under way is still saved."""
        if isinstance(self._calls, Calls):
            self._calls.notes.tell_all()
        return Empty()

    # Its configuration

    _calls: Calls | RehearsalCalls | None = None

    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """All that is wrong with it; what is secret comes back as a secret."""
        news = wire.read(request.news)
        failures: tuple[str, ...] = ()
        if UNKNOWN not in news.values():  # else the update checks it
            try:
                read_settings(wire.settings(news, PACKAGE), os.environ, Path.home())
            except ConfigError as wrong:
                failures = wrong.problems
        secrets = [name for name, setting in SETTINGS.items() if setting.secret]
        return _checked(wire.with_secrets(request.news, secrets), failures)

    def DiffConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        """Whether it has changed. That never replaces a recording, wherever its old configuration is from."""
        same = wire.read(request.olds) == wire.read(request.news)
        return provider_pb2.DiffResponse(changes=_changes(not same))

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Begin; what is wrong with the configuration is reported by the first call that needs it."""
        if not self._greeted:
            _abort(context, OLD_CLI)
        self._calls = RehearsalCalls.of(os.environ) or open_calls(
            wire.settings(wire.read(request.args), PACKAGE),
            os.environ,
            Path.home(),
            self._engine.address,
            self._engine.tell,
            provider=f"{request.urn}::{request.id}" if request.urn else "",
        )
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    # Recordings

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See `Calls.check`."""
        olds, news, marks = _props(request.olds), wire.read(request.news), _marks(request.news)
        owner = _call(context, self._own(context).owner, request.urn)
        owner[p.MARKED] = sorted({path for path, _ in marked(marks, _is_secret)})
        failures, owner = _call(context, self._own(context).check, olds, {**news, OWNER: owner})
        # A failure that names its property makes the engine print the value: a secret in clear.
        checked = request.news if failures else _struct(p.as_inputs(news, owner), marks)
        return _checked(checked, failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See `Calls.diff`."""
        olds, news = _props(request.olds), _props(request.news)
        found = _call(context, self._own(context).diff, request.id, olds, news)
        inputs = p.given_only(_props(request.old_inputs)), p.given_only(news)
        details = detailed(*inputs, found.replaces) if found.changes else {}
        return provider_pb2.DiffResponse(
            changes=_changes(found.changes),
            replaces=found.replaces,
            deleteBeforeReplace=found.stop_first,
            diffs=keys(details),
            detailedDiff=details,
            hasDetailedDiff=True,
        )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See `Calls.create`; in a preview, what is known before."""
        inputs, marks = _props(request.properties), _marks(request.properties)
        calls = self._own(context)
        if request.preview:
            outputs = _call(context, calls.planned, inputs)
            return provider_pb2.CreateResponse(properties=_struct(outputs, marks))
        try:
            task_id, outputs = calls.create(inputs, request.timeout)
        except PageNotRecording as failure:
            if failure.outputs is None:
                _abort(context, str(failure))
            _abort_saving(
                context,
                str(failure),
                failure.task_id,
                inputs=_struct(inputs, marks),
                outputs=_struct(failure.outputs, marks),
            )
        except TrtcError as failure:
            _abort(context, str(failure))
        return provider_pb2.CreateResponse(id=task_id, properties=_struct(outputs, marks))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See `Calls.read`; `Calls.find` where the engine knows nothing but the TaskId."""
        state, inputs = _props(request.properties), _props(request.inputs)
        marks = _marks(request.inputs)
        calls = self._own(context)
        if state:
            outputs = _call(context, calls.read, request.id, {**inputs, **state})
        else:
            outputs = _call(context, calls.find, request.id, request.urn)
        # Inputs that are empty, and not left out, say that it can be imported.
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=_struct(outputs, _marks(request.properties), marks),
            inputs=_struct(inputs, marks),
        )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See `Calls.update`; in a preview, what is known before."""
        olds, news = _props(request.olds), _props(request.news)
        calls = self._own(context)
        if request.preview:
            outputs = p.updated(olds, news, olds.get("unsettled") or ())
        else:
            outputs = _call(context, calls.update, request.id, olds, news)
        return provider_pb2.UpdateResponse(properties=_struct(outputs, _marks(request.news)))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See `Calls.delete`."""
        _call(context, self._own(context).delete, request.id, _props(request.properties))
        return Empty()

    def _own(self, context: Any) -> Calls | RehearsalCalls:
        if self._calls is None:
            _abort(context, "the provider is not configured")
        return self._calls


def _call(context: Any, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """The call's result; what it reports on purpose is shown as it is, without a traceback."""
    try:
        return call(*args, **kwargs)
    except TrtcError as failure:
        _abort(context, str(failure))


def _abort(context: Any, text: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, text)
    raise AssertionError  # `abort` raises


def _abort_saving(context: Any, text: str, task_id: str, *, inputs: Struct, outputs: Struct) -> NoReturn:
    """Fail a create, and have the engine keep what was made."""
    detail = Packed()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(id=task_id, properties=outputs, reasons=[text], inputs=inputs)
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    _abort(context, text)


def _checked(inputs: Struct, failures: tuple[str, ...]) -> Any:
    found = [provider_pb2.CheckFailure(property="", reason=failure) for failure in failures]
    return provider_pb2.CheckResponse(inputs=inputs, failures=found)


def _changes(some: bool) -> Any:
    return provider_pb2.DiffResponse.DIFF_SOME if some else provider_pb2.DiffResponse.DIFF_NONE


def _props(struct: Struct) -> dict[str, Any]:
    return with_owner(wire.read(struct))


def _marks(struct: Struct) -> dict[str, Any]:
    return wire.read(struct, wire.Secret)


def _is_secret(value: Any) -> bool:
    return isinstance(value, wire.Secret)


def _struct(props: Mapping[str, Any], *marks: Mapping[str, Any]) -> Struct:
    """Properties for the engine, secret also where those are that it has handed in: `marks` of each."""
    found: Any = hide_owner(wrapped(p.sealed(props, _secret), _secret))
    for model in marks:
        found = wire.as_marked(found, model)
    return wire.write(found)


def _secret(value: Any) -> Any:
    return value if value is UNKNOWN else wire.Secret(value)
