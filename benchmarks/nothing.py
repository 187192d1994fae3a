"""A dynamic provider that does nothing: what the engine itself costs."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi import ResourceOptions
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class NothingProvider(ResourceProvider):
    """Keeps what it is given."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(str(uuid.uuid4()), props)


class WebRecording(Resource, module="benchmarks", name="Nothing"):
    """Takes the place of the real one in its program."""

    def __init__(self, name: str, opts: ResourceOptions | None = None, **inputs: Any) -> None:
        super().__init__(NothingProvider(), name, inputs, opts)
