"""The command line: arguments and environment to Settings."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from trtc_emulator.settings import assumption_options
from trtc_emulator.settings.callback_options import add_options, read_receivers
from trtc_emulator.settings.numbers import integer, seconds
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
        no_sandbox=given.no_sandbox,
        picture=given.picture,
        max_recordings=given.max_recordings,
        sdk_app_ids=frozenset(given.sdk_app_id),
        body_timeout=given.body_timeout,
        receivers=read_receivers(parser, given, environ),
        assumptions=assumption_options.read_assumptions(given),
    )


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="trtc-emulator",
        description="Answers Tencent RTC's web-record API on this machine. No account is needed.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=integer(0, 65535), default=8647, help="port; 0 takes a free one")
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
    add("--start-delay", type=seconds, default=5.0, help="seconds from an accepted Start to the recording")
    add("--site", choices=("intl", "china"), default="intl", help="whose regions and error codes there are")
    add("--media", choices=("auto", "none", "chromium"), default="auto", help="whether pages are opened")
    add("--browser", help="the browser to record with; without it one is looked for")
    add(
        "--no-sandbox",
        action="store_true",
        default=environ.get("TRTC_EMULATOR_NO_SANDBOX") == "1",
        help="run the browser without its sandbox (TRTC_EMULATOR_NO_SANDBOX=1)",
    )
    add(
        "--picture",
        choices=("display", "screencast"),
        default="display",
        help="how it is taken; a browser that cannot draw on the display is recorded by screencast",
    )
    add("--max-recordings", type=integer(1, 1000), help="recordings at once; without it one for each core")
    add(
        "--sdk-app-id",
        type=integer(1, 2**32 - 1),
        action="append",
        default=[],
        help="an SdkAppId of the account; none takes any",
    )
    add("--body-timeout", type=seconds, default=30.0, help="seconds in which a request's body must come")
    add_options(parser)
    assumption_options.add_options(parser)
    return parser


def _word(text: str) -> str:
    # The value may be a secret: it is not repeated.
    if not re.fullmatch(r"[!-~]{1,4096}", text):
        raise argparse.ArgumentTypeError("printable ASCII without spaces is needed")
    return text
