"""--callback-url and --callback-key."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from trtc_emulator.settings.callback_options import KEY_VARIABLE
from trtc_emulator.settings.command_line import read_settings
from trtc_emulator.settings.receivers import Receiver

URL = "https://example.com/hook?token=MARKERurl"


def receiver(*arguments: str, app: int = 5, environ: Mapping[str, str] | None = None) -> Receiver | None:
    return read_settings(arguments, environ or {}).receivers.of(app)


def test_nobody_is_told_by_default() -> None:
    assert receiver() is None


def test_one_receiver_for_all_or_one_for_an_application() -> None:
    assert receiver("--callback-url", URL) == Receiver(URL)
    assert receiver("--callback-url", f"6={URL}") is None
    both = ("--callback-url", "http://a/", "--callback-url", f"5={URL}", "--callback-key", "abc")
    assert receiver(*both) == Receiver(URL, "abc")
    assert receiver(*both, app=6) == Receiver("http://a/", "abc")
    assert receiver(*both, "--callback-key", "5=own") == Receiver(URL, "own")


def test_the_key_can_come_from_the_environment() -> None:
    assert receiver("--callback-url", URL, environ={KEY_VARIABLE: "abc"}) == Receiver(URL, "abc")
    assert receiver("--callback-url", URL, "--callback-key", "x", environ={KEY_VARIABLE: "abc"}) == Receiver(
        URL, "x"
    )


def test_secrets_are_not_in_the_settings_text() -> None:
    settings = read_settings(["--callback-url", URL, "--callback-key", "MARKERkey"], {})
    assert "MARKER" not in repr(settings)
    assert "MARKER" not in repr(settings.receivers.of(5))


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        (["--callback-url", "ftp://MARKER/"], {}),
        (["--callback-url", "MARKER"], {}),
        (["--callback-url", "http://"], {}),
        (["--callback-url", "http://a:99999/MARKER"], {}),
        (["--callback-url", "http://a/\nMARKER"], {}),
        (["--callback-url", "0=http://MARKER/"], {}),
        (["--callback-url", "4294967296=http://MARKER/"], {}),
        (["--callback-url", "http://a/MARKER", "--callback-url", "http://b/"], {}),
        (["--callback-url", URL, "--callback-key", "MARKER" * 6], {}),
        (["--callback-url", URL, "--callback-key", "MARKER!"], {}),
        (["--callback-url", URL, "--callback-key", ""], {}),
        (["--callback-url", f"5={URL}", "--callback-key", "6=MARKER"], {}),
        (["--callback-url", URL], {KEY_VARIABLE: "MARKER-"}),
    ],
)
def test_wrong_options_end_with_a_message_that_repeats_no_secret(
    arguments: list[str], environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(arguments, environ)
    assert ended.value.code == 2
    printed = capsys.readouterr().err
    assert "callback" in printed.lower()
    assert "MARKER" not in printed
