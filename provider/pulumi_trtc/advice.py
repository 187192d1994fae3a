"""What to do about each error code of the web-record API, for the end of an error message."""

from __future__ import annotations

_PACKAGE = (
    "Web-page recording has to be unlocked for this SDKAppID: it comes with an RTC-Engine monthly package. "
    "Subscribe in the TRTC console (Applications > your SDKAppID > RTC-Engine), of the site that `trtc:site` "
    "names."
)
_KEYS = (
    "Check `trtc:secretId` and `trtc:secretKey` (or the environment's TENCENTCLOUD_SECRET_ID and "
    "TENCENTCLOUD_SECRET_KEY): both of one pair, of the site that `trtc:site` names; keys are managed in the "
    "console under Access Management > API Keys."
)
_RIGHTS = (
    "Let the account's administrator grant the sub-user or role trtc:StartWebRecord, trtc:DescribeWebRecord "
    "and trtc:StopWebRecord for this SDKAppID (console: Access Management > Policies)."
)
_CAPACITY = (
    "An application may run 200 recordings at once. Stop some, or wait and run `pulumi up` again; for a "
    "higher limit open a ticket with the vendor."
)
_SLOWER = (
    "Other programs use the same account's 20 requests a second. Run `pulumi up` again later, or raise "
    "`trtc:maxRetryTime`."
)
_VENDOR = (
    "The service had an internal problem. Run `pulumi up` again; if it stays, open a ticket and quote the "
    "RequestId."
)
_NETWORK = "Check the network and the proxy settings (HTTPS_PROXY, NO_PROXY), then run `pulumi up` again."
_INPUTS = "Correct the named input and run `pulumi up` again."

# The longest name wins: `AuthFailure.SignatureExpire` before `AuthFailure`.
_ADVICE: dict[str, str] = {
    "FailedOperation.NotAbility": _PACKAGE,
    "FailedOperation.NotAllowed": (
        "The vendor does not allow this for the account: open a ticket in the console and quote the "
        "RequestId."
    ),
    "FailedOperation.SdkAppIdNotUnderAppId": (
        "Either `sdk_app_id` is wrong or the credentials are of another account: the SDKAppID must stand in "
        "the TRTC console of the account that the keys belong to, on the site that `trtc:site` names."
    ),
    "FailedOperation.SdkAppIdNotExist": "Compare `sdk_app_id` with the TRTC console's list of applications.",
    "FailedOperation.TaskExist": (
        "A recording with this RecordId runs or ran a short time ago. Choose another `record_id`, or leave "
        "it out to have one derived."
    ),
    "FailedOperation.TaskNotExist": "The recording has ended, or it has not started yet.",
    "FailedOperation.TaskFinished": "The recording has ended.",
    "FailedOperation.RestrictedConcurrency": _CAPACITY,
    "FailedOperation.RequestRejection": _CAPACITY,
    "ResourceInsufficient": _CAPACITY,
    "LimitExceeded": _CAPACITY,
    "UnsupportedOperation.TaskLimit": _CAPACITY,
    "FailedOperation.RestrictedFrequency": _SLOWER,
    "OperationDenied.FreqOverLimit": _SLOWER,
    "RequestLimitExceeded": _SLOWER,
    "AuthFailure": _KEYS,
    "AuthFailure.SignatureExpire": (
        "This machine's clock is more than five minutes wrong: set it (for example `timedatectl set-ntp "
        "true`)."
    ),
    "AuthFailure.TokenFailure": (
        "The temporary credentials have expired or their token is wrong: get new ones. A token belongs to "
        "the pair of keys that it came with (`trtc:securityToken`, TENCENTCLOUD_SECURITY_TOKEN or "
        "TENCENTCLOUD_TOKEN)."
    ),
    "AuthFailure.UnauthorizedOperation": _RIGHTS,
    "AuthFailure.UnRealNameAuthenticated": "Complete the account's identity verification in the console.",
    "UnauthorizedOperation": _RIGHTS,
    "UnsupportedRegion": (
        "Correct `trtc:region`: ap-singapore on the international site; ap-beijing, ap-guangzhou or "
        "ap-shanghai in China."
    ),
    "UnsupportedOperation": (
        "The service does not offer this for the account: open a ticket and quote the RequestId."
    ),
    "InvalidParameter.RecordId": "A `record_id` is shorter than 32 bytes, of letters, digits, `_` and `-`.",
    "InvalidParameter.PublishCdnUrls": "Each `publish_cdn_url` is an rtmp address; at most 10 of them.",
    "InvalidParameter.SdkAppId": "Compare `sdk_app_id` with the TRTC console's list of applications.",
    "InvalidParameter.TaskId": (
        "Compare the id with the TaskId that StartWebRecord answered, on the same site."
    ),
    "InvalidParameter": _INPUTS,
    "InvalidParameterValue": _INPUTS,
    "MissingParameter": _INPUTS,
    "UnknownParameter": "The service does not know this input on this site; leave it out.",
    "InvalidAction": "Check `trtc:endpoint`: what answers there does not offer the web-record API.",
    "NoSuchVersion": "Check `trtc:endpoint`: what answers there does not offer version 2019-07-22.",
    "IpInBlacklist": "The account's IP rules refuse this machine; an administrator can change them.",
    "IpNotInWhitelist": "The account's IP rules refuse this machine; an administrator can change them.",
    "InternalError": _VENDOR,
    "FailedOperation": _VENDOR,
    "ServiceUnavailable": _VENDOR,
    "ServerNetworkError": _VENDOR,
    "ClientNetworkError": _NETWORK,
    "ChunkedEncodingError": _NETWORK,
    "ConnectionError": _NETWORK,
    "JSONDecodeError": "Check `trtc:endpoint` and the proxy settings: the answer was not the API's.",
    "KeyError": "Check `trtc:endpoint` and the proxy settings: the answer was not the API's.",
    "MalformedAnswer": "Check `trtc:endpoint` and the proxy settings: the answer was not the API's.",
}


def advice(code: str) -> str:
    """What helps against an error code, in a sentence or two; for an unknown one, what always helps."""
    while code:
        if code in _ADVICE:
            return _ADVICE[code]
        code = code.rpartition(".")[0]
    return "If it stays, open a ticket with the vendor and quote the RequestId."
