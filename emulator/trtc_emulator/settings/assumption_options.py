"""The command line's part for what the API's public text leaves open: one flag for each assumption."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import attrs

from trtc_emulator.settings.assumptions import REJECTED, RESTRICTED, Assumptions
from trtc_emulator.settings.numbers import integer, seconds


@attrs.frozen
class _Flag:
    """How an assumption is given: one of `choices`, or what `read` takes; a boolean is yes or no."""

    help: str
    choices: tuple[Any, ...] | None = None
    read: Callable[[str], Any] = str


_FLAGS = {
    "record_id_reuse": _Flag("whether an ended task's RecordId is free"),
    "task_exist_after_end": _Flag("seconds for which it answers TaskExist", read=seconds),
    "odd_sizes": _Flag("what an odd Width or Height does", ("refuse", "round")),
    "default_format": _Flag("the Format where none is given", ("mp4", "hls")),
    "default_file_minutes": _Flag("MaxMediaFileDuration where none is given", (1440, 120), int),
    "longest_duration": _Flag("the highest MaxDurationLimit, and its default", (86400, 36000), int),
    "concurrency_limit": _Flag("recordings of one SdkAppId at once", read=integer(1, 10**6)),
    "concurrency_code": _Flag("what one more answers", (REJECTED, RESTRICTED)),
    "rate_limit": _Flag("requests/s for each action; 0 is no limit", read=integer(0, 10**6)),
    "describe_while_loading": _Flag(
        "what Describe and Stop find while a page loads: TaskNotExist, or the task, with Status 0",
        ("not-exist", "status"),
    ),
    "describe_record_id": _Flag("whether Describe by TaskId answers the RecordId"),
    "refresh_message": _Flag("the text of callback 803, status 1", ("Page load timeout", "PageRefresh")),
    "stop_after_limit": _Flag("whether callback 802 follows 804"),
    "event_time": _Flag("how callbacks name their time", ("EventMsTs", "EventTsMs", "EventTs")),
    "file_times": _Flag("how callbacks 310 and 311 spell times", ("numbers", "strings")),
    "cdn_error_code": _Flag("ErrorCode of callback 401 in trouble", read=integer(-(10**9), 10**9)),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each assumption."""
    group = parser.add_argument_group("what the API's public text does not say (see DIFFERENCES.md)")
    for field in attrs.fields(Assumptions):
        flag, default = _FLAGS[field.name], field.default
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=flag.read,
            choices=("yes", "no") if isinstance(default, bool) else flag.choices,
            default=_YES[default] if isinstance(default, bool) else default,
            help=flag.help,
        )


def read_assumptions(given: argparse.Namespace) -> Assumptions:
    """The assumptions that were chosen."""
    values = {}
    for field in attrs.fields(Assumptions):
        value = getattr(given, field.name)
        values[field.name] = value == "yes" if isinstance(field.default, bool) else value
    return Assumptions(**values)


_YES = {True: "yes", False: "no"}
