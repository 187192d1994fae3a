"""A dynamic provider that does nothing. Its process loads nothing of the project's."""

from __future__ import annotations

import uuid
from typing import Any

from pulumi.dynamic import CreateResult, ResourceProvider


class NothingProvider(ResourceProvider):
    """Keeps what it is given."""

    serialize_as_secret_always = False

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(str(uuid.uuid4()), props)
