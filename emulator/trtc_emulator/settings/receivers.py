"""Who is told: the address and the key of each application."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen
class Receiver:
    """An address that callbacks are posted to. Both fields may hold a secret.

    Attributes:
        url: http or https.
        key: Signs each body; None sends them without a signature.
    """

    url: str = attrs.field(repr=False)
    key: str | None = attrs.field(default=None, repr=False)


@attrs.frozen
class Receivers:
    """The receivers by SdkAppId; under None stands what counts for every other application."""

    urls: Mapping[int | None, str] = attrs.field(factory=dict, repr=False)
    keys: Mapping[int | None, str] = attrs.field(factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.urls)

    def of(self, sdk_app_id: int) -> Receiver | None:
        """The receiver of an application; None if its callbacks go nowhere."""
        url = self.urls.get(sdk_app_id, self.urls.get(None))
        if url is None:
            return None
        return Receiver(url, self.keys.get(sdk_app_id, self.keys.get(None)))
