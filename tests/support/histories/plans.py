"""What programs of random histories declare."""

from __future__ import annotations

from typing import Any

import attrs

from tests.support.engine.program import Recording
from tests.support.fake_service import APP

BROKEN, SLOW = 9, 8
"""The numbers of a page that never records, and of one that takes long to report that it is ready."""


GIVEN = "room-"
"""How each RecordId begins that a plan gives."""


@attrs.frozen
class Plan:
    """A declared recording.

    Attributes:
        identity: Whose recording it is; a new name keeps it.
        aliases: Its former names.
    """

    identity: str
    page: int = 0
    secret: str = "S"
    stream: str | None = None
    record_id: str | None = None
    app: int = APP
    restart: bool = False
    adopt: str | None = None
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    former_parent: str | None = None
    protect: bool = False
    retain: bool = False
    read: str | None = None

    def recording(self) -> Recording:
        """As a program declares it."""
        return Recording(
            {} if self.read else self.inputs(),
            aliases=self.aliases,
            parent=self.parent,
            former_parent=self.former_parent,
            protect=self.protect,
            retain=self.retain,
            read=self.read,
        )

    def inputs(self) -> dict[str, Any]:
        """The inputs alone."""
        cos = {
            "vendor": 0,
            "region": "ap-singapore",
            "bucket": "web-1234589",
            "accessKey": "A",
            "secretKey": self.secret,
        }
        given: dict[str, Any] = {
            "recordUrl": f"https://example.com/{self.identity}/{self.page}",
            "sdkAppId": float(self.app),
            "storageParams": {"cloudStorage": cos},
        }
        if self.page == SLOW:
            given["readyTimeout"] = 30.0
        if self.stream:
            address = f"rtmp://live.example.com/app/{self.identity}?sign={self.stream}"
            given["publishCdnParams"] = [{"publishCdnUrl": address}]
        if self.record_id:
            given["recordId"] = self.record_id
        if self.restart:
            given["whenEnded"] = "restart"
        if self.adopt:
            given["adopt"] = self.adopt
        return given


def simple(plan: Plan) -> Plan:
    """Without what an `up` may be refused for."""
    return attrs.evolve(plan, record_id=None, adopt=None, protect=False, read=None)
