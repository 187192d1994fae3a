"""The security token service, asked through the SDK's general client.

Not through the SDK's credential classes: they take no bundle of certificates, no token beside the keys that
assume a role, and no time limit, and read a pod's token once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from pulumi_trtc.codes import advice
from pulumi_trtc.errors import ApiError
from pulumi_trtc.service.answers import Call
from pulumi_trtc.service.sdk import SdkClient
from pulumi_trtc.settings.credentials import Credentials, Found, Role, moment
from pulumi_trtc.settings.read import Settings

_VERSION = "2018-08-13"


class SdkSts:
    """See `Sts`.

    Args:
        settings: Which site, and by what way it is reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def assume(self, role: Role, keys: Credentials | None) -> Found:
        """See `Sts.assume`. AssumeRole and AssumeRoleWithWebIdentity, STS API 2018-08-13."""
        params = role.params()
        secrets = tuple(str(params[name]) for name in ("WebIdentityToken", "TokenCode") if name in params)
        call = Call(role.action, None, None, secrets, self._settings, host=self._settings.sts_host)
        answer = self._client().ask(call, params, keys)
        found = answer if isinstance(answer, ApiError) else self._found(call, answer)
        if isinstance(found, ApiError):
            hint = found.hint or f"{advice(found.code)} The role is {role.arn}, named at: {role.source}."
            # Whatever waits for the keys has not been sent.
            raise attrs.evolve(found, sent=False, hint=hint)
        return found

    def identity(self, keys: Credentials) -> dict[str, str]:
        """Whose keys they are: account and ARN. GetCallerIdentity, STS API 2018-08-13.

        Raises:
            ApiError: STS does not tell.
        """
        call = Call("GetCallerIdentity", None, None, (), self._settings, host=self._settings.sts_host)
        answer = self._client().ask(call, {}, keys)
        if isinstance(answer, ApiError):
            raise answer
        return {"account": str(answer.get("AccountId", "")), "arn": str(answer.get("Arn", ""))}

    def _client(self) -> SdkClient:
        # Asked so seldom, and from any thread, that none is kept.
        return SdkClient(_new, self._settings, self._settings.sts_host)

    def _found(self, call: Call, answer: Mapping[str, Any]) -> Found | ApiError:
        values = answer.get("Credentials")
        try:
            return Found(
                str(values["TmpSecretId"]),  # type: ignore[index]
                str(values["TmpSecretKey"]),  # type: ignore[index]
                str(values["Token"]),  # type: ignore[index]
                moment(answer["ExpiredTime"]),
            )
        except (KeyError, TypeError, ValueError):
            return call.malformed("the answer has no Credentials")


def _new(credential: Any, region: str, profile: Any) -> Any:
    from tencentcloud.common.common_client import CommonClient  # noqa: PLC0415

    return CommonClient("sts", _VERSION, credential, region, profile)
