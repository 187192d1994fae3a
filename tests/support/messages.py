"""The engine's calls of a provider as messages, in each of the two adapters' terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.dynamic.dynamic import PROVIDER_KEY
from pulumi.runtime.proto import provider_pb2 as proto
from pulumi.runtime.proto import status_pb2

from pulumi_trtc.stack.state import hide_owner, with_owner
from tests.support.engine.provider import CallFailed, Diff
from tests.support.engine.resources import Props, Resource, in_clear

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine sends for a value that a preview does not know."""


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Properties on the wire."""
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def props(values: struct_pb2.Struct) -> Props:
    """Properties off the wire; whole numbers come as integers, and secrets in clear."""
    found: Props = in_clear(json_format.MessageToDict(values))
    return found


@attrs.frozen
class Adapter:
    """How one of them spells what a model of the engine has as the dynamic provider's programs write it.

    Attributes:
        module: What its process runs.
        given, sent: Takes a program's properties, and a state's.
        got: Takes what the provider answers.
        settings: Takes a stack's configuration.
    """

    module: str
    given: Callable[[Props], Props]
    sent: Callable[[Props], Props]
    got: Callable[[Props], Props]
    settings: Callable[[Mapping[str, str]], Mapping[str, str]]

    def __str__(self) -> str:
        return self.module.rpartition(".")[2]


def _same(values: Any) -> Any:
    return values


def _hidden(values: Props) -> Props:
    return hide_owner({key: value for key, value in values.items() if key != PROVIDER_KEY})


def _without_owner(values: Props) -> Props:
    # A plugin finds it out by itself.
    return {key: value for key, value in values.items() if key not in (PROVIDER_KEY, "owner")}


def _short(config: Mapping[str, str]) -> Mapping[str, str]:
    return {key.removeprefix("trtc:"): value for key, value in config.items()}


DYNAMIC: Final = Adapter("pulumi.dynamic", _same, _same, _same, _same)
PLUGIN: Final = Adapter("pulumi_trtc.plugin", _without_owner, _hidden, with_owner, _short)

ADAPTERS: Final = (DYNAMIC, PLUGIN)


class Messages:
    """The calls; whoever carries them says how."""

    adapter: Adapter = DYNAMIC

    def call(self, method: str, request: Any) -> Any:
        """The answer to a request; raises CallFailed, or Killed."""
        raise NotImplementedError

    def configure(self, config: Mapping[str, str]) -> None:
        """Hand in the stack's configuration, full keys, secrets in clear."""
        if self.adapter is PLUGIN:
            self.call("Handshake", proto.ProviderHandshakeRequest())
        self.call("Configure", proto.ConfigureRequest(args=struct(self.adapter.settings(config))))

    def check(self, urn: str, olds: Props | None, news: Props) -> tuple[Props, list[str]]:
        """The checked inputs, and the failures."""
        request = proto.CheckRequest(
            urn=urn, olds=self._struct(olds or {}), news=struct(self.adapter.given(news))
        )
        answer = self.call("Check", request)
        return self._props(answer.inputs), [
            f"{one.property}: {one.reason}" if one.property else one.reason for one in answer.failures
        ]

    def diff(self, urn: str, old: Resource, news: Props) -> Diff:
        """What is to be done with a resource of a state."""
        request = proto.DiffRequest(
            id=old["id"],
            urn=urn,
            olds=self._struct(old["outputs"]),
            news=self._struct(news),
            old_inputs=self._struct(old["inputs"]),
        )
        answer = self.call("Diff", request)
        changes = {answer.DIFF_SOME: True, answer.DIFF_NONE: False}.get(answer.changes)
        return Diff(changes, bool(answer.replaces), answer.deleteBeforeReplace)

    def create(self, urn: str, news: Props) -> tuple[str, Props]:
        """Id and outputs."""
        request = proto.CreateRequest(urn=urn, properties=self._struct(news))
        try:
            answer = self.call("Create", request)
        except CallFailed as failure:
            if failure.saved is not None:
                failure.saved = failure.saved[0], self.adapter.got(failure.saved[1])
            raise
        return answer.id, self._props(answer.properties)

    def read(self, old: Resource) -> tuple[str, Props, Props | None]:
        """Id, outputs, and inputs if it names any; an empty id if the resource has gone."""
        request = proto.ReadRequest(
            id=old["id"],
            urn=old["urn"],
            properties=self._struct(old["outputs"]),
            inputs=self._struct(old["inputs"]),
        )
        answer = self.call("Read", request)
        inputs = self._props(answer.inputs) if answer.HasField("inputs") else None
        return answer.id, self._props(answer.properties), inputs

    def update(self, urn: str, old: Resource, news: Props) -> Props:
        """Outputs."""
        request = proto.UpdateRequest(
            id=old["id"],
            urn=urn,
            olds=self._struct(old["outputs"]),
            news=self._struct(news),
            old_inputs=self._struct(old["inputs"]),
        )
        return self._props(self.call("Update", request).properties)

    def delete(self, old: Resource) -> None:
        """Delete what a state holds."""
        request = proto.DeleteRequest(
            id=old["id"],
            urn=old["urn"],
            properties=self._struct(old["outputs"]),
            old_inputs=self._struct(old["inputs"]),
        )
        self.call("Delete", request)

    def _struct(self, values: Props) -> struct_pb2.Struct:
        return struct(self.adapter.sent(values))

    def _props(self, values: struct_pb2.Struct) -> Props:
        return self.adapter.got(props(values))


def saved_by(metadata: Any) -> tuple[str, Props] | None:
    """Id and outputs of what a failed create has made all the same, of an answer's trailing metadata."""
    found = dict(metadata or ()).get("grpc-status-details-bin")
    if found is None:
        return None
    status = status_pb2.Status.FromString(found)
    made = proto.ErrorResourceInitFailed()
    if not any(one.Unpack(made) for one in status.details):
        return None
    assert status.code == grpc.StatusCode.UNKNOWN.value[0]
    return made.id, props(made.properties)
