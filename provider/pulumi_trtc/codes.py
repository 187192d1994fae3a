"""What the API's error codes ask the caller to do."""

from __future__ import annotations

import enum


class Kind(enum.Enum):
    """What an API error asks the caller to do."""

    THROTTLED = "wait and send the same again"
    AMBIGUOUS = "the request may or may not have been carried out: ask before anything else"
    CAPACITY = "wait longer, then start under a new RecordId"
    TASK_EXISTS = "a task of this RecordId exists: find it"
    TASK_GONE = "the task has ended, or has not started yet"
    FATAL = "never send it again"


_ANSWER_LOST = (
    # Names that the SDK 3.1.195 gives to failures that are no answer of the API.
    "ClientNetworkError",
    "ServerNetworkError",
    "ChunkedEncodingError",
    "ConnectionError",
    "JSONDecodeError",
    "KeyError",
    # An answer without the field that the page promises.
    "MalformedAnswer",
)

# A code stands for its sub-codes too; the longest match wins. Sources: StartWebRecord, page of 2025-11-13;
# the error list of SDK 3.1.177; the API's common error codes.
_KINDS: dict[str, Kind] = {
    "RequestLimitExceeded": Kind.THROTTLED,
    "FailedOperation.RestrictedFrequency": Kind.THROTTLED,
    "OperationDenied.FreqOverLimit": Kind.THROTTLED,
    "InternalError": Kind.AMBIGUOUS,
    "ServiceUnavailable": Kind.AMBIGUOUS,
    "UnsupportedOperation.InternalError": Kind.AMBIGUOUS,
    "FailedOperation": Kind.AMBIGUOUS,
    **dict.fromkeys(_ANSWER_LOST, Kind.AMBIGUOUS),
    "ResourceInsufficient": Kind.CAPACITY,
    "LimitExceeded": Kind.CAPACITY,
    "FailedOperation.RestrictedConcurrency": Kind.CAPACITY,
    "FailedOperation.RequestRejection": Kind.CAPACITY,
    "UnsupportedOperation.TaskLimit": Kind.CAPACITY,
    "FailedOperation.TaskExist": Kind.TASK_EXISTS,
    "FailedOperation.TaskNotExist": Kind.TASK_GONE,
    "FailedOperation.TaskFinished": Kind.TASK_GONE,
    "FailedOperation.NotAbility": Kind.FATAL,
    "FailedOperation.NotAllowed": Kind.FATAL,
    "FailedOperation.SdkAppIdNotUnderAppId": Kind.FATAL,
    "FailedOperation.SdkAppIdNotExist": Kind.FATAL,
    **dict.fromkeys(
        (
            "ActionOffline",
            "AuthFailure",
            "DryRunOperation",
            "InvalidAction",
            "InvalidParameter",
            "InvalidParameterValue",
            "InvalidRequest",
            "IpInBlacklist",
            "IpNotInWhitelist",
            "MissingParameter",
            "NoSuchProduct",
            "NoSuchVersion",
            "OperationDenied",
            "RequestSizeLimitExceeded",
            "ResourceNotFound",
            "UnauthorizedOperation",
            "UnknownParameter",
            "UnsupportedOperation",
            "UnsupportedProtocol",
            "UnsupportedRegion",
        ),
        Kind.FATAL,
    ),
}


def kind_of(code: str) -> Kind:
    """What an error code asks for.

    An unknown code is AMBIGUOUS: to ask first whether the task runs is right whatever it means.
    """
    while code:
        if code in _KINDS:
            return _KINDS[code]
        code = code.rpartition(".")[0]
    return Kind.AMBIGUOUS
