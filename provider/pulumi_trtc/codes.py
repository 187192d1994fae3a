"""The one table of the API's error codes: what each asks the caller to do, and what helps a person."""

from __future__ import annotations

import enum


class Handling(enum.Enum):
    """What an API error asks the caller to do."""

    THROTTLED = "wait and send the same again"
    AMBIGUOUS = "the request may or may not have been carried out: ask before anything else"
    CAPACITY = "wait longer, then start under a new RecordId"
    TASK_EXISTS = "a task of this RecordId exists: find it"
    TASK_GONE = "the task has ended, or has not started yet"
    FATAL = "never send it again"


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
_TEMPORARY = (
    "The temporary credentials have expired or their token is wrong: get new ones. A token belongs to the "
    "pair of keys that it came with (`trtc:securityToken`, TENCENTCLOUD_SECURITY_TOKEN or "
    "TENCENTCLOUD_TOKEN)."
)
_RIGHTS = (
    "Let the account's administrator grant the sub-user or role trtc:StartWebRecord, trtc:DescribeWebRecord "
    "and trtc:StopWebRecord for this SDKAppID (console: Access Management > Policies)."
)
_CAPACITY = (
    "An application may run 200 recordings at once, and one that is replaced runs beside its replacement "
    "for a moment. Stop some, or wait and run `pulumi up` again; for a higher limit open a ticket with the "
    "vendor."
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
_APPLICATIONS = "Compare `sdk_app_id` with the TRTC console's list of applications."
_IP_RULES = "The account's IP rules refuse this machine; an administrator can change them."
_NO_ANSWER = "Check `trtc:endpoint` and the proxy settings: the answer was not the API's."
_OTHER_API = "Check `trtc:endpoint`: what answers there does not offer the web-record API."
_TICKET = "If it stays, open a ticket with the vendor and quote the RequestId."

# A code stands for its sub-codes too; the longest match wins. Sources: StartWebRecord, page of 2025-11-13;
# the error list of SDK 3.1.177; the API's common error codes.
_CODES: dict[str, tuple[Handling, str]] = {
    "ActionOffline": (Handling.FATAL, _TICKET),
    "AuthFailure": (Handling.FATAL, _KEYS),
    "AuthFailure.SignatureExpire": (
        Handling.FATAL,
        "This machine's clock is more than five minutes wrong: set it (for example `timedatectl set-ntp "
        "true`).",
    ),
    "AuthFailure.TokenFailure": (Handling.FATAL, _TEMPORARY),
    "AuthFailure.UnRealNameAuthenticated": (
        Handling.FATAL,
        "Complete the account's identity verification in the console.",
    ),
    "AuthFailure.UnauthorizedOperation": (Handling.FATAL, _RIGHTS),
    "DryRunOperation": (Handling.FATAL, _TICKET),
    "FailedOperation": (Handling.AMBIGUOUS, _VENDOR),
    "FailedOperation.NotAbility": (Handling.FATAL, _PACKAGE),
    "FailedOperation.NotAllowed": (
        Handling.FATAL,
        "The vendor does not allow this for the account: open a ticket in the console and quote the "
        "RequestId.",
    ),
    "FailedOperation.RequestRejection": (Handling.CAPACITY, _CAPACITY),
    "FailedOperation.RestrictedConcurrency": (Handling.CAPACITY, _CAPACITY),
    "FailedOperation.RestrictedFrequency": (Handling.THROTTLED, _SLOWER),
    "FailedOperation.SdkAppIdNotExist": (Handling.FATAL, _APPLICATIONS),
    "FailedOperation.SdkAppIdNotUnderAppId": (
        Handling.FATAL,
        "Either `sdk_app_id` is wrong or the credentials are of another account: the SDKAppID must stand in "
        "the TRTC console of the account that the keys belong to, on the site that `trtc:site` names.",
    ),
    "FailedOperation.TaskExist": (
        Handling.TASK_EXISTS,
        "A recording with this RecordId runs or ran a short time ago. Choose another `record_id`, or leave "
        "it out to have one derived.",
    ),
    "FailedOperation.TaskFinished": (Handling.TASK_GONE, "The recording has ended."),
    "FailedOperation.TaskNotExist": (
        Handling.TASK_GONE,
        "The recording has ended, or it has not started yet.",
    ),
    "InternalError": (Handling.AMBIGUOUS, _VENDOR),
    "InvalidAction": (Handling.FATAL, _OTHER_API),
    "InvalidParameter": (Handling.FATAL, _INPUTS),
    "InvalidParameter.PublishCdnUrls": (
        Handling.FATAL,
        "Each `publish_cdn_url` is an rtmp address; at most 10 of them.",
    ),
    "InvalidParameter.RecordId": (
        Handling.FATAL,
        "A `record_id` is shorter than 32 bytes, of letters, digits, `_` and `-`.",
    ),
    "InvalidParameter.SdkAppId": (Handling.FATAL, _APPLICATIONS),
    "InvalidParameter.TaskId": (
        Handling.FATAL,
        "Compare the id with the TaskId that StartWebRecord answered, on the same site.",
    ),
    "InvalidParameterValue": (Handling.FATAL, _INPUTS),
    "InvalidRequest": (Handling.FATAL, _TICKET),
    "IpInBlacklist": (Handling.FATAL, _IP_RULES),
    "IpNotInWhitelist": (Handling.FATAL, _IP_RULES),
    "LimitExceeded": (Handling.CAPACITY, _CAPACITY),
    "MissingParameter": (Handling.FATAL, _INPUTS),
    "NoSuchProduct": (Handling.FATAL, _OTHER_API),
    "NoSuchVersion": (
        Handling.FATAL,
        "Check `trtc:endpoint`: what answers there does not offer version 2019-07-22.",
    ),
    "OperationDenied": (Handling.FATAL, _TICKET),
    "OperationDenied.FreqOverLimit": (Handling.THROTTLED, _SLOWER),
    "RequestLimitExceeded": (Handling.THROTTLED, _SLOWER),
    "RequestSizeLimitExceeded": (Handling.FATAL, _TICKET),
    "ResourceInsufficient": (Handling.CAPACITY, _CAPACITY),
    "ResourceNotFound": (Handling.FATAL, _TICKET),
    "ServiceUnavailable": (Handling.AMBIGUOUS, _VENDOR),
    "UnauthorizedOperation": (Handling.FATAL, _RIGHTS),
    "UnknownParameter": (Handling.FATAL, "The service does not know this input on this site; leave it out."),
    "UnsupportedOperation": (
        Handling.FATAL,
        "The service does not offer this for the account: open a ticket and quote the RequestId.",
    ),
    "UnsupportedOperation.InternalError": (Handling.AMBIGUOUS, _VENDOR),
    "UnsupportedOperation.TaskLimit": (Handling.CAPACITY, _CAPACITY),
    "UnsupportedProtocol": (Handling.FATAL, _TICKET),
    "UnsupportedRegion": (
        Handling.FATAL,
        "Correct `trtc:region`: ap-singapore on the international site; ap-beijing, ap-guangzhou or "
        "ap-shanghai in China.",
    ),
    # Names that the SDK 3.1.195 gives to failures that are no answer of the API.
    "ChunkedEncodingError": (Handling.AMBIGUOUS, _NETWORK),
    "ClientNetworkError": (Handling.AMBIGUOUS, _NETWORK),
    "ConnectionError": (Handling.AMBIGUOUS, _NETWORK),
    "JSONDecodeError": (Handling.AMBIGUOUS, _NO_ANSWER),
    "KeyError": (Handling.AMBIGUOUS, _NO_ANSWER),
    "ServerNetworkError": (Handling.AMBIGUOUS, _VENDOR),
    # Our own: an answer without the field that the page promises.
    "MalformedAnswer": (Handling.AMBIGUOUS, _NO_ANSWER),
}

# To ask first whether the task runs is right whatever a code means.
_UNKNOWN = (Handling.AMBIGUOUS, _TICKET)


def kind_of(code: str) -> Handling:
    """What an error code asks for; an unknown one is AMBIGUOUS."""
    return _entry(code)[0]


def advice(code: str) -> str:
    """What helps against an error code, in a sentence or two; for an unknown one, what always helps."""
    return _entry(code)[1]


def refuses_keys(code: str) -> bool:
    """Whether the service does not know these keys, or does not take them any more."""
    return _entry(code)[1] in (_KEYS, _TEMPORARY)


def _entry(code: str) -> tuple[Handling, str]:
    while code:
        if code in _CODES:
            return _CODES[code]
        code = code.rpartition(".")[0]
    return _UNKNOWN
