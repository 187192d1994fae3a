"""A CLI from before the engine and its plugins shook hands."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from pulumi.runtime.proto import provider_pb2

from pulumi_trtc.plugin.engine import Engine
from pulumi_trtc.plugin.server import Servicer


class AbortedError(Exception):
    """What the engine is told."""


class Call:
    """One call of the engine's."""

    def abort(self, _code: object, text: str) -> NoReturn:
        raise AbortedError(text)


def configure(servicer: Servicer) -> Any:
    return servicer.Configure(provider_pb2.ConfigureRequest(), Call())


def test_it_is_refused_in_one_sentence_before_anything_is_started() -> None:
    servicer = Servicer(Engine(""), "1.2.3")
    with pytest.raises(AbortedError, match=r"too old for pulumi-resource-trtc, which needs 3\.250 or newer"):
        configure(servicer)
    servicer.Handshake(provider_pb2.ProviderHandshakeRequest(), Call())
    assert configure(servicer).supportsPreview
