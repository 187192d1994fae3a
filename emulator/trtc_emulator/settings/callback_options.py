"""The command line's part for callbacks."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from trtc_emulator.settings.receivers import Receivers

KEY_VARIABLE = "TRTC_EMULATOR_CALLBACK_KEY"
_APP = re.compile(r"([0-9]{1,10})=(.*)", re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9]{1,32}")
_APP_MAX = 2**32 - 1
_Setting = tuple["int | None", str]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --callback-url and --callback-key."""
    group = parser.add_argument_group(
        "callbacks", "what happens to recordings is posted as the real service does"
    )
    for name, read, text in (
        (
            "url",
            _url,
            "http or https address that is told of events, of all applications or of one; repeatable",
        ),
        (
            "key",
            _key,
            f"at most 32 letters and digits that sign callbacks; repeatable; {KEY_VARIABLE} is one for all",
        ),
    ):
        group.add_argument(
            f"--callback-{name}",
            type=read,
            action="append",
            default=[],
            metavar=f"[SDKAPPID=]{name.upper()}",
            help=text,
        )


def read_receivers(
    parser: argparse.ArgumentParser, given: argparse.Namespace, environ: Mapping[str, str]
) -> Receivers:
    """The receivers; ends the process with a message where options do not fit together."""
    urls = _by_app(parser, "--callback-url", given.callback_url)
    keys = _by_app(parser, "--callback-key", given.callback_key)
    if None not in keys and (key := environ.get(KEY_VARIABLE)):
        if not _KEY.fullmatch(key):
            parser.error(f"{KEY_VARIABLE}: 1 to 32 letters and digits are needed")
        keys[None] = key
    receivers = Receivers(urls, keys)
    for app in keys:
        if app is not None and receivers.of(app) is None:
            parser.error(f"--callback-key for SdkAppId {app} has no --callback-url")
    return receivers


def _by_app(parser: argparse.ArgumentParser, option: str, given: list[_Setting]) -> dict[int | None, str]:
    found: dict[int | None, str] = {}
    for app, value in given:
        if app in found:
            parser.error(f"{option} is given twice for {'all applications' if app is None else app}")
        found[app] = value
    return found


def _url(text: str) -> _Setting:
    # Addresses and keys may hold a secret: no message repeats them.
    app, url = _split(text)
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or not re.fullmatch(r"[!-~]{1,2048}", url):
        raise argparse.ArgumentTypeError(
            "an http or https URL is needed, with SDKAPPID= before it or without"
        )
    return app, url


def _key(text: str) -> _Setting:
    app, key = _split(text)
    if not _KEY.fullmatch(key):
        raise argparse.ArgumentTypeError(
            "1 to 32 letters and digits are needed, with SDKAPPID= before them or without"
        )
    return app, key


def _split(text: str) -> _Setting:
    found = _APP.fullmatch(text)
    if found is None:
        return None, text
    app = int(found.group(1))
    if not 1 <= app <= _APP_MAX:
        raise argparse.ArgumentTypeError(f"an SdkAppId is a number from 1 to {_APP_MAX}")
    return app, found.group(2)
