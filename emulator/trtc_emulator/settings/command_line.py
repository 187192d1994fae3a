"""The command line: arguments and environment to Settings."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from trtc_emulator.settings.assumptions import Assumptions
from trtc_emulator.settings.callback_options import add_options, read_receivers
from trtc_emulator.settings.values import DEFAULT_SECRET_ID, DEFAULT_SECRET_KEY, Settings

DEFAULT_DATA = Path(".emulator")


def read_settings(arguments: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """The settings; ends the process with a message where an argument is wrong."""
    parser = _parser(environ)
    given = parser.parse_args(arguments)
    return Settings(
        data=given.data.resolve(),
        host=given.host,
        port=given.port,
        secret_id=given.secret_id,
        secret_key=getattr(
            given, "secret_key", environ.get("TRTC_EMULATOR_SECRET_KEY") or DEFAULT_SECRET_KEY
        ),
        token=given.token,
        start_delay=given.start_delay,
        site=given.site,
        media=given.media,
        browser=given.browser,
        max_recordings=given.max_recordings,
        sdk_app_ids=frozenset(given.sdk_app_id),
        body_timeout=given.body_timeout,
        receivers=read_receivers(parser, given, environ),
        assumptions=Assumptions(
            record_id_reusable=given.record_id_reuse == "yes",
            task_exist_after_end=given.task_exist_after_end,
            odd_sizes=given.odd_sizes,
            default_format=given.default_format,
            concurrency_limit=given.concurrency_limit,
            rate_limit=given.rate_limit,
            stop_after_limit=given.stop_after_limit == "yes",
            cdn_error_code=given.cdn_error_code,
        ),
    )


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="trtc-emulator",
        description="Answers Tencent RTC's web-record API on this machine. No account is needed.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=_integer(0, 65535), default=8647, help="port; 0 takes a free one")
    add("--data", type=Path, default=DEFAULT_DATA, help="folder of the database and the recordings")
    add(
        "--secret-id",
        type=_word,
        default=environ.get("TRTC_EMULATOR_SECRET_ID") or DEFAULT_SECRET_ID,
        help="the SecretId that is accepted (TRTC_EMULATOR_SECRET_ID)",
    )
    # Without a default here: the help would show the environment's, a secret.
    add(
        "--secret-key",
        type=_word,
        default=argparse.SUPPRESS,
        help="its SecretKey (TRTC_EMULATOR_SECRET_KEY); without one a public one that is printed",
    )
    add("--token", type=_word, help="the X-TC-Token that is accepted; every other is refused")
    add("--start-delay", type=_seconds, default=5.0, help="seconds from an accepted Start to the recording")
    add("--site", choices=("intl", "china"), default="intl", help="whose regions are accepted")
    add("--media", choices=("auto", "none", "chromium"), default="auto", help="whether pages are opened")
    add("--browser", help="the browser to record with; without it one is looked for")
    add("--max-recordings", type=_integer(1, 1000), help="recordings at once; without it one for each core")
    add(
        "--sdk-app-id",
        type=_integer(1, 2**32 - 1),
        action="append",
        default=[],
        help="an SdkAppId of the account; none takes any",
    )
    add("--body-timeout", type=_seconds, default=30.0, help="seconds in which a request's body must come")
    add_options(parser)
    more = parser.add_argument_group("what the API's public text does not say (see DIFFERENCES.md)")
    add = more.add_argument
    add(
        "--record-id-reuse",
        choices=("yes", "no"),
        default="yes",
        help="whether an ended task's RecordId is free",
    )
    add("--task-exist-after-end", type=_seconds, default=0.0, help="seconds for which it answers TaskExist")
    add("--odd-sizes", choices=("refuse", "round"), default="refuse", help="what an odd Width or Height does")
    add("--default-format", choices=("mp4", "hls"), default="mp4", help="the Format where none is given")
    add(
        "--concurrency-limit", type=_integer(1, 10**6), default=200, help="recordings of one SdkAppId at once"
    )
    add("--rate-limit", type=_integer(0, 10**6), default=20, help="requests/s for each action; 0 is no limit")
    add("--stop-after-limit", choices=("yes", "no"), default="no", help="whether callback 802 follows 804")
    add(
        "--cdn-error-code",
        type=_integer(-(10**9), 10**9),
        default=-1,
        help="ErrorCode of callback 401 in trouble",
    )
    return parser


def _integer(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"an integer from {low} to {high} is needed")
        return int(text)

    return read


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError("seconds from 0 to 86400 are needed")
    return value


def _word(text: str) -> str:
    # The value may be a secret: it is not repeated.
    if not re.fullmatch(r"[!-~]{1,4096}", text):
        raise argparse.ArgumentTypeError("printable ASCII without spaces is needed")
    return text
