"""Error codes, what they ask for, and what people read."""

from __future__ import annotations

import pickle

import pytest

from pulumi_trtc.errors import (
    Abandoned,
    ApiError,
    ConfigError,
    Handling,
    HeldByAnother,
    MissingCredentials,
    NoEvidence,
    NotAdopted,
    NotRunning,
    NotStarted,
    PageNotRecording,
    RecordingExists,
    Rehearsed,
    RunsElsewhere,
    StoppedFirst,
    TrtcError,
    Unresolved,
    advice,
    kind_of,
)

KINDS = {
    Handling.THROTTLED: [
        "RequestLimitExceeded",
        "RequestLimitExceeded.UinLimitExceeded",
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
        "FailedOperation.RestrictedFrequency",
        "OperationDenied.FreqOverLimit",
    ],
    Handling.AMBIGUOUS: [
        "InternalError",
        "InternalError.CRInternalError",
        "ServiceUnavailable",
        "FailedOperation",
        "FailedOperation.QueryTaskInfoFailed",
        "ClientNetworkError",
        "ServerNetworkError",
        "ChunkedEncodingError",
        "ConnectionError",
        "JSONDecodeError",
        "KeyError",
        "MalformedAnswer",
        "NeverHeardOf",
        "NeverHeardOf.Either",
        "",
    ],
    Handling.CAPACITY: [
        "ResourceInsufficient.RequestRejection",
        "FailedOperation.RestrictedConcurrency",
        "LimitExceeded.ConcurrencyLimit",
        "UnsupportedOperation.TaskLimit",
    ],
    Handling.TASK_EXISTS: ["FailedOperation.TaskExist"],
    Handling.TASK_GONE: ["FailedOperation.TaskNotExist", "FailedOperation.TaskFinished"],
    Handling.FATAL: [
        "AuthFailure.SignatureExpire",
        "AuthFailure.SignatureFailure",
        "AuthFailure.SecretIdNotFound",
        "AuthFailure.TokenFailure",
        "AuthFailure.UnauthorizedOperation",
        "UnauthorizedOperation",
        "UnauthorizedOperation.SdkAppId",
        "UnsupportedRegion",
        "InvalidParameter",
        "InvalidParameter.RecordId",
        "InvalidParameter.PublishCdnUrls",
        "InvalidParameter.OutOfRange",
        "InvalidParameter.TaskId",
        "InvalidParameterValue",
        "InvalidAction",
        "MissingParameter",
        "MissingParameter.SdkAppId",
        "UnknownParameter",
        "FailedOperation.NotAbility",
        "FailedOperation.NotAllowed",
        "FailedOperation.SdkAppIdNotUnderAppId",
    ],
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in KINDS.items() for code in codes])
def test_a_code_asks_for(kind: Handling, code: str) -> None:
    assert kind_of(code) is kind


@pytest.mark.parametrize(
    "code", [code for codes in KINDS.values() for code in codes if code and "NeverHeardOf" not in code]
)
def test_each_known_code_has_a_next_step_of_its_own(code: str) -> None:
    assert advice(code) != advice("NeverHeardOf")


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("FailedOperation.NotAbility", "RTC-Engine monthly package"),
        ("AuthFailure.SignatureExpire", "clock"),
        ("AuthFailure.TokenFailure", "expired"),
        ("AuthFailure.UnauthorizedOperation", "trtc:StartWebRecord"),
        ("AuthFailure.SecretIdNotFound", "trtc:secretId"),
        ("UnsupportedRegion", "ap-singapore"),
        ("NeverHeardOf", "RequestId"),
    ],
)
def test_the_next_step_fits(code: str, step: str) -> None:
    assert step in advice(code)


def test_an_api_error_reads_as_a_sentence_and_a_next_step() -> None:
    error = ApiError(
        "StartWebRecord",
        "FailedOperation.TaskExist",
        "Task already exists.",
        request_id="req-1",
        record_id="rec-1",
        tries=3,
        waited=12.4,
    )
    first, second = str(error).split("\n")
    assert first == (
        "StartWebRecord failed after 3 tries in 12 s with FailedOperation.TaskExist: Task already exists. "
        "(RequestId req-1, RecordId rec-1)"
    )
    assert second == advice("FailedOperation.TaskExist")


def test_what_is_not_known_is_not_named() -> None:
    error = ApiError("StopWebRecord", "ClientNetworkError", "cut", hint="Do that.")
    assert str(error) == "StopWebRecord failed with ClientNetworkError: cut.\nDo that."


CAUSE = ApiError("DescribeWebRecord", "InternalError", "oops", request_id="req-9", record_id="rec-1")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConfigError(("trtc:site: bad",)), ["trtc:site: bad"]),
        (ConfigError(("trtc:site: bad", "trtc:x: worse")), ["2 problems", "trtc:site: bad", "trtc:x: worse"]),
        (MissingCredentials(("environment: nothing",)), ["1. environment: nothing", "trtc:site emulator"]),
        (
            NotStarted(("rec-1", "rec-2"), CAUSE),
            ["rec-1, rec-2", "nothing was left to run", "InternalError", "req-9"],
        ),
        (
            RecordingExists("rec-1", "task-1", "req-2"),
            ["rec-1", "task-1", "req-2", "adopt", "nothing was stopped"],
        ),
        (RecordingExists("rec-1", None), ["rec-1", "does not take it again", "another `record_id`"]),
        (PageNotRecording("rec-1", "task-1", 30.2), ["30 s", "rec-1", "task-1", "was stopped"]),
        (PageNotRecording("rec-1", "task-1", 30.2, old_runs=True), ["was stopped", "old recording runs on"]),
        (NotAdopted("task-1"), ["task-1", "nothing was started"]),
        (StoppedFirst(("task-1",), NotStarted(("rec-1",), CAUSE)), ["task-1", "req-9", "--replace"]),
        (
            Unresolved(1400000000, ("rec-1", "rec-2"), CAUSE),
            ["rec-1, rec-2 of the application 1400000000", "req-9", "`pulumi up` again"],
        ),
        (
            NoEvidence("org/p/dev", "/project", "it said: no"),
            ["it said: no", "stack export --stack org/p/dev", "/project", "nothing was started"],
        ),
        (
            RunsElsewhere("lecture", "urn:x", "task-1", "http://a:1", "http://b:2"),
            ["lecture", "http://a:1", "task-1", "http://b:2", "pulumi state delete 'urn:x'"],
        ),
        (
            HeldByAnother("record_id", "r", "old", "task-1"),
            ["record_id: r", "old", "task-1", 'Alias(name="old")', "of its own"],
        ),
        (HeldByAnother("adopt", "task-1", "old"), ["adopt: task-1", "old", "leave `adopt` out"]),
        (NotRunning("task-1", "http://a:1"), ["task-1", "http://a:1", "WebRecording.get"]),
        (Abandoned("StartWebRecord"), ["StartWebRecord was not sent"]),
        (Rehearsed("TRTC_REHEARSAL"), ["TRTC_REHEARSAL is set", "Unset it"]),
    ],
)
def test_every_error_tells_what_a_person_needs(error: TrtcError, told: list[str]) -> None:
    for part in told:
        assert part in str(error)


def test_errors_survive_being_copied_between_processes() -> None:
    copy = pickle.loads(pickle.dumps(CAUSE))
    assert str(copy) == str(CAUSE)
