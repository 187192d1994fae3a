"""All that the public text of the API does not say and the emulator had to decide, in one place."""

from __future__ import annotations

from typing import Literal

import attrs


@attrs.frozen
class Assumptions:
    """What nobody here has seen of the real service. Each is a flag of the command line.

    Attributes:
        record_id_reusable: A RecordId can be used again once its task has ended.
        task_exist_after_end: Seconds after a task's end in which its RecordId still answers TaskExist.
        odd_sizes: What an odd Width or Height does: it is refused, or rounded down to an even number.
        default_format: The Format of a recording that names none.
        concurrency_limit: Recordings that one SdkAppId may have at once (200 is documented, its code is not).
        rate_limit: Requests that each action takes in any second (20 is documented, the kind of window
            is not); 0 is no limit.
        stop_after_limit: Callback 802 follows 804. It does not by default, so that a receiver that waits for
            802 alone is found out here.
        cdn_error_code: ErrorCode of callback 401 while a relay recovers or has failed; else it is 0.
    """

    record_id_reusable: bool = True
    task_exist_after_end: float = 0.0
    odd_sizes: Literal["refuse", "round"] = "refuse"
    default_format: Literal["mp4", "hls"] = "mp4"
    concurrency_limit: int = 200
    rate_limit: int = 20
    stop_after_limit: bool = False
    cdn_error_code: int = -1
