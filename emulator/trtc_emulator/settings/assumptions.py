"""All that the public text of the API does not say, or says in two ways, and the emulator had to decide."""

from __future__ import annotations

from typing import Literal

import attrs

REJECTED, RESTRICTED = "ResourceInsufficient.RequestRejection", "FailedOperation.RestrictedConcurrency"


@attrs.frozen
class Assumptions:
    """What nobody here has seen of the real service. Each is a flag of the command line of the same name.

    Attributes:
        record_id_reuse: A RecordId can be used again once its task has ended.
        task_exist_after_end: Seconds after a task's end in which its RecordId still answers TaskExist.
        odd_sizes: What an odd Width or Height does: it is refused, or rounded down to an even number.
        default_format: The Format of a recording that names none.
        default_file_minutes: MaxMediaFileDuration where none is given.
        longest_duration: The highest MaxDurationLimit in seconds, and its default.
        concurrency_limit: Recordings that one SdkAppId may have at once.
        concurrency_code: What one more answers.
        rate_limit: Requests that each action takes in any second (20 is documented, the kind of window
            is not); 0 is no limit.
        describe_while_loading: What Describe and Stop make of a recording whose page is being loaded: they
            answer TaskNotExist as before it, or find it (Status 0).
        describe_record_id: Describe by TaskId answers the RecordId too.
        refresh_message: The text of callback 803, status 1.
        stop_after_limit: Callback 802 follows 804. It does not by default, so that a receiver that waits for
            802 alone is found out here.
        event_time: How callbacks spell the time of the event: the documented name, one sample's name, or, as
            others do, in seconds and as text.
        file_times: How callbacks 310 and 311 spell the times of files.
        cdn_error_code: ErrorCode of callback 401 while a relay recovers or has failed; else it is 0.
    """

    record_id_reuse: bool = True
    task_exist_after_end: float = 0.0
    odd_sizes: Literal["refuse", "round"] = "refuse"
    default_format: Literal["mp4", "hls"] = "mp4"
    default_file_minutes: Literal[1440, 120] = 1440
    longest_duration: Literal[86400, 36000] = 86400
    concurrency_limit: int = 200
    concurrency_code: str = REJECTED
    rate_limit: int = 20
    describe_while_loading: Literal["not-exist", "status"] = "not-exist"
    describe_record_id: bool = True
    refresh_message: Literal["Page load timeout", "PageRefresh"] = "Page load timeout"
    stop_after_limit: bool = False
    event_time: Literal["EventMsTs", "EventTsMs", "EventTs"] = "EventMsTs"
    file_times: Literal["numbers", "strings"] = "numbers"
    cdn_error_code: int = -1
