"""Where no role is to be assumed."""

from __future__ import annotations

from pulumi_trtc.settings.credentials import Credentials, Found, Role


class _NoSts:
    def assume(self, role: Role, keys: Credentials | None) -> Found:
        raise AssertionError((role, keys))


NOBODY = _NoSts()
